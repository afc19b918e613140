"""Numbers as colours, with a bar that says which colour is which number."""

from typing import NamedTuple

import cv2
import numpy as np
from jaxtyping import Float

from lossproof.records import Frame
from lossproof.tasks.drawing.canvas import sheet, text_size, type_for, write
from lossproof.tasks.drawing.palette import INK

_NUM_TICKS = 5


class Range(NamedTuple):
    """The numbers at the two ends of the colours, and their unit."""

    low: float
    high: float
    unit: str


def heat(values: Float[np.ndarray, "h w"], span: Range, colour_map: int) -> Frame:
    """Numbers outside of the span have the colour of its ends; NaN that of the low end."""
    width = max(span.high - span.low, 1e-12)
    share = np.nan_to_num((values - span.low) / width, nan=0.0).clip(0, 1)
    return _coloured(np.round(share * 255).astype(np.uint8), colour_map)


def bar(picture: Frame, span: Range, colour_map: int) -> Frame:
    """The colours from high to low as tall as the picture, with numbers beside them."""
    kind = type_for(picture)
    labels = [_label(value, span) for value in np.linspace(span.high, span.low, _NUM_TICKS)]
    height, thick = picture.shape[0], 2 * kind.height
    drawn = sheet(height, thick + kind.margin + max(text_size(one, kind)[0] for one in labels))
    ramp = np.linspace(255, 0, height).round().astype(np.uint8)
    drawn[:, :thick] = _coloured(np.tile(ramp[:, None], thick), colour_map)
    for place, label in zip(np.linspace(0, height - 1, _NUM_TICKS), labels, strict=True):
        y = round(float(place))
        cv2.line(drawn, (thick, y), (thick + kind.margin, y), INK, 1)
        write(drawn, label, (thick + kind.margin, y - text_size(label, kind)[1] // 2), kind)
    return drawn


def _label(value: float, span: Range) -> str:
    digits = 0 if span.high - span.low > 20 else 1 if span.high - span.low > 2 else 2
    return f"{value:.{digits}f}{' ' if span.unit else ''}{span.unit}"


def _coloured(levels: np.ndarray, colour_map: int) -> Frame:
    return cv2.cvtColor(cv2.applyColorMap(levels, colour_map), cv2.COLOR_BGR2RGB)
