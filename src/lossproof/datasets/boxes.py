"""Boxes of annotations, checked against their picture."""

from pathlib import Path

import numpy as np
from jaxtyping import Float32

from lossproof.datasets.images import read_size
from lossproof.records import DamagedSample, FrameSize

_ROUNDING_PIXELS = 1.0


def checked_size(picture: Path, *, claimed: FrameSize, where: str) -> FrameSize:
    """(width, height) of a picture, from its header.

    Raises DamagedSample for a picture that cannot be read, and where ``where``, an annotation,
    claims another size.
    """
    frame_size = read_size(picture)
    if claimed != frame_size:
        raise DamagedSample(
            f"{where} says {claimed[0]}x{claimed[1]} and its picture {picture} is "
            f"{frame_size[0]}x{frame_size[1]}; the same size is allowed"
        )
    return frame_size


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
