"""Content digests of files, read in threads and remembered, so that an unchanged file is read once.

What is remembered lies in JSON files below ``LOSSPROOF_CACHE`` or the user's cache folder, spread
over at most 256 of them by folder of data. It is only ever a shortcut: without it, damaged or
read-only, answers are the same and take longer. Two processes may write at once; what one loses to
the other is read again.
"""

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import platformdirs

from lossproof.atomic import write_bytes

FORMAT = 1
# A file changed twice within one tick of its clock keeps its time stamp (FAT ticks every 2 s), so
# one that was changed this recently is not remembered.
_SETTLED_NS = 2_000_000_000
_AT_ONCE = 1000


class Entry(NamedTuple):
    """The digest of a file's content, and the size and time that say whether it still holds."""

    num_bytes: int
    mtime_ns: int
    digest: str


Entries = Mapping[str, Entry]


def cache_folder() -> Path:
    """``LOSSPROOF_CACHE`` where it is set, else the folder ``lossproof`` in the user's cache."""
    chosen = os.environ.get("LOSSPROOF_CACHE")
    return Path(chosen) if chosen else platformdirs.user_cache_path("lossproof")


def file_digest(path: Path, *, cache: Path | None = None) -> str | None:
    """The digest of one file's content; see ``digest_files``."""
    return digest_files([path], cache=cache)[0]


def digest_files(paths: Sequence[Path], *, cache: Path | None = None) -> list[str | None]:
    """BLAKE2b of each file's content, 32 hexadecimal digits, in the order of ``paths``.

    None stands for a file that is missing or cannot be read; nothing is raised for it. A file whose
    size and modification time (ns) are as remembered is not opened. ``cache`` is a folder, by
    default ``cache_folder()``.
    """
    started_ns = time.time_ns()
    shelves = _shelves(paths, cache or cache_folder())
    known = {path: entry for shelf in set(shelves.values()) for path, entry in _load(shelf).items()}
    found = _read(list(shelves), known)
    settled = {
        str(path): entry
        for path, entry in found.items()
        if entry and entry != known.get(str(path)) and entry.mtime_ns + _SETTLED_NS < started_ns
    }
    _remember(settled, shelves)
    entries = (found[path.absolute()] for path in paths)
    return [entry.digest if entry else None for entry in entries]


def _read(paths: Sequence[Path], known: Entries) -> dict[Path, Entry | None]:
    """Some files at a time, so that what waits for its turn stays small."""
    found: dict[Path, Entry | None] = {}
    with ThreadPoolExecutor() as pool:
        for start in range(0, len(paths), _AT_ONCE):
            some = paths[start : start + _AT_ONCE]
            entries = pool.map(lambda path: _entry(path, known.get(str(path))), some)
            found.update(zip(some, entries, strict=True))
    return found


def _shelves(paths: Iterable[Path], cache: Path) -> dict[Path, Path]:
    """Each distinct path, absolute, with the cache file that would know it."""
    unique = dict.fromkeys(path.absolute() for path in paths)
    folders = {path.parent for path in unique}
    names = {f: hashlib.blake2b(os.fsencode(f), digest_size=1).hexdigest() for f in folders}
    return {path: cache / "digests" / f"{names[path.parent]}.json" for path in unique}


def _entry(path: Path, known: Entry | None) -> Entry | None:
    try:
        stat = path.stat()
        if known and known[:2] == (stat.st_size, stat.st_mtime_ns):
            return known
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16))
    except (OSError, ValueError):  # ValueError: a name that no file can have
        return None
    return Entry(stat.st_size, stat.st_mtime_ns, digest.hexdigest())


def _remember(entries: Entries, shelves: Mapping[Path, Path]) -> None:
    by_shelf: dict[Path, dict[str, Entry]] = {}
    for path, entry in entries.items():
        by_shelf.setdefault(shelves[Path(path)], {})[path] = entry
    for shelf, fresh in by_shelf.items():
        # Loaded again: another process may have written since.
        stored = {"format": FORMAT, "files": {**_load(shelf), **fresh}}
        with contextlib.suppress(OSError):
            write_bytes(shelf, json.dumps(stored).encode())


def _load(shelf: Path) -> dict[str, Entry]:
    try:
        stored = json.loads(shelf.read_bytes())
        if stored["format"] != FORMAT:
            return {}
        return {
            str(path): Entry(int(num_bytes), int(mtime_ns), str(digest))
            for path, (num_bytes, mtime_ns, digest) in stored["files"].items()
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}
