"""Reading a file whole, and naming it in what is wrong with it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from lossproof.records import DamagedSample

Value = TypeVar("Value")
_MOST_BYTES = 2**31


def read_bytes(path: Path, *, num_bytes: int = -1) -> bytes:
    """A file's content, or its first ``num_bytes``.

    Raises DamagedSample for one that cannot be read, and for one of more than 2 GiB as a whole.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if num_bytes < 0 and size > _MOST_BYTES:
                raise DamagedSample(f"{path} has {size:,} bytes; up to {_MOST_BYTES:,} are allowed")
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
