"""Tables for a terminal."""

from collections.abc import Sequence
from typing import NamedTuple

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table as RichTable

from lossproof.report.rows import Row
from lossproof.report.tables import Table, display, narrow

_WIDTH_OF_FILES = 200


def console() -> Console:
    """Standard output: as wide as the terminal, and wide enough for any table when it is a file."""
    shown = Console(highlight=False)
    return shown if shown.is_terminal else Console(highlight=False, width=_WIDTH_OF_FILES)


class Fitting(NamedTuple):
    """A table, and a word on what it leaves out."""

    table: Table
    caption: str | None


def fitting(rows: Sequence[Row]) -> Fitting:
    """The whole table, or where the screen is too narrow for it only what matters most."""
    screen, whole = console(), display(rows)
    if (
        not screen.is_terminal
        or Measurement.get(
            screen, screen.options.update(width=_WIDTH_OF_FILES), rich_table(whole)
        ).maximum
        <= screen.width
    ):
        return Fitting(whole, None)
    return Fitting(narrow(rows), "a wider screen, --json or lossproof report shows the rest")


def rich_table(table: Table, *, title: str | None = None, caption: str | None = None) -> RichTable:
    """The table with numbers to the right; narrow screens fold its cells."""
    shown = RichTable(title=title, caption=caption, box=box.SIMPLE_HEAD, title_justify="left")
    for heading, numeric in zip(table.headings, table.numeric, strict=True):
        shown.add_column(heading, justify="right" if numeric else "left", overflow="fold")
    for line in table.lines:
        shown.add_row(*line)
    return shown


def plain_table(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> RichTable:
    """A table of words."""
    return rich_table(Table(tuple(headings), (False,) * len(headings), tuple(map(tuple, lines))))
