"""Files of a layout, with the folders they are in."""

import shutil
from pathlib import Path


def put(path: Path, content: bytes | str) -> None:
    """Text is UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def copy(source: Path, path: Path) -> None:
    """Raises ValueError where the world lacks the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(source, path)
    except FileNotFoundError:
        raise ValueError(f"{source} is missing; making the world again mends it") from None
