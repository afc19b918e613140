"""Folders to write to, as people name them."""

import tempfile
from collections.abc import Callable
from pathlib import Path


def check_folder(folder: Path, *, option: str = "--out") -> None:
    """Before what takes long. Raises ValueError for a folder that a file is in the way of, or that
    cannot be written."""
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    if not there.is_dir():
        raise ValueError(f"{there} is a file; {option} names a folder")
    try:
        tempfile.TemporaryDirectory(dir=there).cleanup()
    except OSError as error:
        raise _unwritable(folder, error, option) from error


def wrote(write: Callable[[Path], list[Path]], folder: Path) -> None:
    """Write files and name them. Raises ValueError for a folder that cannot be written."""
    try:
        paths = write(folder)
    except OSError as error:
        raise _unwritable(folder, error, "--out") from error
    for path in paths:
        print(f"wrote {path}")


def _unwritable(folder: Path, error: OSError, option: str) -> ValueError:
    return ValueError(
        f"{folder} cannot be written: {error.strerror}; {option} names another folder"
    )
