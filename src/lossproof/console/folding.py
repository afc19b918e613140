"""Where the words of a table are folded so that its columns fit side by side."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from rich.cells import cell_len, chop_cells

from lossproof.report.tables import Table

# After spaces, and before what may be left out of a name: segnet[:WEIGHTS.safetensors].
_FOLDS = re.compile(r"(?<=\s)(?=\S)|(?<=\S)(?=\[)")

_NARROWEST_BROKEN = 8


@cache
def fold(text: str, width: int) -> tuple[str, ...]:
    """The text in lines of up to ``width`` characters; a longer word is a line by itself."""
    lines = [""]
    for part in _FOLDS.split(text):
        longer = lines[-1] + part
        if lines[-1] and cell_len(longer.rstrip()) > width:
            lines.append(part)
        else:
            lines[-1] = longer
    return tuple(line.rstrip() for line in lines)


def whole_widths(table: Table) -> list[int]:
    """Characters of each column where nothing is folded."""
    return [max(map(cell_len, texts)) for texts in _columns(table)]


def word_widths(table: Table, *, room: int) -> list[int]:
    """Characters of each column so that together they have ``room``.

    Columns of words are folded so that the table has few lines, and none inside a word: where there
    is still too little room, the widths are the narrowest there are.
    """
    widths = whole_widths(table)
    while sum(widths) > room:
        narrower = list(_narrower(table, widths))
        if not narrower:
            break
        # Of those with as few lines, the one whose widest columns are the least wide.
        widths = min(narrower, key=lambda one: (_num_lines(table, one), sorted(one, reverse=True)))
    return widths


def folded_widths(table: Table, *, room: int) -> list[int]:
    """As ``word_widths``, but long words are broken, the longest first, where there is no room."""
    widths = word_widths(table, room=room)
    words = [place for place, numeric in enumerate(table.numeric) if not numeric]
    for place in sorted(words, key=lambda place: -widths[place]):
        missing = max(0, sum(widths) - room)
        widths[place] -= min(missing, max(0, widths[place] - _NARROWEST_BROKEN))
    return widths


def folded(table: Table, widths: Sequence[int]) -> Table:
    """The table with line breaks in its columns of words, which become as wide as told."""
    headings, *lines = (
        tuple(
            text if numeric else "\n".join(_broken(text, width))
            for text, numeric, width in zip(line, table.numeric, widths, strict=True)
        )
        for line in (table.headings, *table.lines)
    )
    return Table(headings, table.numeric, tuple(lines))


def _broken(text: str, width: int) -> Iterator[str]:
    for line in fold(text, width):
        yield from chop_cells(line, width) or [line]


def _narrower(table: Table, widths: Sequence[int]) -> Iterator[list[int]]:
    """The widths with one column of words folded once more, for each that can be."""
    columns = zip(_columns(table), table.numeric, widths, strict=True)
    for place, (texts, numeric, width) in enumerate(columns):
        longest = max(cell_len(line) for text in texts for line in fold(text, width - 1))
        if longest < width and not numeric:
            yield [*widths[:place], longest, *widths[place + 1 :]]


def _num_lines(table: Table, widths: Sequence[int]) -> int:
    """Lines of the whole table; each of its rows is as high as its highest cell."""
    return sum(max(text.count("\n") for text in line) + 1 for line in folded(table, widths).lines)


def _columns(table: Table) -> Iterator[tuple[str, ...]]:
    """The texts of each column, its heading first."""
    return zip(table.headings, *table.lines, strict=True)
