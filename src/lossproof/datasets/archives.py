"""Reading out of ZIP files without unpacking them."""

import lzma
import os
import zlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from threading import Lock
from zipfile import BadZipFile, ZipFile

from lossproof.records import DamagedSample

_MAX_MEMBER_BYTES = 200_000_000
_LOCK = Lock()
_CORRUPT = (
    *(BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError),
    *(NotImplementedError, RuntimeError),
)


def list_archive(path: Path) -> Mapping[str, tuple[str, ...]]:
    """The files of each folder in a ZIP file, as names inside it, in their order there.

    Raises DamagedSample for a file that is missing or no whole ZIP file.
    """
    return _opened(path).folders


def read_member(path: Path, name: str) -> bytes:
    """One file out of a ZIP file, checked by its checksum. Raises DamagedSample.

    May be called from many threads at once.
    """
    archive = _opened(path).file
    try:
        if archive.getinfo(name).file_size > _MAX_MEMBER_BYTES:
            raise DamagedSample(
                f"{path} has {name} with {archive.getinfo(name).file_size:,} bytes; "
                f"up to {_MAX_MEMBER_BYTES:,} are allowed"
            )
        return archive.read(name)
    except KeyError:
        raise DamagedSample(f"{path} has no {name}") from None
    except _CORRUPT as error:
        raise DamagedSample(f"{path} is corrupt at {name}: {error}") from error


class _Archive:
    """An open ZIP file and what is in it."""

    def __init__(self, path: Path) -> None:
        self.file = ZipFile(path)
        folders: dict[str, list[str]] = {}
        for name in self.file.namelist():
            if not name.endswith("/"):
                folders.setdefault(name.rpartition("/")[0], []).append(name)
        self.folders = {folder: tuple(names) for folder, names in folders.items()}


def _opened(path: Path) -> _Archive:
    try:
        stat = path.stat()
    except OSError:
        raise DamagedSample(f"{path} is missing") from None
    try:
        # Processes that were forked must not share a place in the file.
        with _LOCK:
            return _open(path, stat.st_mtime_ns, stat.st_size, os.getpid())
    except (BadZipFile, OSError) as error:
        raise DamagedSample(f"{path} is truncated or no ZIP file: {error}") from None


@lru_cache(maxsize=8)
def _open(path: Path, _mtime_ns: int, _num_bytes: int, _process: int) -> _Archive:
    return _Archive(path)
