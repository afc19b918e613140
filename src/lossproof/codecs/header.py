"""The short header in front of bytes that have no file format of their own."""

import struct
from typing import NamedTuple

PICTURE = struct.Struct(">4sII")
"""Four letters that name the content, then width and height in pixels, big-endian."""

CLIP = struct.Struct(">4sIII")
"""The same with other letters, and then the number of frames."""


class Kinds(NamedTuple):
    """The letters of one content, for a picture and for a clip."""

    picture: bytes
    clip: bytes


class Body(NamedTuple):
    """What follows a header, and the shape of the frames that the header told."""

    shape: tuple[int, ...]
    data: memoryview

    @property
    def num_frames(self) -> int:
        return self.shape[0] if len(self.shape) == 4 else 1

    @property
    def frame_shape(self) -> tuple[int, int]:
        """Height and width."""
        return self.shape[-3], self.shape[-2]


def with_header(kinds: Kinds, shape: tuple[int, ...], body: bytes) -> bytes:
    """The header for frames of this shape, (H, W, 3) or (T, H, W, 3), then the body."""
    height, width = shape[-3:-1]
    if len(shape) == 3:
        return PICTURE.pack(kinds.picture, width, height) + body
    return CLIP.pack(kinds.clip, width, height, shape[0]) + body


def read_header(kinds: Kinds, data: bytes) -> Body:
    """Split what ``with_header`` joined.

    Raises ValueError for another kind, an empty size and a clip without frames.
    """
    letters = data[:4]
    layout = {kinds.picture: PICTURE, kinds.clip: CLIP}.get(letters)
    if layout is None or len(data) < layout.size:
        known = " or ".join(map(repr, kinds))
        raise ValueError(f"they start with {letters!r}; {known} and a size are allowed")
    _, width, height, *frames = layout.unpack_from(data)
    if width < 1 or height < 1:
        raise ValueError(f"their header tells {width}x{height} pixels; 1x1 or more is allowed")
    if frames == [0]:
        raise ValueError("their header tells a clip of 0 frames; 1 or more is allowed")
    return Body((*frames, height, width, 3), memoryview(data)[layout.size :])


def check_length(body: Body, bytes_per_frame: int) -> None:
    """Refuse a body that is not as long as its size demands."""
    expected = body.num_frames * bytes_per_frame
    if len(body.data) != expected:
        height, width = body.frame_shape
        frames = "a frame" if len(body.shape) == 3 else f"a clip of {body.num_frames} frames"
        raise ValueError(
            f"{len(body.data)} bytes follow the header; {frames} of {width}x{height} "
            f"pixels has {expected}"
        )
