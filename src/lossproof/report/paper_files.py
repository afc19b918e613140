"""The paper's tables beside ours as CSV, LaTeX and HTML."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lossproof.atomic import write_bytes
from lossproof.report.compared import Line
from lossproof.report.page.html import document, table, tag, text
from lossproof.report.paper_tables import Comparing, Part
from lossproof.report.tables import table_of, tabular, with_interval

_TITLE = "The paper's tables beside ours"
_HOW = (
    "95% intervals in brackets. Drop: of the score at the best level before retraining. Recovery: "
    'of the loss at the same level, told where a loss is sure. Gain: of the larger value. "paper" '
    "is what the paper prints."
)
_FIELDS = ("value", "drop", "recovery", "gain")


def to_csv(tables: Sequence[Comparing]) -> str:
    """A line per score, level and method, of ours and of the paper's; missing is empty."""
    records = [record for one in tables for record in _records(one)]
    names = list(dict.fromkeys(name for record in records for name in record))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, names, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(records)
    return buffer.getvalue()


def to_latex(tables: Sequence[Comparing]) -> str:
    """A ``tabular`` per part, with the rules of the package booktabs."""
    return "\n".join(tabular(table_of(part.columns), title=part.title) for part in _parts(tables))


def to_html(tables: Sequence[Comparing]) -> str:
    """One page that needs no other file, for light and dark screens."""
    shown = [table(table_of(part.columns), caption=part.title) for part in _parts(tables)]
    return document(_TITLE, tag("main", text("h1", _TITLE), text("p", _HOW), *shown))


FORMATS: Mapping[str, Callable[[Sequence[Comparing]], str]] = MappingProxyType(
    {"csv": to_csv, "latex": to_latex, "html": to_html}
)
_ENDINGS = {"csv": "csv", "latex": "tex", "html": "html"}


def write_paper(tables: Sequence[Comparing], folder: Path) -> list[Path]:
    """The tables in every format. Raises OSError."""
    paths = [folder / f"paper.{ending}" for ending in _ENDINGS.values()]
    for path, form in zip(paths, FORMATS.values(), strict=True):
        write_bytes(path, form(tables).encode())
    return paths


def _parts(tables: Sequence[Comparing]) -> Iterator[Part]:
    for one in tables:
        yield from one.parts()


def _records(one: Comparing) -> Iterator[dict[str, Any]]:
    number = one.paper.number if one.paper else ""
    for line in one.ours.lines if one.ours else ():
        assert one.ours is not None
        yield {"table": number, "study": one.ours.study.name, "whose": "ours", **_record(line)}
    for line in one.paper.lines if one.paper else ():
        yield {"table": number, "study": "", "whose": "paper", **_record(line)}


def _record(line: Line) -> dict[str, Any]:
    record: dict[str, Any] = {
        "method": line.method,
        "level": "" if line.level is None else line.level,
        "score": line.score,
    }
    for field in _FIELDS:
        record |= with_interval(field, *getattr(line, field))
    for field in ("bits_per_pixel", "kbit_per_second", "saving"):
        record[field] = with_interval(field, getattr(line, field), (0.0, 0.0))[field]
    return {**record, "num_samples": line.num_samples or "", "model": line.model, "cell": line.cell}
