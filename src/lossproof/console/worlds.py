"""The built-in world: made before it is needed, where people see how far it is."""

from collections.abc import Iterator
from pathlib import Path

from lossproof.console.folders import check_folder
from lossproof.console.messages import say
from lossproof.console.progress import bar
from lossproof.datasets.built_in import FAMILIES, place_of
from lossproof.digests import cache_folder
from lossproof.tables import look_up
from lossproof.tinytown.export import LAYOUTS, export
from lossproof.tinytown.making import BUILT_IN_SIZE, Progress, built_in_folder, make
from lossproof.tinytown.plan import HALVES, VERSION, Holds

_PATIENCE_SECONDS = 0.5


def prepare(data: str, *, task: str | None) -> None:
    """Make what ``data`` stands for, with a bar, where it names no PATH and is not there yet.

    Raises ValueError for a name that needs another task, before anything is made.
    """
    place = place_of(data, task=task)
    if place is not None:
        with bar("making tinytown", patience=_PATIENCE_SECONDS) as progress:
            place(_announced(progress))


def _announced(progress: Progress) -> Progress:
    """The same, with a line before the first is drawn; nothing is said where all is there."""
    is_said = False

    def announced(done: int, total: int) -> None:
        nonlocal is_said
        if not is_said:
            is_said = True
            say(
                f"drawing tinytown, the built-in world: {total - done} pictures or clips, "
                f"kept in {cache_folder()}"
            )
        progress(done, total)

    return announced


def make_world(name: str, *, size: int | None, out: Path | None, only: str | None) -> Iterator[str]:
    """Make a world, or the half of it that ``only`` names, with a bar, and say where it is and what
    to type to use it.

    Without a size and a folder it is the built-in one. A world of another size lies beside that,
    where ``out`` names no folder. Raises ValueError for an unknown name or half, and for a folder
    that cannot be written.
    """
    look_up(FAMILIES, name, kind="dataset to make")
    half = look_up(HALVES, only, kind="half of a world") if only else None
    if size is None and out is None:
        halves = [half] if half else HALVES.values()
        folders = " and ".join(str(_built_in(holds)) for holds in halves)
        yield f"{name} is in {folders}"
        yield f"--data {name}"
        return
    wanted = BUILT_IN_SIZE if size is None else size
    called = "-".join(filter(None, (name, f"v{VERSION}", str(wanted), half)))
    folder = (out or cache_folder() / called).expanduser().absolute()
    if not folder.exists():
        check_folder(folder)
    with bar("making tinytown", patience=_PATIENCE_SECONDS) as progress:
        make(folder, size=wanted, holds=half or "all", progress=progress)
    yield f"{name} is in {folder}"
    yield f"--data {name}:{folder}"


def _built_in(holds: Holds) -> Path:
    folder = built_in_folder(holds)
    with bar("making tinytown", patience=_PATIENCE_SECONDS) as progress:
        make(folder, holds=holds, progress=progress)
    return folder


def export_world(name: str, *, layout: str, out: Path, data: str) -> Iterator[str]:
    """Write a world in another layout, with a bar, and say how to read it.

    Raises ValueError for an unknown name or layout, for data of another name, and for a folder that
    cannot be written.
    """
    look_up(FAMILIES, name, kind="dataset to export")
    family, _, path = data.partition(":")
    if family != name or data == f"{name}:":
        raise ValueError(f"--data is {data!r}; {name} or {name}:PATH is allowed")
    of = look_up(LAYOUTS, layout, kind="layout").of
    where = out.expanduser().absolute()
    check_folder(where)
    root = Path(path).expanduser().absolute() if path else _built_in(of)
    with bar(f"writing {layout}") as progress:
        written = export(root, where, layout=layout, progress=progress)
    yield f"{name} is in {where} in the layout of {layout}"
    for dataset in written.datasets:
        yield f"--data {dataset}:{where}"
