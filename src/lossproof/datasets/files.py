"""Reading a file whole, and naming it in what is wrong with it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from lossproof.records import DamagedSample

Value = TypeVar("Value")
_MOST_BYTES = 2**31
_OF_SYSTEMS = "@eaDir"


def read_bytes(path: Path, *, num_bytes: int = -1) -> bytes:
    """A file's content, or its first ``num_bytes``. Raises DamagedSample for one that cannot be."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if num_bytes < 0 and size > _MOST_BYTES:
                raise DamagedSample(f"{path} has {size:,} bytes; {_MOST_BYTES:,} are allowed")
            return file.read(num_bytes)
    except FileNotFoundError:
        raise DamagedSample(f"{path} is missing") from None
    except OSError as error:
        raise DamagedSample(f"{path} cannot be read: {error.strerror}") from error


def named(name: Path | str, action: Callable[[], Value]) -> Value:
    """The action's value, or its complaint as damage, in one line with the name of the file."""
    try:
        return action()
    except (ValueError, RuntimeError) as error:  # the decoders' errors are RuntimeErrors
        raise DamagedSample(f"{name} {' '.join(str(error).split())}") from error


def is_hidden(name: str) -> bool:
    """Whether it is the name of what systems leave beside files: ``._a.jpg``, ``@eaDir``."""
    return name.startswith(".") or name == _OF_SYSTEMS


def is_there(path: Path) -> bool:
    """Whether it is a file, or a link that should lead to one: that is missing when it is read."""
    return path.is_file() or (path.is_symlink() and not path.exists())


def files_below(root: Path) -> Iterator[Path]:
    """The files in a folder and in all folders and links to folders in it, but for hidden ones.

    Each folder is visited once, wherever links lead.
    """
    visited: set[Path] = set()
    for folder, folders, names in os.walk(root, followlinks=True):
        place = Path(folder)
        fresh = [one for one in sorted(folders) if not is_hidden(one)]
        real = {one: (place / one).resolve() for one in fresh}
        folders[:] = [one for one in fresh if real[one] not in visited]
        visited.update(real.values())
        paths = (place / name for name in sorted(names) if not is_hidden(name))
        yield from filter(is_there, paths)
