"""What was compressed once, kept as bitstreams in memory and on disk, the last used longest."""

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, final

from lossproof.atomic import write_bytes
from lossproof.digests import cache_folder


class _Held(NamedTuple):
    """Bytes in memory, and whether they go to the disk when they must leave it."""

    data: bytes
    on_disk: bool


@final
class Bitstreams:
    """A cache of bytes under names that are hexadecimal hashes; any number of threads may ask.

    At most ``memory_bytes`` are in memory; what must leave goes to ``folder`` (default: the folder
    ``bitstreams`` in the cache), of which at most ``disk_bytes`` are used, the least recently used
    leaving first. The folder is only ever a shortcut: where it cannot be written, bytes are made
    again. Several processes may share it; each keeps the bound for the files that it knows of.
    """

    def __init__(self, *, memory_bytes: int, disk_bytes: int, folder: Path | None = None) -> None:
        if min(memory_bytes, disk_bytes) < 0:
            raise ValueError(
                f"memory_bytes is {memory_bytes} and disk_bytes {disk_bytes}; 0 or more are allowed"
            )
        self._folder = folder or cache_folder() / "bitstreams"
        self._memory: OrderedDict[str, _Held] = OrderedDict()
        self._disk: OrderedDict[str, int] = OrderedDict()
        self._memory_bytes, self._disk_bytes = memory_bytes, disk_bytes
        self._in_memory = self._on_disk = 0
        self._lock = threading.Lock()
        self._find_files()

    def get(self, name: str, make: Callable[[], bytes], *, on_disk: bool = True) -> bytes:
        """The bytes called ``name``, made when they are not there; without ``on_disk`` they are
        kept in memory alone. Raises what ``make`` raises."""
        data = self._known(name)
        if data is None and on_disk:
            data = self._read(name)
        if data is None:
            data = make()
        for other, held in self._keep(name, _Held(data, on_disk)):
            if held.on_disk:
                self._write(other, held.data)
        return data

    def drop(self, name: str) -> None:
        """Forget bytes that turned out to be damaged."""
        with self._lock:
            if name in self._memory:
                self._in_memory -= len(self._memory.pop(name).data)
            self._on_disk -= self._disk.pop(name, 0)
        with contextlib.suppress(OSError):
            self._path(name).unlink(missing_ok=True)

    def _known(self, name: str) -> bytes | None:
        with self._lock:
            if name not in self._memory:
                return None
            self._memory.move_to_end(name)
            return self._memory[name].data

    def _read(self, name: str) -> bytes | None:
        try:
            data = self._path(name).read_bytes()
            # The file's time says to the next process what was used last.
            self._path(name).touch()
        except OSError:
            return None
        with self._lock:
            self._on_disk += len(data) - self._disk.pop(name, 0)
            self._disk[name] = len(data)
        return data

    def _keep(self, name: str, held: _Held) -> list[tuple[str, _Held]]:
        """Put bytes into memory; what must leave it for them."""
        leaving: list[tuple[str, _Held]] = []
        with self._lock:
            if name not in self._memory:
                self._memory[name] = held
                self._in_memory += len(held.data)
            while self._in_memory > self._memory_bytes:
                leaving.append(self._memory.popitem(last=False))
                self._in_memory -= len(leaving[-1][1].data)
        return leaving

    def _write(self, name: str, data: bytes) -> None:
        with self._lock:
            if name in self._disk or len(data) > self._disk_bytes:
                return
            self._disk[name] = len(data)
            self._on_disk += len(data)
            old = self._surplus()
        try:
            write_bytes(self._path(name), data)
        except OSError:
            self._forget(name)
        for other in old:
            with contextlib.suppress(OSError):
                self._path(other).unlink(missing_ok=True)

    def _forget(self, name: str) -> None:
        """What could not be written takes no room."""
        with self._lock:
            self._on_disk -= self._disk.pop(name, 0)

    def _surplus(self) -> list[str]:
        """The names that must leave the disk, least recently used first; the lock is held."""
        old = []
        while self._on_disk > self._disk_bytes:
            name, num_bytes = self._disk.popitem(last=False)
            self._on_disk -= num_bytes
            old.append(name)
        return old

    def _find_files(self) -> None:
        found = []
        for path in self._folder.glob("??/*.bin"):
            with contextlib.suppress(OSError):
                stat = path.stat()
                found.append((stat.st_mtime_ns, path.stem, stat.st_size))
        for _, name, num_bytes in sorted(found):
            self._disk[name] = num_bytes
            self._on_disk += num_bytes

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / f"{name}.bin"
