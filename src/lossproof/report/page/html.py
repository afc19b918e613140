"""Pieces of HTML. Text is escaped here and nowhere else."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files

from lossproof.report.tables import Table, Traced

_KINDS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def tag(name: str, *inner: str, **attributes: str) -> str:
    """An element around HTML; an underscore at an attribute's end or within becomes "" or "-"."""
    return f"<{name}{_given(attributes)}>{''.join(inner)}</{name}>"


def _given(attributes: Mapping[str, str]) -> str:
    return "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
    )


def text(name: str, words: str, **attributes: str) -> str:
    """An element around text."""
    return tag(name, escape(words), **attributes)


def document(title: str, *body: str, first: str = "") -> str:
    """A whole page, in the style of the report; ``first`` is what it needs before it is drawn."""
    return _DOCUMENT.format(
        title=text("title", title), style=page_file("style.css"), first=first, body="\n".join(body)
    )


def page_file(name: str) -> str:
    """The text of a style or script of the page."""
    return files("lossproof.report.page").joinpath(name).read_text(encoding="utf-8")


_DOCUMENT = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
{title}
<style>
{style}</style>
{first}
</head>
<body>
{body}
</body>
</html>
"""


def section(id_: str, heading: str, *body: str) -> str:
    """A part of the page with a heading of its own."""
    return tag(
        "section",
        text("h2", heading, id=f"{id_}-heading"),
        *body,
        id=id_,
        aria_labelledby=f"{id_}-heading",
    )


def details(summary: str, *body: str, **attributes: str) -> str:
    """What opens on demand."""
    return tag("details", text("summary", summary), *body, **attributes)


def image(data: bytes, *, alt: str, **attributes: str) -> str:
    """An image that is part of the page. Raises ValueError for what is no PNG or JPEG."""
    kind = next((kind for start, kind in _KINDS.items() if data.startswith(start)), None)
    if kind is None:
        raise ValueError(f"a picture begins with {data[:4]!r}; PNG and JPEG are allowed")
    source = f"data:{kind};base64,{b64encode(data).decode()}"
    return f'<img src="{source}"{_given({"alt": alt, **attributes})}>'


def cell_id(cell: str) -> str:
    """Of the place on the page that tells where the numbers of a cell come from."""
    return f"cell-{cell}"


def table(shown: Table, *, caption: str) -> str:
    """A table that scrolls by itself; the first column heads its rows."""
    return traced_table(Traced(shown, ("",) * len(shown.lines)), caption=caption)


def traced_table(traced: Traced, *, caption: str) -> str:
    """A table whose lines lead to their cells: from the level, or else from the head of the row."""
    head = "".join(
        text("th", name, scope="col", **_right(number)) for name, number in _heads(traced.table)
    )
    body = "\n".join(_lines(traced))
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


def _heads(shown: Table) -> Iterable[tuple[str, bool]]:
    return zip(shown.headings, shown.numeric, strict=True)


def _lines(traced: Traced) -> Iterator[str]:
    for line, cell in zip(traced.table.lines, traced.cells, strict=True):
        inner = [escape(words) for words in line]
        if cell:
            inner[traced.leading] = _link_to(cell, line[traced.leading])
        yield _line(inner, traced.table.numeric)


def _link_to(cell: str, words: str) -> str:
    name = f"{words}: where the numbers of this line come from"
    return text("a", words, href=f"#{cell_id(cell)}", aria_label=name)


def _line(inner: Sequence[str], numeric: Sequence[bool]) -> str:
    first, *others = zip(inner, numeric, strict=True)
    cells = [tag("th", first[0], scope="row", **_right(first[1]))]
    cells += [tag("td", one, **_right(number)) for one, number in others]
    return tag("tr", *cells)


def _right(number: bool) -> dict[str, str]:
    return {"class_": "number"} if number else {}
