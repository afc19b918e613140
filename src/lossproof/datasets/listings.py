"""Lists of samples: read line by line, kept below the dataset's folder, each sample once."""

import math
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import NamedTuple

from lossproof.records import Sample


class Line(NamedTuple):
    """A line of a list, and where it stands, for errors."""

    text: str
    where: str

    def refused(self, *, allowed: str) -> ValueError:
        return ValueError(f"{self.where} is {self.text[:80]!r}; {allowed}")


def read_lines(path: Path) -> Iterator[Line]:
    """The lines that are not empty, without the space around them."""
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield Line(line.strip(), f"{path} line {number}")


def local_name(name: str, *, where: str) -> str:
    """A relative name. Raises ValueError for one that could lead out of the dataset's folder."""
    path = PurePosixPath(name)
    if "\\" in name:
        raise ValueError(
            f"{where} names {name!r}; a file below the dataset's folder, with / between folders, "
            "is allowed"
        )
    is_local = path.parts and not path.is_absolute() and ".." not in path.parts
    if not is_local or PureWindowsPath(name).drive or "\0" in name:
        raise ValueError(f"{where} names {name!r}; a file below the dataset's folder is allowed")
    return str(path)


def listed(samples: Iterable[Sample], *, source: Path | str) -> tuple[Sample, ...]:
    """The samples.

    Raises ValueError when there is none, when an id stands there twice, and for one that cannot be
    written down.
    """
    found = tuple(samples)
    if not found:
        raise ValueError(f"{source} lists no samples; 1 or more are allowed")
    seen: set[str] = set()
    for sample in found:
        if _has_stray_bytes(sample.id):
            raise ValueError(f"{source} lists {sample.id!r}; names of files in UTF-8 are allowed")
        if sample.id in seen:
            raise ValueError(f"{source} lists {sample.id!r} twice; each sample is allowed once")
        seen.add(sample.id)
    return found


def _has_stray_bytes(name: str) -> bool:
    """Whether a name of the file system is not UTF-8: Python keeps such bytes as surrogates."""
    return any("\ud800" <= letter <= "\udfff" for letter in name)


def first_share(num_frames: int) -> int:
    """How many frames of a sequence are for training where nobody has said: the first 80 %."""
    return math.ceil(num_frames * 4 / 5)
