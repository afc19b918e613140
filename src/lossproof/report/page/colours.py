"""What the colours of drawings stand for, as a line of swatches."""

from collections.abc import Mapping

from lossproof.report.page.html import tag, text
from lossproof.tasks.segmentation import CLASS_SHARE
from lossproof.tasks.task import Colour


def colour_key(key: Mapping[str, Colour]) -> str:
    """Each name with its colour as it lies over grey; nothing for no names."""
    entries = [_entry(name, colour) for name, colour in key.items()]
    return tag("ul", *entries, class_="legend", aria_label="Colours") if entries else ""


def _entry(name: str, colour: Colour) -> str:
    red, green, blue = colour
    swatch = (
        '<svg class="key" viewBox="0 0 28 16" aria-hidden="true">'
        '<rect width="28" height="16" fill="#808080"/><rect width="28" height="16" '
        f'fill="#{red:02x}{green:02x}{blue:02x}" fill-opacity="{CLASS_SHARE:g}"/></svg>'
    )
    return tag("li", swatch, text("span", name))
