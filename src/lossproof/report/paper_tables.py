"""Comparisons in the paper's layout: (A) before retraining, (B) after it, the paper's numbers
beside ours."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from lossproof.codecs import codec_class, parse_codec
from lossproof.records import Level
from lossproof.report.compared import BEFORE, Compared, Line
from lossproof.report.paper import RETRAINED, PaperTable, paper_tables
from lossproof.report.tables import LEVEL, SHARE, Column, Rank, level_text, plain, spelled_out
from lossproof.tasks import Score, Task, make_task, parse_task

_NUMERALS = ("", "I", "II", "III", "IV", "V")
_TASKS = ("", "segmentation", "depth", "detection", "pose", "action")
_BESIDE = {3: ("ap50",), 4: ("oks_ap_people",)}
_WAYS = {
    RETRAINED: "after retraining",
    "recalibrate": "after recalibration, without labels",
    "distil": "after distillation, without labels",
}
_SHARES = (("drop", Rank.STAYS), ("recovery", Rank.STAYS), ("gain", Rank.OTHER_SCORE))


@dataclass(frozen=True, kw_only=True)
class Part:
    """One half of a table: its letter, title and columns, and the hash of our cell on each line,
    "" where there is none."""

    letter: str
    title: str
    columns: tuple[Column, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Comparing:
    """Ours, the paper's, or both, of one table. ``title`` is that of all parts."""

    title: str
    task: Task
    scores: tuple[str, ...]
    ours: Compared | None = None
    paper: PaperTable | None = None

    @property
    def methods(self) -> tuple[str, ...]:
        """``before`` first; each has a part of its own."""
        lines = (*(self.ours.lines if self.ours else ()), *(self.paper.lines if self.paper else ()))
        return tuple(dict.fromkeys(line.method for line in lines))

    def parts(self) -> list[Part]:
        """(A), (B), and a part for every other way back."""
        return [
            Part(
                letter=_letter(place),
                title=f"{self.title} ({_letter(place)}): {_way(method)}",
                columns=tuple(_columns(self, method)),
                cells=tuple(_cells(self, method)),
            )
            for place, method in enumerate(self.methods)
        ]

    def own_parts(self) -> list[Part]:
        """Those of the ways that ours has lines of: before retraining there is no (B) yet."""
        have = {line.method for line in self.ours.lines} if self.ours else set()
        pairs = zip(self.methods, self.parts(), strict=True)
        return [part for method, part in pairs if method in have]


def comparing(compared: Sequence[Compared]) -> list[Comparing]:
    """Tables I to V, each with every comparison of ours that is its counterpart, then the other
    comparisons."""
    found = []
    for table in paper_tables():
        ours = [one for one in compared if one.comparison.table == table.number]
        found += [_with_paper(table, one) for one in ours] or [_with_paper(table, None)]
    return found + [_alone(one) for one in compared if one.comparison.table is None]


def _with_paper(table: PaperTable, ours: Compared | None) -> Comparing:
    theirs = f"{table.model} on {table.data}"
    whose = f"{ours.study.title}; paper: {theirs}" if ours else theirs
    return Comparing(
        title=f"Table {_NUMERALS[table.number]}, {table.title}, {whose}",
        task=parse_task(ours.study.task) if ours else make_task(_TASKS[table.number]),
        scores=(*table.scores, *(_BESIDE.get(table.number, ()) if ours else ())),
        ours=ours,
        paper=table,
    )


def _alone(ours: Compared) -> Comparing:
    task = parse_task(ours.study.task)
    return Comparing(
        title=f"{ours.study.title}, {ours.comparison.title}",
        task=task,
        scores=task.columns,
        ours=ours,
    )


def _letter(place: int) -> str:
    """A to Z, then AA, AB and so on."""
    before, last = divmod(place, len(ascii_uppercase))
    return (_letter(before - 1) if before else "") + ascii_uppercase[last]


def _way(method: str) -> str:
    return "before retraining" if method == BEFORE else _WAYS.get(method, method)


@dataclass(frozen=True)
class _Side:
    """The lines of one method by level and score: ours, or the paper's."""

    lines: Mapping[tuple[Level, str], Line]
    levels: Sequence[Level]

    def texts(self, name: str, field: str, score: Score) -> list[str]:
        return [_text(self.lines.get((level, name)), field, score) for level in self.levels]

    def has(self, name: str) -> bool:
        return any(score == name for _, score in self.lines)


def _columns(one: Comparing, method: str) -> Iterator[Column]:
    levels = _levels(one, method)
    ours = _side(one.ours.lines if one.ours else (), method, levels)
    paper = _side(one.paper.lines if one.paper else (), method, levels)
    chosen = one.ours.headline.name if one.ours else one.task.headline
    headline = chosen if chosen in one.scores else one.scores[0]
    yield Column(LEVEL, True, [level_text(level) for level in levels])
    if ours.lines:
        yield from _rates(ours)
    for name in one.scores:
        score = one.task.score(name)
        heading = f"{score.heading} {score.unit}".strip()
        rank = Rank.STAYS if name == headline else Rank.OTHER_SCORE
        for side, label in _named(ours, paper, heading, name):
            yield Column(label, True, side.texts(name, "value", score), rank)
    for field, rank in _SHARES[: 1 if method == BEFORE else None]:
        heading = f"{one.task.score(headline).heading} {field} %"
        for side, label in _named(ours, paper, heading, headline):
            yield Column(label, True, side.texts(headline, field, SHARE), rank)


def _cells(one: Comparing, method: str) -> Iterator[str]:
    """Those of ours, level by level."""
    lines = one.ours.lines if one.ours else ()
    known = {line.level: line.cell for line in lines if line.method == method}
    return (known.get(level, "") for level in _levels(one, method))


def _named(ours: _Side, paper: _Side, heading: str, name: str) -> Iterator[tuple[_Side, str]]:
    """The sides that know a score; beside ours the paper's column is called just that."""
    if ours.has(name):
        yield ours, heading
    if paper.has(name):
        yield paper, "paper" if ours.has(name) else heading


def _levels(one: Comparing, method: str) -> list[Level]:
    """Those of either side, the best first."""
    lines = (*(one.ours.lines if one.ours else ()), *(one.paper.lines if one.paper else ()))
    codec = one.ours.comparison.codec if one.ours else one.paper.codec if one.paper else ""
    sign = -1 if codec_class(parse_codec(codec)[0]).better == "higher" else 1
    found = {line.level for line in lines if line.method == method}
    return sorted(found, key=lambda level: -math.inf if level is None else sign * level)


def _side(lines: Sequence[Line], method: str, levels: Sequence[Level]) -> _Side:
    return _Side({(one.level, one.score): one for one in lines if one.method == method}, levels)


def _rates(ours: _Side) -> Iterator[Column]:
    first = {level: line for (level, _), line in ours.lines.items()}
    lines = [first.get(level) for level in ours.levels]
    if any(line and math.isfinite(line.kbit_per_second) for line in lines):
        texts = [plain(line.kbit_per_second, digits=0) if line else "-" for line in lines]
        yield Column("kbit/s", True, texts, Rank.BITRATE)
    else:
        texts = [plain(line.bits_per_pixel, digits=3) if line else "-" for line in lines]
        yield Column("bits/pixel", True, texts, Rank.BITS_PER_PIXEL)
    texts = [plain(100 * line.saving, digits=1) if line else "-" for line in lines]
    yield Column("saved %", True, texts, Rank.SIZE)


def _text(line: Line | None, field: str, score: Score) -> str:
    if line is None:
        return "-"
    value, interval = getattr(line, field)
    if math.isfinite(interval[0]):
        return spelled_out(value, interval, score)
    return plain(score.shown * value, digits=score.digits)
