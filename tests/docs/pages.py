"""Markdown pages as the steps that a reader would take."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *(path for path in sorted((ROOT / "docs").rglob("*.md")) if "_build" not in path.parts),
)

_FENCE = re.compile(r"(?P<ticks>```+)(?P<info>.*)")
_FILE_NAME = re.compile(r"`(?P<path>[\w./-]+)`:")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the file name on the line above it, and its text."""

    language: str
    path: str | None
    text: str


@dataclass(frozen=True)
class Command:
    """A line to run, and the lines that it is said to print."""

    line: str
    shown: tuple[str, ...]

    @property
    def fails(self) -> bool:
        """Whether the page shows it failing."""
        return any(line.startswith("lossproof: error") for line in self.shown)


@dataclass(frozen=True)
class Change:
    """Lines to find in a file, and what takes their place."""

    before: str
    after: str


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    lines = iter(page.read_text(encoding="utf-8").splitlines())
    above = ""
    for line in lines:
        if fence := _FENCE.fullmatch(line):
            text = _until(lines, fence["ticks"])
            named = _FILE_NAME.fullmatch(above)
            yield Block(fence["info"].strip(), named["path"] if named else None, text)
            above = ""
        elif line.strip():
            above = line


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    kept = []
    lines = iter(page.read_text(encoding="utf-8").splitlines())
    for line in lines:
        if fence := _FENCE.fullmatch(line):
            _until(lines, fence["ticks"])
        else:
            kept.append(line)
    return "\n".join(kept)


def commands(block: Block) -> list[Command]:
    """The commands of a console block; a backslash at its end continues a line."""
    found: list[tuple[str, list[str]]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found and found[-1][0].endswith("\\"):
            found[-1] = (f"{found[-1][0]}\n{line}", [])
        else:
            found[-1][1].append(line)
    return [Command(line, tuple(shown)) for line, shown in found]


def changes(block: Block) -> list[Change]:
    """The places of a diff block: a plus marks what is new, a minus what goes."""
    places: list[list[str]] = [[]]
    for line in block.text.splitlines():
        if line == "@@":
            places.append([])
        else:
            places[-1].append(line or " ")
    return [
        Change(before=_joined(lines, leave_out="+"), after=_joined(lines, leave_out="-"))
        for lines in places
    ]


def _joined(lines: list[str], *, leave_out: str) -> str:
    return "".join(f"{line[1:]}\n" for line in lines if line[0] != leave_out)


def _until(lines: Iterator[str], ticks: str) -> str:
    kept = []
    for line in lines:
        if line == ticks:
            return "".join(f"{line}\n" for line in kept)
        kept.append(line)
    raise ValueError(f"a block that starts with {ticks} has no end")
