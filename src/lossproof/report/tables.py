"""Rows as tables: for the terminal, CSV, JSON and LaTeX."""

import csv
import io
import json
import math
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Any, NamedTuple

from lossproof.analysis.bootstrap import Interval
from lossproof.records import Level
from lossproof.report.rows import Row, by_samples, headline
from lossproof.report.titles import (
    codec_titles,
    frame_size_title,
    model_titles,
    models_title,
    samples_title,
)
from lossproof.settings import spelled
from lossproof.tasks import Score

_LATEX = str.maketrans(
    {
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "{": r"\{",
        "}": r"\}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "\\": r"\textbackslash{}",
    }
)


class Table(NamedTuple):
    """Headings, whether each column holds numbers, and the lines of text under them."""

    headings: tuple[str, ...]
    numeric: tuple[bool, ...]
    lines: tuple[tuple[str, ...], ...]


LEVEL = "level"
"""The heading of levels in every table."""


class Traced(NamedTuple):
    """A table, and the hash of the cell that each of its lines is of, "" for a line of none."""

    table: Table
    cells: tuple[str, ...]

    @property
    def leading(self) -> int:
        """The column that leads to the cells: the levels, or else the heads of the lines."""
        return self.table.headings.index(LEVEL) if LEVEL in self.table.headings else 0


class Rank(IntEnum):
    """How long a column stays when room gets short: the lowest leaves first."""

    SAME_FRAME_SIZE = 1
    SAMPLES = 2
    OTHER_SCORE = 3
    SIZE = 4
    BITS_PER_PIXEL = 5
    BITRATE = 6
    STAYS = 7


class Column(NamedTuple):
    """A heading, whether numbers stand under it, the text of each row, and how long it stays."""

    heading: str
    numeric: bool
    texts: Sequence[str]
    rank: Rank = Rank.STAYS


def display(rows: Sequence[Row]) -> Table:
    """What people read: scores with their 95% intervals. All rows must be of the same samples."""
    return table_of(columns_of(rows))


def ever_narrower(columns: Sequence[Column]) -> Iterator[Table]:
    """The table of the columns, then with one less each time, the least important first."""
    left = list(columns)
    yield table_of(left)
    while (rank := min(column.rank for column in left)) < Rank.STAYS:
        last = max(place for place, column in enumerate(left) if column.rank == rank)
        del left[last]
        yield table_of(left)


def columns_of(rows: Sequence[Row]) -> list[Column]:
    """Names, rates, scores and drops; names, level, the headline score and its drop stay."""
    return [*_names(rows), *_rates(rows), *_scores(rows), *_drops(rows)]


def table_of(columns: Sequence[Column]) -> Table:
    """Columns side by side."""
    headings, numeric, texts, _ = zip(*columns, strict=True)
    return Table(headings, numeric, tuple(zip(*texts, strict=True)))


def _names(rows: Sequence[Row]) -> Iterator[Column]:
    models, sizes = model_titles(rows), [frame_size_title(row) for row in rows]
    if len(set(models)) > 1:
        yield Column("model", False, models)
    yield Column("codec", False, codec_titles(rows))
    rank = Rank.STAYS if len(set(sizes)) > 1 else Rank.SAME_FRAME_SIZE
    yield Column("frame size", False, sizes, rank)
    yield Column(LEVEL, True, [level_text(row.cell.level) for row in rows])


def _rates(rows: Sequence[Row]) -> Iterator[Column]:
    media = rows[0].media
    yield Column(f"{media}s", True, [str(row.num_samples) for row in rows], Rank.SAMPLES)
    sizes = [f"{row.bytes_per_sample / 1000:.1f}" for row in rows]
    yield Column(f"kB/{media}", True, sizes, Rank.SIZE)
    densities = [f"{row.bits_per_pixel:.3f}" for row in rows]
    yield Column("bits/pixel", True, densities, Rank.BITS_PER_PIXEL)
    if any(math.isfinite(row.kbit_per_second) for row in rows):
        bitrates = [plain(row.kbit_per_second, digits=0) for row in rows]
        yield Column("kbit/s", True, bitrates, Rank.BITRATE)


def _scores(rows: Sequence[Row]) -> Iterator[Column]:
    first = headline(rows).name
    for score in rows[0].task.table:
        name = score.name
        texts = [spelled_out(row.scores[name], row.intervals[name], score) for row in rows]
        rank = Rank.STAYS if name == first else Rank.OTHER_SCORE
        yield Column(f"{score.heading} {score.unit}".strip(), True, texts, rank)


def _drops(rows: Sequence[Row]) -> Iterator[Column]:
    """The drop of the headline score; none for decibels, whose ratio means nothing."""
    score = headline(rows)
    if score.unit != "dB":
        yield Column(f"{score.heading} drop %", True, [_drop(row, score.name) for row in rows])


def to_json(rows: Sequence[Row], **more: Any) -> str:
    """One JSON object with ``rows``; missing numbers are null, never NaN."""
    document = {"rows": [row.as_dict() for row in rows], **more}
    return json.dumps(document, indent=2, allow_nan=False)


def to_csv(rows: Sequence[Row]) -> str:
    """A line per row, every score with its interval in columns of their own; missing is empty."""
    records = [_flat(row) for row in rows]
    names = list(dict.fromkeys(name for record in records for name in record))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, names, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(records)
    return buffer.getvalue()


def to_latex(rows: Sequence[Row]) -> str:
    """A ``tabular`` per group of the same samples, with the rules of the package booktabs."""
    return "\n".join(_tabular(group) for group in by_samples(rows))


def _tabular(rows: Sequence[Row]) -> str:
    return tabular(display(rows), title=f"{models_title(rows)} on {samples_title(rows[0])}")


def tabular(table: Table, *, title: str) -> str:
    """A ``tabular`` with the rules of the package booktabs, under a comment."""
    shape = "".join("r" if numeric else "l" for numeric in table.numeric)
    lines = [
        f"% {title}",
        rf"\begin{{tabular}}{{{shape}}}",
        r"\toprule",
        _latex_line(table.headings),
        r"\midrule",
        *(_latex_line(line) for line in table.lines),
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "\n".join(lines) + "\n"


def _latex_line(cells: Sequence[str]) -> str:
    return " & ".join(cell.translate(_LATEX) for cell in cells) + r" \\"


def _flat(row: Row) -> dict[str, Any]:
    record = {
        name: value for name, value in row.as_dict().items() if not isinstance(value, dict | list)
    }
    for name in ("settings", "metric_settings"):
        pairs = getattr(row.cell, name).items()
        record[name] = " ".join(f"{key}={spelled(value)}" for key, value in pairs)
    record["frame_size"] = frame_size_title(row)
    for name, value in row.scores.items():
        record |= _with_interval(row, name, value)
    for name, value in row.drops.items():
        record |= _with_interval(row, f"{name}_drop", value)
    return record


def _with_interval(row: Row, name: str, value: float) -> dict[str, Any]:
    return with_interval(name, value, row.intervals[name])


def with_interval(name: str, value: float, interval: Interval) -> dict[str, Any]:
    """A number and its interval under names of their own; what is not known is empty."""
    low, high = interval
    numbers = {name: value, f"{name}_low": low, f"{name}_high": high}
    return {label: number if math.isfinite(number) else "" for label, number in numbers.items()}


SHARE = Score("share", "share")


def _drop(row: Row, score: str) -> str:
    if score not in row.drops:
        return "-"
    if row.cell.level == row.reference_level:
        return "reference"
    return spelled_out(row.drops[score], row.intervals[f"{score}_drop"], SHARE)


def spelled_out(value: float, interval: Interval, score: Score) -> str:
    """``65.5 [64.2, 66.9]`` in the unit of a score; - for what is not known."""
    if not math.isfinite(value):
        return "-"
    shown = (plain(score.shown * one, digits=score.digits) for one in (value, *interval))
    return "{} [{}, {}]".format(*shown)


def level_text(level: Level) -> str:
    """``50``; - for none."""
    return "-" if level is None else f"{level:g}"


def plain(value: float, *, digits: int) -> str:
    """A number with so many digits after the point; - for what is not known."""
    # Adding zero turns a rounded -0.0 into 0.0.
    return f"{round(value, digits) + 0.0:.{digits}f}" if math.isfinite(value) else "-"
