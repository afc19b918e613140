"""The short header in front of bytes that have no file format of their own."""

import struct
from typing import NamedTuple

from lossproof.records import Frame

LAYOUT = struct.Struct(">4sII")
"""Four letters that name the content, then width and height in pixels, big-endian."""


class Body(NamedTuple):
    """What follows a header, and the frame size that the header told."""

    height: int
    width: int
    data: memoryview


def with_header(kind: bytes, frame: Frame, body: bytes) -> bytes:
    """The header for a frame of this size, then the body."""
    return LAYOUT.pack(kind, frame.shape[1], frame.shape[0]) + body


def read_header(kind: bytes, data: bytes) -> Body:
    """Split what ``with_header`` joined. Raises ValueError for another kind or an empty size."""
    if len(data) < LAYOUT.size or data[:4] != kind:
        raise ValueError(f"they start with {data[:4]!r}; {kind!r} and a size are allowed")
    _, width, height = LAYOUT.unpack_from(data)
    if width < 1 or height < 1:
        raise ValueError(f"their header tells {width}x{height} pixels; 1x1 or more is allowed")
    return Body(height, width, memoryview(data)[LAYOUT.size :])


def check_length(body: Body, num_bytes: int) -> None:
    """Refuse a body that is not as long as its size demands."""
    if len(body.data) != num_bytes:
        raise ValueError(
            f"{len(body.data)} bytes follow the header; a frame of {body.width}x{body.height} "
            f"pixels has {num_bytes}"
        )
