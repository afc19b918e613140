"""The page's answer and tables as Markdown, without pictures."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lossproof.report.page.answer import (
    UNKNOWN_LEVELS,
    safe_levels,
    safe_levels_of,
    study_title,
    sweep_lines,
    sweeps_title,
)
from lossproof.report.page.cause_section import HOW_CAUSES, NO_CAUSES, cause_tables
from lossproof.report.page.contents import Contents
from lossproof.report.page.curve_section import (
    HOW_BETWEEN,
    HOW_FRONT,
    between_tables,
    front_tables,
    plots_of,
)
from lossproof.report.page.gallery import (
    HOW_DAMAGED,
    NO_SAMPLES,
    breaking_table,
    breaking_title,
)
from lossproof.report.page.origin_section import cell_table
from lossproof.report.page.page import MISSING
from lossproof.report.page.paper_section import HOW_BESIDE, NO_COUNTERPARTS
from lossproof.report.page.part_section import HOW_PARTS, NO_PARTS, part_tables
from lossproof.report.paper_tables import comparing
from lossproof.report.tables import Table, Traced, table_of

_NOTE = (
    "A level is safe when we are 95% sure that it loses no more than the share stated, against the "
    "best level at the same frame size, which may itself lose against the source; in brackets, how "
    "many fewer bytes than that. Numbers in square brackets are 95% intervals."
)
_MARKS = str.maketrans({one: f"\\{one}" for one in "\\`*_{}[]<>#|"})


class _Part(NamedTuple):
    """Tables with what is said above them, or what is said where there are none."""

    heading: str
    tables: Sequence[tuple[str, Table]]
    how: str = ""
    otherwise: str = ""


def to_markdown(contents: Contents) -> str:
    """The same numbers as the page's, section by section."""
    return "\n".join(_lines(contents)).rstrip() + "\n"


def _lines(contents: Contents) -> Iterator[str]:
    yield from (f"# {_escaped(contents.title)}", "", _NOTE, "", "## The answer", "")
    yield from _answer(contents)
    yield from ("## Score against size", "")
    for plot in plots_of(contents):
        yield from _table(plot.chart.title, plot.numbers.table)
        if plot.remarks:
            yield from (_escaped(f"Knee: {'; '.join(plot.remarks)}."), "")
    parts = _parts(contents)
    for part in parts:
        if part.tables:
            yield from (f"## {part.heading}", "", *([_escaped(part.how), ""] if part.how else []))
        for caption, shown in part.tables:
            yield from _table(caption, shown)
    missing = [part for part in parts if not part.tables and part.otherwise]
    if missing:
        yield from (f"## {MISSING}", "")
        yield from (_escaped(f"- {part.heading}: {part.otherwise}") for part in missing)


def _parts(contents: Contents) -> list[_Part]:
    """All that follows the curves."""
    fronts, causes = _untraced(front_tables(contents)), _untraced(cause_tables(contents))
    return [
        _Part("The best buys (Pareto front)", fronts, HOW_FRONT),
        _Part("Codecs against each other", between_tables(contents), HOW_BETWEEN),
        _Part("Where the drop comes from", causes, HOW_CAUSES, NO_CAUSES),
        _Part("The paper's tables beside ours", _paper(contents), HOW_BESIDE, NO_COUNTERPARTS),
        _Part("Samples that break first", _breaking(contents), HOW_DAMAGED, NO_SAMPLES),
        _Part("Per class and object size", part_tables(contents), HOW_PARTS, NO_PARTS),
        _Part("Where the numbers come from", [("Cells", cell_table(contents.provenance))]),
    ]


def _answer(contents: Contents) -> Iterator[str]:
    for words in contents.warnings:
        yield from (f"**Warning:** {_escaped(words)}", "")
    for one in contents.findings:
        yield from (_escaped(one.words), "")
        yield from _table(study_title(one.compared), safe_levels(one))
    others = contents.other_curves
    for of_what, lines in [] if contents.findings else sweep_lines(others):
        yield from (f"{_escaped(of_what)}:", "", *(f"- {_escaped(line)}" for line in lines), "")
    if others:
        yield from _table(sweeps_title(contents), safe_levels_of(others))
    if not contents.findings and not others:
        yield from (_escaped(UNKNOWN_LEVELS), "")


def _untraced(tables: Sequence[tuple[str, Traced]]) -> list[tuple[str, Table]]:
    return [(caption, traced.table) for caption, traced in tables]


def _paper(contents: Contents) -> list[tuple[str, Table]]:
    ours = [one for one in comparing(contents.compared) if one.ours]
    return [(part.title, table_of(part.columns)) for one in ours for part in one.parts()]


def _breaking(contents: Contents) -> list[tuple[str, Table]]:
    return [(breaking_title(one), breaking_table(one)) for one in contents.breaking]


def _table(caption: str, shown: Table) -> Iterator[str]:
    yield from (f"**{_escaped(caption)}**", "")
    yield _row(shown.headings)
    yield "|" + "|".join("---:" if number else "---" for number in shown.numeric) + "|"
    yield from map(_row, shown.lines)
    yield ""


def _row(texts: tuple[str, ...]) -> str:
    return f"| {' | '.join(map(_escaped, texts))} |"


def _escaped(words: str) -> str:
    """So that no name is read as a mark of Markdown or as HTML."""
    return " ".join(words.translate(_MARKS).split())
