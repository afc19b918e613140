"""What is said when something cannot be written, for example because the disk is full."""

import contextlib
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def explained(what: str, path: Path, *, kept: str) -> Iterator[None]:
    """Raises the OSError from within again, saying what could not be written and what is kept."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"{what} cannot be written ({reason}); {kept}"
        raise OSError(error.errno, message, str(path)) from error
