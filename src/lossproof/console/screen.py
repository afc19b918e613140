"""Tables for a terminal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.table import Table as RichTable
from rich.text import Text

from lossproof.console.folding import folded, folded_widths, whole_widths, word_widths
from lossproof.report.tables import Column, Table, ever_narrower

_WIDTH_OF_FILES = 200
_WIDER_THAN_ANY_TABLE = 10_000
_WIDE_GAP, _SMALL_GAP = 3, 2


def console() -> Console:
    """Standard output: as wide as the terminal, and without an end when it is a file."""
    shown = Console(highlight=False)
    return shown if shown.is_terminal else Console(highlight=False, width=_WIDER_THAN_ANY_TABLE)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A table as a screen shows it: numbers to the right and whole, words folded at spaces.

    Gaps between columns have three blanks, or two on a terminal that has no room for three. No line
    ends in blanks. A file has lines of up to 200 characters, and longer ones only where numbers or
    single words need them.
    """

    table: Table
    title: str | None = None
    caption: str | None = None

    def width(self, *, gap: int) -> int:
        """Characters of a line where nothing is folded, as rich lays it out."""
        return _around(self.table, gap) + sum(whole_widths(self.table))

    def narrowest(self, *, gap: int) -> int:
        """As ``width``, where words are folded wherever they can be without breaking one."""
        return _around(self.table, gap) + sum(word_widths(self.table, room=0))

    def __rich_console__(self, screen: Console, options: ConsoleOptions) -> RenderResult:
        room, gap = options.max_width, _WIDE_GAP
        if not options.is_terminal:
            room = min(room, max(_WIDTH_OF_FILES, self.narrowest(gap=gap)))
        elif self.width(gap=gap) > room:
            gap = _SMALL_GAP
        widths = folded_widths(self.table, room=room - _around(self.table, gap))
        shown = self._rich(widths, gap=gap)
        for line in screen.render_lines(shown, options.update(width=room), pad=False):
            yield from _without_trailing_blanks(line)
            yield Segment.line()

    def _rich(self, widths: Sequence[int], *, gap: int) -> RichTable:
        # As texts, since rich reads [words] in strings as markup. Between columns it has one blank
        # of its own.
        shown = RichTable(
            title=Text(self.title, style="table.title") if self.title else None,
            caption=Text(self.caption, style="table.caption") if self.caption else None,
            box=box.SIMPLE_HEAD,
            title_justify="left",
            caption_justify="left",
            padding=(0, 1, 0, gap - 2),
        )
        headings, numeric, lines = folded(self.table, widths)
        for heading, is_number in zip(headings, numeric, strict=True):
            # Words are folded by now. What is cut ends in dots: a number without its last digits
            # would be another number.
            justify: Literal["left", "right"] = "right" if is_number else "left"
            shown.add_column(Text(heading), justify=justify, no_wrap=True, overflow="ellipsis")
        for line in lines:
            shown.add_row(*map(Text, line))
        return shown


def fitting(columns: Sequence[Column], *, title: str, elsewhere: str) -> Layout:
    """The table of the columns with as many of its columns as the screen has room for.

    Gaps shrink before a column is left out, and names are folded only where not even the smallest
    table has room for them. ``elsewhere`` says where people find what is left out.
    """
    screen = console()
    layouts = list(_layouts(columns, title=title, elsewhere=elsewhere))
    if not screen.is_terminal:
        return layouts[0]
    whole = (one for one in layouts if one.width(gap=_SMALL_GAP) <= screen.width)
    narrow = (one for one in layouts if one.narrowest(gap=_SMALL_GAP) <= screen.width)
    return next(whole, None) or next(narrow, layouts[-1])


def _layouts(columns: Sequence[Column], *, title: str, elsewhere: str) -> Iterator[Layout]:
    """From the widest to the narrowest."""
    others = f", {elsewhere}" if " or " in elsewhere else f" or {elsewhere}"
    for left_out, table in enumerate(ever_narrower(columns)):
        caption = f"a wider screen{others} shows the rest" if left_out else None
        yield Layout(table=table, title=title, caption=caption)


def rich_table(table: Table) -> Layout:
    """The table, for rich to print."""
    return Layout(table=table)


def plain_table(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> Layout:
    """A table of words, for rich to print."""
    words = Table(tuple(headings), (False,) * len(headings), tuple(map(tuple, lines)))
    return Layout(table=words)


def _around(table: Table, gap: int) -> int:
    """Blanks beside and between the columns."""
    return gap * len(table.headings) + 1


def _without_trailing_blanks(line: Sequence[Segment]) -> list[Segment]:
    kept = list(line)
    while kept and not kept[-1].text.rstrip():
        kept.pop()
    if kept:
        text, style, control = kept[-1]
        kept[-1] = Segment(text.rstrip(), style, control)
    return kept
