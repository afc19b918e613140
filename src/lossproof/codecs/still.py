"""What every still-image codec asks of the frames it is given and of the bytes it reads."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossproof.codecs.frames import (
    LIBRARY_ERRORS,
    SHAPES,
    check_array,
    check_sides,
    decode_frames,
)
from lossproof.records import Frame


def check_frame(codec: str, frame: Any, max_side: int | None = None) -> Frame:
    """The frame as a contiguous array, or the input itself when it is one already.

    Takes (H, W, 3) ``uint8``, RGB. Raises ValueError for another shape or dtype, for an empty
    frame, and for one with a side longer than ``max_side`` pixels.
    """
    if isinstance(frame, np.ndarray) and frame.ndim == 4:
        raise ValueError(
            f"{codec} was given an array of shape {frame.shape}, a clip; "
            f"{SHAPES[3]} is allowed, and mjpeg and the video codecs code clips"
        )
    check_array(codec, frame, SHAPES[3])
    check_sides(codec, frame, max_side)
    return np.ascontiguousarray(frame)


def encode_with(codec: str, encode: Callable[[Frame], bytes | bytearray], frame: Frame) -> bytes:
    """The bytes that ``encode`` makes of a checked frame. Raises ValueError where it refuses."""
    try:
        return bytes(encode(frame))
    except LIBRARY_ERRORS as error:
        size = f"{frame.shape[1]}x{frame.shape[0]}"
        raise ValueError(f"{codec} cannot encode a frame of {size} pixels: {error}") from error


def decode_with(codec: str, decode: Callable[[bytes], NDArray[Any]], data: Any) -> Frame:
    """The frame that ``decode`` makes of the bytes, (H, W, 3) ``uint8`` RGB.

    Raises ValueError for anything but bytes, for bytes that the library refuses, and for bytes
    that hold something other than an 8-bit RGB picture.
    """
    frame = decode_frames(codec, decode, data)
    if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3:
        raise ValueError(
            f"{codec} found a picture of shape {frame.shape} and {frame.dtype} in these bytes; "
            "(height, width, 3) of uint8 is allowed"
        )
    return frame
