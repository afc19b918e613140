"""JPEG files: header, damage and pixels (ITU-T T.81).

Every function takes a file's bytes and raises ValueError that says what is wrong with them.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

import imagecodecs
import numpy as np
from jaxtyping import UInt8
from PIL import ExifTags, Image

from lossproof.datasets.headers import Header
from lossproof.datasets.orientation import ORIENTATIONS, UPRIGHT

NAME = "JPEG"
MAGIC = b"\xff\xd8\xff"
FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN = 0xDA
_END_OF_IMAGE = 0xD9
_APP1 = 0xE1
_EXIF = b"Exif\0\0"
_COLOURS = {1: "grey", 3: "RGB", 4: "CMYK"}


class Segment(NamedTuple):
    """A marker and where its content lies."""

    marker: int
    start: int
    end: int


def matches(data: bytes) -> bool:
    return data.startswith(MAGIC)


def header(data: bytes) -> Header:
    """Needs a file's bytes up to its frame header, which may lie behind large metadata."""
    for segment in segments(data):
        if segment.marker in FRAME_MARKERS and segment.end - segment.start >= 6:
            bits, height, width, channels = struct.unpack_from(">BHHB", data, segment.start)
            return Header(width, height, bits, _COLOURS.get(channels, f"{channels}-channel"))
    raise ValueError("is corrupt: it has no frame header")


def check_whole(data: bytes) -> None:
    """The markers lead to the picture's data, and that data has an end.

    Decoders fill what is missing with grey and say nothing. JPEG has no checksum: a changed byte
    inside the data gives other pixels, and no reader can tell.
    """
    scan = next((s for s in segments(data) if s.marker == _START_OF_SCAN), None)
    if scan is None:
        raise ValueError("is truncated: it ends before its picture data")
    # Searched behind the first scan header only: a thumbnail in the metadata has an end of its own.
    if data.find(bytes((0xFF, _END_OF_IMAGE)), scan.end) < 0:
        raise ValueError(f"is truncated: it ends after {len(data):,} bytes without an end marker")


def decode(data: bytes) -> UInt8[np.ndarray, "..."]:
    """(H, W) or (H, W, channels); the pixels are those of libjpeg-turbo, as in Pillow.

    The GIL is released.
    """
    return np.asarray(imagecodecs.jpeg8_decode(data))


def orientation(data: bytes) -> int:
    """As EXIF numbers them; upright where none is told."""
    for segment in segments(data):
        if segment.marker in FRAME_MARKERS:
            break
        content = data[segment.start : segment.end]
        if segment.marker == _APP1 and content.startswith(_EXIF):
            return _told_in(content)
    return UPRIGHT


def _told_in(content: bytes) -> int:
    exif = Image.Exif()
    try:
        exif.load(content)
        told = exif.get(ExifTags.Base.Orientation)
    except (SyntaxError, struct.error, LookupError, TypeError, ValueError):
        return UPRIGHT  # damaged metadata; the pixels may be whole
    return next((known for known in ORIENTATIONS if known == told), UPRIGHT)


def segments(data: bytes) -> Iterator[Segment]:
    """The marker segments up to and including the first scan header. Raises ValueError."""
    start, marker = 2, 0
    while marker != _START_OF_SCAN:
        while data[start : start + 2] == b"\xff\xff":  # fill bytes
            start += 1
        if start + 4 > len(data):
            raise ValueError(f"is truncated: it ends inside its header, after {len(data):,} bytes")
        prefix, marker, length = struct.unpack_from(">BBH", data, start)
        end = start + 2 + length
        if prefix != 0xFF or length < 2:
            raise ValueError(f"is corrupt: byte {start:,} should start a segment and does not")
        if end > len(data):
            raise ValueError(f"is truncated: the segment at byte {start:,} does not end")
        yield Segment(marker, start + 4, end)
        start = end
