"""Boxes of annotations, checked against their picture."""

import numpy as np
from jaxtyping import Float32

from lossproof.records import DamagedSample, FrameSize

_ROUNDING_PIXELS = 1.0


def check_inside(boxes: Float32[np.ndarray, "n 4"], frame_size: FrameSize, *, where: str) -> None:
    """Raises DamagedSample for a box that is no numbers, or ends before it begins or outside.

    Corners may lie outside by one pixel, as rounded annotations do.
    """
    width, height = frame_size
    low, high = -_ROUNDING_PIXELS, np.array([width, height]) + _ROUNDING_PIXELS
    sound = (boxes >= low).all(axis=1) & (boxes[:, 2:] <= high).all(axis=1)
    sound &= (boxes[:, :2] <= boxes[:, 2:]).all(axis=1)
    if not sound.all():
        number = int(np.argmin(sound))
        corners = ", ".join(f"{value:g}" for value in boxes[number])
        raise DamagedSample(
            f"{where} has the box {corners} (object {number + 1}); "
            f"x1 <= x2 and y1 <= y2 within 0, 0, {width}, {height} are allowed"
        )


def box_areas(boxes: Float32[np.ndarray, "n 4"]) -> Float32[np.ndarray, " n"]:
    """Width times height in square pixels."""
    areas: Float32[np.ndarray, " n"] = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return areas
