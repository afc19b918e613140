"""Turning pictures upright: the eight orientations of EXIF (tag 274)."""

import numpy as np

from lossproof.records import Frame, FrameSize

UPRIGHT = 1
ORIENTATIONS = range(1, 9)
_EXCHANGED = frozenset({5, 6, 7, 8})
"""Height and width of these are exchanged."""
_FROM_THE_RIGHT = frozenset({2, 3, 6, 7})
_FROM_BELOW = frozenset({3, 4, 7, 8})


def turned(frame: Frame, orientation: int) -> Frame:
    """A stored frame as it is meant to be seen."""
    if orientation in _EXCHANGED:
        frame = frame.swapaxes(0, 1)
    if orientation in _FROM_THE_RIGHT:
        frame = frame[:, ::-1]
    if orientation in _FROM_BELOW:
        frame = frame[::-1]
    return np.ascontiguousarray(frame)


def turned_size(frame_size: FrameSize, orientation: int) -> FrameSize:
    """(width, height) as it is meant to be seen."""
    width, height = frame_size
    return (height, width) if orientation in _EXCHANGED else (width, height)
