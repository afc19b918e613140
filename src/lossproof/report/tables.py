"""Rows as tables: for the terminal, CSV, JSON and LaTeX."""

import csv
import io
import json
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from lossproof.report.rows import Row, by_samples
from lossproof.report.titles import (
    codec_titles,
    frame_size_title,
    model_titles,
    models_title,
    samples_title,
)
from lossproof.tasks import Task, task

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


def display(rows: Sequence[Row]) -> Table:
    """What people read: percentages with their 95% intervals. All rows must be of one task."""
    kind = task(rows[0].cell.task)
    models = model_titles(rows)
    several = len(set(models)) > 1
    words = (*(("model",) if several else ()), "codec", "frame size")
    numbers = (
        *("level", "pictures", "kB/picture", "bits/pixel"),
        *(f"{heading} %" for _, heading in kind.columns),
        f"{dict(kind.columns)[kind.headline]} drop %",
    )
    lines = tuple(
        ((model,) if several else ()) + (codec, frame_size_title(row), *_numbers(row, kind))
        for row, model, codec in zip(rows, models, codec_titles(rows), strict=True)
    )
    return Table(words + numbers, (False,) * len(words) + (True,) * len(numbers), lines)


def _numbers(row: Row, kind: Task) -> tuple[str, ...]:
    return (
        "-" if row.cell.level is None else f"{row.cell.level:g}",
        str(row.num_samples),
        f"{row.bytes_per_sample / 1000:.1f}",
        f"{row.bits_per_pixel:.3f}",
        *(_percent(row, score) for score, _ in kind.columns),
        _drop(row, kind.headline),
    )


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
    table = display(rows)
    shape = "".join("r" if numeric else "l" for numeric in table.numeric)
    lines = [
        f"% {models_title(rows)} on {samples_title(rows[0])}",
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
    record["codec_settings"] = " ".join(f"{k}={v}" for k, v in row.cell.settings.items())
    record["frame_size"] = frame_size_title(row)
    for name, value in row.scores.items():
        record |= _with_interval(row, name, value)
    for name, value in row.drops.items():
        record |= _with_interval(row, f"{name}_drop", value)
    return record


def _with_interval(row: Row, name: str, value: float) -> dict[str, Any]:
    low, high = row.intervals[name]
    numbers = {name: value, f"{name}_low": low, f"{name}_high": high}
    return {label: number if math.isfinite(number) else "" for label, number in numbers.items()}


def _percent(row: Row, score: str) -> str:
    return _number(row.scores[score], *row.intervals[score])


def _drop(row: Row, score: str) -> str:
    if score not in row.drops:
        return "-"
    if row.cell.level == row.reference_level:
        return "reference"
    return _number(row.drops[score], *row.intervals[f"{score}_drop"])


def _number(value: float, low: float, high: float) -> str:
    if not math.isfinite(value):
        return "-"
    return f"{100 * value:.1f} [{100 * low:.1f}, {100 * high:.1f}]"
