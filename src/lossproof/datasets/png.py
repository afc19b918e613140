"""PNG files: header, damage, pixels and palette indices (W3C PNG, third edition).

Every function takes a file's bytes and raises ValueError that says what is wrong with them.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import imagecodecs
import numpy as np
from jaxtyping import Shaped, UInt8, UInt16, UInt32

from lossproof.datasets.headers import Header

NAME = "PNG"
MAGIC = b"\x89PNG\r\n\x1a\n"
INDEXED = ("grey", "palette")
_COLOURS = {0: "grey", 2: "RGB", 3: "palette", 4: "grey with alpha", 6: "RGB with alpha"}


class Chunk(NamedTuple):
    """One chunk: its kind, and where it lies in the file, length and checksum included."""

    kind: bytes
    start: int
    end: int


def matches(data: bytes) -> bool:
    return data.startswith(MAGIC)


def header(data: bytes) -> Header:
    """Needs the first 26 bytes of a file."""
    if len(data) < 26:
        raise ValueError(f"is truncated: it ends inside its header, after {len(data)} bytes")
    if data[12:16] != b"IHDR":
        raise ValueError(f"starts with the chunk {data[12:16]!r}; b'IHDR' is allowed")
    width, height, bits, colour = struct.unpack_from(">IIBB", data, 16)
    if colour not in _COLOURS:
        raise ValueError(f"has colour type {colour}; {sorted(_COLOURS)} are allowed")
    return Header(width, height, bits, _COLOURS[colour])


def check_whole(data: bytes) -> None:
    """Every chunk is there, up to the last, and agrees with its checksum.

    Decoders differ in what they let pass; a lost end or a flipped bit must not become a picture.
    """
    for _ in _chunks(data):
        pass


def decode(data: bytes) -> Shaped[np.ndarray, "..."]:
    """(H, W) or (H, W, 2 to 4), ``uint8`` or ``uint16``; a palette is expanded to its colours.

    Fewer than 8 bits of grey are stretched to 0..255. The GIL is released.
    """
    return np.asarray(imagecodecs.png_decode(data))


def decode_indices(data: bytes) -> UInt8[np.ndarray, "h w"]:
    """The numbers as stored, of a grey or palette picture of up to 8 bits; no colour conversion."""
    found = header(data)
    if found.colour not in INDEXED or found.bits > 8:
        raise ValueError(
            f"is {found.bits}-bit {found.colour}; class indices are 8-bit grey or palette"
        )
    stretch = 255 // (2**found.bits - 1)
    pixels: UInt8[np.ndarray, "h w"] = np.asarray(imagecodecs.png_decode(_as_grey(data)))
    return pixels // np.uint8(stretch) if stretch > 1 else pixels


def decode_depth(data: bytes) -> UInt16[np.ndarray, "h w"]:
    """The numbers as stored, of a 16-bit grey picture or a 16-bit RGB one of equal channels."""
    found = header(data)
    if found.bits != 16 or found.colour not in ("grey", "RGB", "RGB with alpha"):
        raise ValueError(f"is {found.bits}-bit {found.colour}; depth is 16-bit grey or RGB")
    pixels = _decoded(data)
    if pixels.ndim == 2:
        return pixels
    colours = pixels[..., :3]
    differing = int((colours != colours[..., :1]).any(axis=2).sum())
    if differing:
        raise ValueError(f"has {differing:,} pixels whose channels differ; equal ones are allowed")
    return np.ascontiguousarray(colours[..., 0])


def decode_colour_codes(data: bytes) -> UInt32[np.ndarray, "h w"]:
    """R + 256 G + 65536 B of an 8-bit RGB picture; alpha is ignored."""
    found = header(data)
    if found.bits != 8 or found.colour not in ("RGB", "RGB with alpha"):
        raise ValueError(f"is {found.bits}-bit {found.colour}; depth in colours is 8-bit RGB")
    red, green, blue = np.moveaxis(_decoded(data)[..., :3].astype(np.uint32), 2, 0)
    codes: UInt32[np.ndarray, "h w"] = red + 256 * green + 65_536 * blue
    return codes


def _decoded(data: bytes) -> Shaped[np.ndarray, "..."]:
    try:
        return decode(data)
    except RuntimeError as error:
        raise ValueError(f"is corrupt: the PNG decoder says: {error}") from error


def _as_grey(data: bytes) -> bytes:
    """The same pixels in a file without palette and transparency: an index is a grey value."""
    body = data[12:25] + b"\x00" + data[26:29]
    ihdr = data[8:12] + body + struct.pack(">I", zlib.crc32(body))
    kept = (c for c in _chunks(data) if c.kind in (b"IDAT", b"IEND"))
    return b"".join([MAGIC, ihdr, *(data[c.start : c.end] for c in kept)])


def _chunks(data: bytes) -> Iterator[Chunk]:
    view, start, kind = memoryview(data), len(MAGIC), b""
    while kind != b"IEND":
        if start + 12 > len(data):
            raise ValueError(
                f"is truncated: it ends after {len(data):,} bytes without its last chunk"
            )
        length, kind = struct.unpack_from(">I4s", data, start)
        end = start + 12 + length
        if end > len(data):
            missing = end - len(data)
            raise ValueError(
                f"is truncated: chunk {kind!r} at byte {start:,} lacks {missing:,} bytes"
            )
        if zlib.crc32(view[start + 4 : end - 4]) != struct.unpack_from(">I", data, end - 4)[0]:
            raise ValueError(f"is corrupt: chunk {kind!r} at byte {start:,} has a wrong checksum")
        yield Chunk(kind, start, end)
        start = end
