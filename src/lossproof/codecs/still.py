"""What every still-image codec asks of the frames it is given and of the bytes it reads."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossproof.records import Frame

# What the coding libraries raise on input they refuse; their own error classes are RuntimeErrors.
# A damaged header may ask for an absurd size, which ends as a MemoryError.
LIBRARY_ERRORS = (RuntimeError, ValueError, IndexError, MemoryError)


def check_frame(codec: str, frame: Any, max_side: int | None = None) -> Frame:
    """The frame as a contiguous array, or the input itself when it is one already.

    Takes (H, W, 3) ``uint8``, RGB. Raises ValueError for another shape or dtype, for an empty
    frame, and for one with a side longer than ``max_side`` pixels.
    """
    if not isinstance(frame, np.ndarray):
        given = type(frame).__name__
        raise ValueError(f"{codec} was given {given}; a NumPy array is allowed")  # noqa: TRY004
    if frame.ndim != 3 or frame.shape[2] != 3:
        raise ValueError(
            f"{codec} was given an array of shape {frame.shape}; (height, width, 3) is allowed"
        )
    if frame.dtype != np.uint8:
        raise ValueError(f"{codec} was given an array of {frame.dtype}; uint8 is allowed")
    longest = max(frame.shape)
    if frame.size == 0 or (max_side is not None and longest > max_side):
        allowed = "1 or more" if max_side is None else f"1 to {max_side}"
        raise ValueError(
            f"{codec} was given a frame of {frame.shape[1]}x{frame.shape[0]} pixels; "
            f"sides of {allowed} pixels are allowed"
        )
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
    if not isinstance(data, bytes) or not data:
        given = "no bytes" if isinstance(data, bytes) else type(data).__name__
        raise ValueError(f"{codec} was given {given} to decode; the bytes of one frame are allowed")
    try:
        frame = decode(data)
    except LIBRARY_ERRORS as error:
        raise ValueError(f"{codec} cannot decode these {len(data)} bytes: {error}") from error
    if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3:
        raise ValueError(
            f"{codec} found a picture of shape {frame.shape} and {frame.dtype} in these bytes; "
            "(height, width, 3) of uint8 is allowed"
        )
    return frame
