"""One picture through frame size and codec: what the model at the far end would receive."""

from dataclasses import dataclass
from typing import cast

import cv2

from lossproof.codecs.codec import Codec
from lossproof.codecs.source import Source
from lossproof.records import Frames, FrameSize, Media


@dataclass(frozen=True)
class Received:
    """Frames as the model gets them, and what it took to send them."""

    frames: Frames
    num_bytes: int
    num_pixels: int
    num_frames: int


def frame_size_of(frames: Frames) -> FrameSize:
    """(width, height) of a frame or of every frame of a clip."""
    return (frames.shape[-2], frames.shape[-3])


def resize(media: Media, frame_size: FrameSize | None) -> Frames:
    """The frames at another size: pixel areas averaged when shrinking, bicubic when growing.

    Raises ValueError for a size that cannot be made.
    """
    if frame_size is None or frame_size == frame_size_of(media.frames):
        return media.frames
    width, height = frame_size_of(media.frames)
    shrinks = frame_size[0] <= width and frame_size[1] <= height
    method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    try:
        return cast(Frames, cv2.resize(media.frames, frame_size, interpolation=method))
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
        return _received(frames, media.num_bytes, counted=media.frames)
    data = codec.encode(frames)
    return _received(codec.decode(data), len(data), counted=frames)


def _received(frames: Frames, num_bytes: int, *, counted: Frames) -> Received:
    width, height = frame_size_of(counted)
    num_frames = counted.shape[0] if counted.ndim == 4 else 1
    return Received(frames, num_bytes, width * height * num_frames, num_frames)
