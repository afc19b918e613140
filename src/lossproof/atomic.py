"""Files that are either whole or not there, whatever moment the process is killed at."""

import os
import uuid
from pathlib import Path


def write_bytes(path: Path, data: bytes | memoryview, *, scratch: Path | None = None) -> None:
    """Write ``data`` under a temporary name in ``scratch`` (default: beside ``path``), then rename.

    ``scratch`` must be on the same file system. The data is on the disk before the name is.
    Raises OSError, for example when the disk is full; nothing is left behind then.
    """
    folder = scratch or path.parent
    folder.mkdir(parents=True, exist_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = folder / f"{path.name}.{uuid.uuid4().hex}.tmp"
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _rename(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _rename(temporary: Path, path: Path) -> None:
    """The folder of ``path`` may have been removed since it was made; then it is made again."""
    try:
        temporary.replace(path)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(path)
