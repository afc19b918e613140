"""Figures that were given, inside the page."""

from base64 import b64encode
from html import escape

from lossproof.report.page.contents import Contents, Picture
from lossproof.report.page.html import section, tag, text

_KINDS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def figure_section(contents: Contents) -> str:
    """Each figure with its caption; says so where none was given. Raises ValueError for a picture
    of another kind."""
    if not contents.pictures:
        return section("figures", "Figures", text("p", "No figures were given to this page."))
    return section("figures", "Figures", *map(_figure, contents.pictures))


def _figure(picture: Picture) -> str:
    return tag("figure", image(picture.data, alt=picture.alt), text("figcaption", picture.caption))


def image(data: bytes, *, alt: str) -> str:
    """An image that is part of the page. Raises ValueError for what is no PNG or JPEG."""
    kind = next((kind for start, kind in _KINDS.items() if data.startswith(start)), None)
    if kind is None:
        raise ValueError(f"a picture begins with {data[:4]!r}; PNG and JPEG are allowed")
    source = f"data:{kind};base64,{b64encode(data).decode()}"
    return f'<img src="{source}" alt="{escape(alt)}">'
