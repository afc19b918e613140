"""Figures that were given, inside the page."""

from lossproof.report.page.contents import Contents, Picture
from lossproof.report.page.html import image, section, tag, text

NO_FIGURES = "No figures were given to this page. lossproof figure draws them as files."


def figure_section(contents: Contents) -> str:
    """Each figure with its caption; nothing where none was given. Raises ValueError for a picture
    of another kind."""
    if not contents.pictures:
        return ""
    return section("figures", "Figures", *map(_figure, contents.pictures))


def _figure(picture: Picture) -> str:
    return tag("figure", image(picture.data, alt=picture.alt), text("figcaption", picture.caption))
