"""What lies in a folder of one's own, and what systems leave there beside it."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

_OF_SYSTEMS = "@eaDir"


def is_hidden(name: str) -> bool:
    """Whether it is the name of what systems leave beside files: ``._a.jpg``, ``@eaDir``."""
    return name.startswith(".") or name == _OF_SYSTEMS


def is_there(path: Path) -> bool:
    """Whether it is a file, or a link that should lead to one: that is missing when it is read."""
    return path.is_file() or (path.is_symlink() and not path.exists())


def files_below(root: Path) -> Iterator[Path]:
    """The files in a folder and in all folders and links to folders in it, but for hidden ones.

    Each folder is visited once, wherever links lead, and where it lies rather than by a link beside
    it. Raises ValueError for a folder that cannot be read.
    """
    visited = {root.resolve()}
    for folder, names, files in os.walk(root, followlinks=True, onerror=_refuse):
        place = Path(folder)
        names[:] = _fresh(place, names, visited)
        paths = (place / name for name in sorted(files) if not is_hidden(name))
        yield from filter(is_there, paths)


def _fresh(place: Path, names: Sequence[str], visited: set[Path]) -> list[str]:
    """The folders that were not visited yet, which they are from now on."""
    fresh = []
    for name in sorted(names, key=lambda name: ((place / name).is_symlink(), name)):
        real = (place / name).resolve()
        if not is_hidden(name) and real not in visited:
            visited.add(real)
            fresh.append(name)
    return fresh


def _refuse(error: OSError) -> None:
    raise ValueError(f"{error.filename} cannot be read: {error.strerror}") from error
