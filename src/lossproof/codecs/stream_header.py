"""The header in front of a video stream: what the stream itself does not tell, and a check sum.

Decoders hide what is missing or damaged as well as they can, and would paint a cut stream over.
The check sum refuses whatever is not as it was made.
"""

import struct
import zlib
from typing import NamedTuple

LAYOUT = struct.Struct(">4sHHI")
"""Four letters that name the codec, width, height and the number of frames, 0 for a picture."""

CHECK_SUM = struct.Struct(">I")
"""CRC-32 of the layout and the stream."""

SIZE = LAYOUT.size + CHECK_SUM.size


class Told(NamedTuple):
    """The shape of the frames, (H, W, 3) or (T, H, W, 3), and the stream that holds them."""

    shape: tuple[int, ...]
    stream: bytes


def with_stream_header(kind: bytes, shape: tuple[int, ...], stream: bytes) -> bytes:
    """The 16 bytes of the header for frames of this shape, then the stream."""
    frames = shape[0] if len(shape) == 4 else 0
    start = LAYOUT.pack(kind, shape[-2], shape[-3], frames)
    return b"".join((start, CHECK_SUM.pack(zlib.crc32(stream, zlib.crc32(start))), stream))


def read_stream_header(kind: bytes, data: bytes) -> Told:
    """Split what ``with_stream_header`` joined.

    Raises ValueError for another kind, for bytes that were cut or changed, and for an empty size.
    """
    if len(data) < SIZE or data[:4] != kind:
        raise ValueError(f"they start with {data[:4]!r}; {kind!r} and a size are allowed")
    start, stream = data[: LAYOUT.size], data[SIZE:]
    if CHECK_SUM.pack(zlib.crc32(stream, zlib.crc32(start))) != data[LAYOUT.size : SIZE]:
        raise ValueError("they were cut or changed: their check sum is another")
    _, width, height, frames = LAYOUT.unpack(start)
    if width < 1 or height < 1:
        raise ValueError(f"their header tells {width}x{height} pixels; 1x1 or more is allowed")
    return Told((*((frames,) if frames else ()), height, width, 3), stream)
