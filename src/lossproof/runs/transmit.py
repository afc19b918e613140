"""One picture or clip through frame size and codec: what the model at the far end would receive."""

from dataclasses import dataclass

import cv2

from lossproof.codecs.codec import Codec
from lossproof.codecs.source import Source
from lossproof.records import Frames, Media
from lossproof.resizing import frame_size_of


@dataclass(frozen=True)
class Received:
    """Frames as the model gets them, and what it took to send them."""

    frames: Frames
    num_bytes: int
    num_pixels: int
    num_frames: int
    duration_seconds: float


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
