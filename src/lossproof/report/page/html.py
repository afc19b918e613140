"""Pieces of HTML. Text is escaped here and nowhere else."""

from collections.abc import Iterable, Sequence
from html import escape

from lossproof.report.tables import Table


def tag(name: str, *inner: str, **attributes: str) -> str:
    """An element around HTML; an underscore at an attribute's end or within becomes "" or "-"."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{given}>{''.join(inner)}</{name}>"


def text(name: str, words: str, **attributes: str) -> str:
    """An element around text."""
    return tag(name, escape(words), **attributes)


def section(id_: str, heading: str, *body: str) -> str:
    """A part of the page with a heading of its own."""
    return tag(
        "section",
        text("h2", heading, id=f"{id_}-heading"),
        *body,
        id=id_,
        aria_labelledby=f"{id_}-heading",
    )


def details(summary: str, *body: str) -> str:
    """What opens on demand."""
    return tag("details", text("summary", summary), *body)


def table(shown: Table, *, caption: str) -> str:
    """A table that scrolls by itself; the first column heads its rows."""
    head = "".join(
        text("th", name, scope="col", **_right(number)) for name, number in _heads(shown)
    )
    body = "\n".join(_line(line, shown.numeric) for line in shown.lines)
    return tag(
        "div",
        "<table>",
        tag("caption", text("span", caption)),
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>",
        class_="table",
        tabindex="0",
        role="region",
        aria_label=caption,
    )


def table_of_words(
    headings: Sequence[str], lines: Iterable[Sequence[str]], *, caption: str, numeric: int = 0
) -> str:
    """A table whose last ``numeric`` columns hold numbers."""
    first = len(headings) - numeric
    shown = Table(
        tuple(headings),
        tuple(place >= first for place in range(len(headings))),
        tuple(tuple(line) for line in lines),
    )
    return table(shown, caption=caption)


def _heads(shown: Table) -> Iterable[tuple[str, bool]]:
    return zip(shown.headings, shown.numeric, strict=True)


def _line(line: Sequence[str], numeric: Sequence[bool]) -> str:
    first, *others = zip(line, numeric, strict=True)
    cells = [text("th", first[0], scope="row", **_right(first[1]))]
    cells += [text("td", words, **_right(number)) for words, number in others]
    return f"<tr>{''.join(cells)}</tr>"


def _right(number: bool) -> dict[str, str]:
    return {"class_": "number"} if number else {}
