"""What every codec asks of the frames it is given and of the bytes it reads."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossproof.records import Clip, Frames

# What the coding libraries raise on input they refuse; their own error classes are RuntimeErrors.
# A damaged header may ask for an absurd size, which ends as a MemoryError.
LIBRARY_ERRORS = (RuntimeError, ValueError, IndexError, MemoryError)

SHAPES = {3: "(height, width, 3)", 4: "(time, height, width, 3)"}


def check_frames(codec: str, frames: Any, max_side: int | None = None) -> Frames:
    """The input itself once it is known to be a picture (H, W, 3) or a clip (T, H, W, 3).

    Raises ValueError for another shape or dtype than ``uint8``, for no frame or an empty one, and
    for one with a side longer than ``max_side`` pixels.
    """
    check_array(codec, frames, " or ".join(SHAPES.values()))
    check_sides(codec, frames, max_side)
    given: Frames = frames
    return given


def as_clip(frames: Frames) -> Clip:
    """A view of the same pixels as (T, H, W, 3): a picture is a clip of one frame."""
    return frames if frames.ndim == 4 else frames[np.newaxis]


def check_array(codec: str, frames: Any, allowed: str) -> None:
    """Refuse what is no ``uint8`` array of a shape that is ``allowed``, one or both of SHAPES."""
    if not isinstance(frames, np.ndarray):
        given = type(frames).__name__
        raise ValueError(f"{codec} was given {given}; a NumPy array is allowed")  # noqa: TRY004
    if SHAPES.get(frames.ndim, "no frames") not in allowed or frames.shape[-1] != 3:
        raise ValueError(
            f"{codec} was given an array of shape {frames.shape}; {allowed} is allowed"
        )
    if frames.dtype != np.uint8:
        raise ValueError(f"{codec} was given an array of {frames.dtype}; uint8 is allowed")


def check_sides(codec: str, frames: Frames, max_side: int | None) -> None:
    """Refuse a clip of no frames and frames with a side of 0 or of more than ``max_side``."""
    if len(frames) == 0 and frames.ndim == 4:
        raise ValueError(f"{codec} was given a clip of 0 frames; 1 frame or more is allowed")
    height, width = frames.shape[-3:-1]
    if min(height, width) == 0 or (max_side is not None and max(height, width) > max_side):
        allowed = "1 or more" if max_side is None else f"1 to {max_side}"
        raise ValueError(
            f"{codec} was given a frame of {width}x{height} pixels; "
            f"sides of {allowed} pixels are allowed"
        )


def decode_frames(codec: str, decode: Callable[[bytes], NDArray[Any]], data: Any) -> NDArray[Any]:
    """What ``decode`` makes of the bytes.

    Raises ValueError for anything but bytes and for bytes that the decoder refuses.
    """
    if not isinstance(data, bytes) or not data:
        given = "no bytes" if isinstance(data, bytes) else type(data).__name__
        raise ValueError(f"{codec} was given {given} to decode; the bytes it made are allowed")
    try:
        return decode(data)
    except LIBRARY_ERRORS as error:
        raise ValueError(f"{codec} cannot decode these {len(data)} bytes: {error}") from error
