"""What video encoders take: 8-bit 4:2:0, BT.601 in the limited range, at a size they can code.

The conversion is that of ``ycbcr.py``, so the codec ``yuv420`` with the limited range shows what it
loses alone; it is exact on every machine, as good as FFmpeg's best and about as quick.
"""

import numpy as np
from jaxtyping import UInt8

from lossproof.codecs.ycbcr import Conversion, Planes, to_frame, to_planes
from lossproof.records import Frame, FrameSize

CONVERSION = Conversion("bt601", "limited")

Samples = UInt8[np.ndarray, "_rows _width"]
"""Y above U above V as one array, with 3/2 times as many rows as the picture."""


def to_samples(frame: Frame, size: FrameSize) -> Samples:
    """A frame in YCbCr at an even size no smaller than its own: its last row and column repeat."""
    width, height = size
    missing = (height - frame.shape[0], width - frame.shape[1])
    if any(missing):
        frame = np.pad(frame, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="edge")
    planes = to_planes(frame, CONVERSION)
    return np.concatenate([plane.ravel() for plane in planes]).reshape(-1, width)


def from_samples(samples: Samples) -> Frame:
    """The frame, still at its coded size."""
    height, width = samples.shape[0] // 3 * 2, samples.shape[1]
    half = (height // 2, width // 2)
    y, u, v = np.split(samples.reshape(-1), (height * width, height * width * 5 // 4))
    return to_frame(Planes(y.reshape(height, width), u.reshape(half), v.reshape(half)), CONVERSION)
