"""The folder of what was uploaded, which does not grow without end."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_VARIABLE = "GRADIO_TEMP_DIR"
_MOST_BYTES = 1_000_000_000
_MOST_FILES = 200


@contextmanager
def own_folder() -> Iterator[Path]:
    """What is uploaded lies in a folder of this server, which goes with it."""
    with tempfile.TemporaryDirectory(prefix="lossproof-explorer-") as folder:
        os.environ[_VARIABLE] = folder
        yield Path(folder)


def make_room(
    num_bytes: int, *, most_bytes: int = _MOST_BYTES, most_files: int = _MOST_FILES
) -> None:
    """Remove the oldest uploads until so many bytes more, in one file more, are allowed."""
    files = sorted(_sizes(Path(os.environ[_VARIABLE])), reverse=True)
    there = num_bytes
    for place, (_, size, path) in enumerate(files):
        there += size
        if there > most_bytes or place + 1 >= most_files:
            path.unlink(missing_ok=True)
            with suppress(OSError):
                path.parent.rmdir()


def _sizes(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """When each file was written, its bytes, and where it is."""
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            found = path.stat()
            if path.is_file():
                yield found.st_mtime, found.st_size, path
