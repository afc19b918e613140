"""The built-in world: made before it is needed, where people see how far it is."""

from collections.abc import Iterator
from pathlib import Path

from lossproof.console.progress import bar
from lossproof.datasets.built_in import FAMILIES, own_name, place_of
from lossproof.tables import look_up
from lossproof.tinytown.export import export
from lossproof.tinytown.making import BUILT_IN_SIZE, built_in_folder, make
from lossproof.tinytown.plan import VERSION

_PATIENCE_SECONDS = 0.5


def prepare(data: str, *, task: str | None) -> None:
    """Make what ``data`` stands for, with a bar, where it names no PATH and is not there yet.

    Raises ValueError for a name that needs another task, before anything is made.
    """
    place = place_of(data)
    if place is not None:
        own_name(data, task=task)
        with bar("making tinytown", patience=_PATIENCE_SECONDS) as progress:
            place(progress)


def make_world(name: str, *, size: int | None, out: Path | None) -> Path:
    """Make a world, with a bar, and say where it is. Raises ValueError for an unknown name.

    A world of another size than the built-in one lies beside that, where ``out`` names no folder.
    """
    look_up(FAMILIES, name, kind="dataset to make")
    wanted = BUILT_IN_SIZE if size is None else size
    folder = (out or built_in_folder().with_name(f"{name}-v{VERSION}-{wanted}")).expanduser()
    with bar("making tinytown", patience=_PATIENCE_SECONDS) as progress:
        make(folder, size=wanted, progress=progress)
    return folder.absolute()


def usage(name: str, folder: Path) -> str:
    """What to type to use a world."""
    built_in = folder == built_in_folder().absolute()
    return f"--data {name}" if built_in else f"--data {name}:{folder}"


def export_world(name: str, *, layout: str, out: Path, data: str) -> Iterator[str]:
    """Write a world in another layout, with a bar, and say how to read it.

    Raises ValueError for an unknown name or layout, and for data of another name.
    """
    look_up(FAMILIES, name, kind="dataset to export")
    family, _, path = data.partition(":")
    if family != name or data == f"{name}:":
        raise ValueError(f"--data is {data!r}; {name} or {name}:PATH is allowed")
    root = Path(path).expanduser().absolute() if path else make_world(name, size=None, out=None)
    with bar(f"writing {layout}") as progress:
        written = export(root, out, layout=layout, progress=progress)
    where = out.expanduser().absolute()
    yield f"{name} is in {where} in the layout of {layout}"
    for dataset in written.datasets:
        yield f"--data {dataset}:{where}"
