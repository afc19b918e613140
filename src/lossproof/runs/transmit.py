"""One picture or clip through frame size and codec: what the model at the far end would receive."""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from lossproof.codecs.codec import Codec
from lossproof.codecs.source import Source
from lossproof.records import Frame, Frames, FrameSize, Media


@dataclass(frozen=True)
class Received:
    """Frames as the model gets them, and what it took to send them."""

    frames: Frames
    num_bytes: int
    num_pixels: int
    num_frames: int
    duration_seconds: float


def frame_size_of(frames: Frames) -> FrameSize:
    """(width, height) of a frame or of every frame of a clip."""
    return (frames.shape[-2], frames.shape[-3])


def resize(media: Media, frame_size: FrameSize | None) -> Frames:
    """The frames at another size: pixel areas averaged when shrinking, bicubic when growing.

    Raises ValueError for a size that cannot be made.
    """
    if frame_size is None or frame_size == frame_size_of(media.frames):
        return media.frames
    if media.frames.ndim == 3:
        return _resized(media.frames, frame_size)
    return np.stack([_resized(frame, frame_size) for frame in media.frames])


def _resized(frame: Frame, frame_size: FrameSize) -> Frame:
    width, height = frame_size_of(frame)
    shrinks = frame_size[0] <= width and frame_size[1] <= height
    method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    try:
        return cast(Frame, cv2.resize(frame, frame_size, interpolation=method))
    except cv2.error as error:
        raise ValueError(
            f"frames of {width}x{height} cannot be made {frame_size}: {error}"
        ) from error


def resizer() -> str:
    """The library that resizes, part of a cell's identity."""
    return f"OpenCV {cv2.__version__} area/cubic"


def transmit(codec: Codec, media: Media, frames: Frames) -> Received:
    """Encode and decode; ``media`` is the source that ``frames`` were resized from.

    The bytes are what the encoder returned. ``source`` is the dataset's own file at any frame
    size: its bytes and its pixels. Raises ValueError when the codec cannot code the frames.
    """
    if isinstance(codec, Source):
        return _received(media, frames, media.num_bytes, coded=media.frames)
    data = codec.encode(frames)
    decoded = codec.decode(data)
    if decoded.shape != frames.shape:
        raise ValueError(
            f"{codec.name} gave frames of shape {decoded.shape} for {frames.shape}; "
            "the shape that was encoded is allowed"
        )
    return _received(media, decoded, len(data), coded=frames)


def _received(media: Media, frames: Frames, num_bytes: int, *, coded: Frames) -> Received:
    width, height = frame_size_of(coded)
    num_frames = coded.shape[0] if coded.ndim == 4 else 1
    return Received(
        frames, num_bytes, width * height * num_frames, num_frames, media.duration_seconds
    )
