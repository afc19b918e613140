"""Which clips were cut from one video.

Two files can say so. ``groups.csv`` has the columns ``clip`` (``fight/fi013.mp4``, ``fight/fi013``
or ``fi013``) and ``group``, and may have ``split`` (train or test); it must have every clip.
``videos.txt`` is that of the Surveillance Camera Fight Dataset: below the address of a video stand
its clips, as ``fi013: 0.58.40 - 1.00.40``; and lines ``nofi076 - nofi091 : NAME`` give a range of
clips a common source; there, a clip that is listed twice counts where it stands first, and one that
is not listed stands for itself.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from lossproof.datasets.listings import read_lines

_CLIP = re.compile(r"([a-zA-Z]+\d+)\s*:\s*[\d.]+\s*-\s*[\d.]+$")
_RANGE = re.compile(r"([a-zA-Z]+)(\d+)\s*-\s*([a-zA-Z]+)(\d+)\s*:\s*(.+)$")
_SPLITS = ("train", "test")


class Membership(NamedTuple):
    """The group of a clip, and its split where somebody chose one."""

    group: str
    split: str = ""


def read_memberships(root: Path, clips: Sequence[Path]) -> Mapping[Path, Membership]:
    """The membership of each clip that has one; empty without either file.

    Raises ValueError for a file of another form, a clip that ``groups.csv`` lacks or has twice, and
    a group that it divides between splits.
    """
    table, videos = root / "groups.csv", root / "videos.txt"
    if table.is_file():
        return _from_table(table, clips)
    if videos.is_file():
        found = dict(reversed(list(_from_videos(videos))))
        return {path: found[path.stem] for path in clips if path.stem in found}
    return {}


def _from_table(table: Path, clips: Sequence[Path]) -> Mapping[Path, Membership]:
    rows: dict[str, Membership] = {}
    for listed, membership in _rows(table):
        if listed in rows:
            raise ValueError(f"{table} has the clip {listed!r} twice; each is allowed once")
        rows[listed] = membership
    members: dict[Path, Membership] = {}
    for clip in clips:
        name = f"{clip.parent.name}/{clip.stem}"
        spellings = (f"{clip.parent.name}/{clip.name}", name, clip.name, clip.stem)
        row = next((rows[spelling] for spelling in spellings if spelling in rows), None)
        if row is None:
            raise ValueError(f"{table} lacks the clip {name!r}; a row for every clip is allowed")
        members[clip] = row
    _check_undivided(table, set(members.values()))
    return members


def _rows(table: Path) -> Iterator[tuple[str, Membership]]:
    try:
        text = table.read_bytes().decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""))
        columns, rows = reader.fieldnames, [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{table} is no CSV in UTF-8: {error}") from None
    if not {"clip", "group"} <= set(columns or ()):
        raise ValueError(
            f"{table} has the columns {columns}; clip, group and perhaps split are allowed"
        )
    for number, row in rows:
        split = row.get("split") or ""
        if not row["clip"] or not row["group"] or split not in ("", *_SPLITS):
            raise ValueError(
                f"{table} line {number} is {list(row.values())}; a clip, its group and perhaps "
                f"{' or '.join(_SPLITS)} are allowed"
            )
        yield row["clip"], Membership(row["group"], split)


def _check_undivided(table: Path, members: set[Membership]) -> None:
    groups = sorted(member.group for member in members)
    divided = [one for one, other in pairwise(groups) if one == other]
    if divided:
        raise ValueError(
            f"{table} divides the group {divided[0]!r} between splits; one split is allowed, "
            "since clips of one video resemble each other"
        )


def _from_videos(path: Path) -> Iterator[tuple[str, Membership]]:
    video = ""
    for line in read_lines(path):
        if line.text.startswith(("http://", "https://")):
            video = line.text
        elif clip := _CLIP.match(line.text):
            yield clip[1], Membership(video)
        elif numbers := _RANGE.match(line.text):
            yield from _range(numbers)


def _range(found: re.Match[str]) -> Iterator[tuple[str, Membership]]:
    kind, first, _, last, source = found.groups()
    for number in range(int(first), int(last) + 1):
        yield f"{kind}{number:0{len(first)}d}", Membership(source.strip())
