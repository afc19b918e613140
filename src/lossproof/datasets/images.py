"""Reading picture files as they are, and refusing the damaged.

Colour profiles and gamma are ignored. So is EXIF orientation, because most annotations are drawn on
the stored pixels; a dataset whose are not reads ``upright``. Whether a file is whole is checked
here and not left to a decoder: several fill a truncated picture with grey and say nothing. The
decoders release the GIL.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Shaped, UInt8, UInt16, UInt32

from lossproof.datasets import jpeg, png, webp
from lossproof.datasets.files import named, read_bytes
from lossproof.datasets.headers import Header
from lossproof.datasets.orientation import UPRIGHT, turned, turned_size
from lossproof.records import DamagedSample, Frame, FrameSize, Media

_HEAD_BYTES = 65_536
_LOOKED_AT = 256
_OTHERS = (
    (b"GIF8", "a GIF"),
    (b"BM", "a BMP"),
    (b"II*\0", "a TIFF"),
    (b"MM\0*", "a TIFF"),
    (b"%PDF", "a PDF"),
)
_READABLE = ("grey", "palette", "RGB", "grey with alpha", "RGB with alpha")


@dataclass(frozen=True)
class Format:
    """A kind of picture file; all but ``matches`` raise ValueError for what they cannot read."""

    name: str
    matches: Callable[[bytes], bool]
    header: Callable[[bytes], Header]
    check_whole: Callable[[bytes], None]
    decode: Callable[[bytes], Shaped[np.ndarray, "..."]]


FORMATS = (
    Format(png.NAME, png.matches, png.header, png.check_whole, png.decode),
    Format(jpeg.NAME, jpeg.matches, jpeg.header, jpeg.check_whole, jpeg.decode),
    Format(webp.NAME, webp.matches, webp.header, webp.check_whole, webp.decode),
)


def read_picture(path: Path, *, upright: bool = False) -> Media:
    """One frame (H, W, 3), RGB ``uint8``, and the file's size.

    ``upright`` turns a JPEG as its EXIF orientation says, as OpenCV and Ultralytics' tools do. Grey
    is repeated in the three channels; an alpha channel that is opaque throughout is dropped. Raises
    DamagedSample for a file that is missing, truncated, corrupt or no PNG, JPEG or WebP; and for
    what has no one meaning as 8-bit RGB: 16 bits, CMYK, transparent pixels.
    """
    data = read_bytes(path)
    frame = decode_picture(data, name=path)
    if upright:
        frame = turned(frame, _orientation(data))
    return Media(frames=frame, num_bytes=len(data))


def decode_picture(data: bytes, *, name: Path | str) -> Frame:
    """The frame that a file's bytes hold; as ``read_picture``, with ``name`` in its errors."""
    return named(name, lambda: _rgb(data))


def read_indices(path: Path) -> UInt8[np.ndarray, "h w"]:
    """The index of every pixel of a grey or palette PNG, as stored. Raises DamagedSample."""
    data = read_bytes(path)
    return named(path, lambda: _indices(data))


def read_depth_codes(path: Path) -> UInt16[np.ndarray, "h w"]:
    """The number of every pixel of a 16-bit PNG, as stored.

    One channel, or three that agree: some depth maps are grey pictures in colour. Raises
    DamagedSample for another file, a damaged one, and for channels that differ.
    """
    data = read_bytes(path)
    return named(path, lambda: png.decode_depth(_whole_png(data, kind="depth maps")))


def read_colour_codes(path: Path) -> UInt32[np.ndarray, "h w"]:
    """R + 256 G + 65536 B of every pixel of an 8-bit RGB PNG; alpha is ignored.

    Raises DamagedSample for another file and for a damaged one.
    """
    data = read_bytes(path)
    return named(path, lambda: png.decode_colour_codes(_whole_png(data, kind="depth maps")))


def read_size(path: Path, *, upright: bool = False) -> FrameSize:
    """(width, height) of a picture, from its header alone; as ``read_picture``.

    Raises DamagedSample.
    """
    data = read_bytes(path, num_bytes=_HEAD_BYTES)
    try:
        return _frame_size(data, upright=upright)
    except ValueError:  # a long header, or a damaged one
        data = read_bytes(path)
        return named(path, lambda: _frame_size(data, upright=upright))


def checked_size(picture: Path, *, claimed: FrameSize, where: str) -> FrameSize:
    """(width, height) of a picture, from its header.

    Raises DamagedSample for a picture that cannot be read, and where ``where``, an annotation, is
    for another size.
    """
    frame_size = read_size(picture)
    if claimed != frame_size:
        raise DamagedSample(
            f"{where} gives {claimed[0]}x{claimed[1]} and its picture {picture} is "
            f"{frame_size[0]}x{frame_size[1]}; the same size is allowed"
        )
    return frame_size


def not_readable(data: bytes) -> ValueError:
    """The error for the bytes of a file that is in none of the formats."""
    if not data:
        return ValueError("is empty: 0 bytes")
    names = ", ".join(entry.name for entry in FORMATS)
    return ValueError(
        f"is no picture that can be read: it is {_other_kind(data)}; {names} are allowed"
    )


def _other_kind(data: bytes) -> str:
    """In words, by how the file starts."""
    for start, kind in _OTHERS:
        if data.startswith(start):
            return kind
    is_text = not any(byte < 32 and byte not in b"\t\n\r" for byte in data[:_LOOKED_AT])
    return "text" if is_text else "of an unknown kind"


def _format(data: bytes) -> Format:
    for entry in FORMATS:
        if entry.matches(data):
            return entry
    raise not_readable(data)


def _header(data: bytes) -> Header:
    return _format(data).header(data)


def _frame_size(data: bytes, *, upright: bool) -> FrameSize:
    frame_size = _header(data).frame_size
    return turned_size(frame_size, _orientation(data)) if upright else frame_size


def _orientation(data: bytes) -> int:
    return jpeg.orientation(data) if jpeg.matches(data) else UPRIGHT


def _indices(data: bytes) -> UInt8[np.ndarray, "h w"]:
    return png.decode_indices(_whole_png(data, kind="class indices"))


def _whole_png(data: bytes, *, kind: str) -> bytes:
    if not png.matches(data):
        raise ValueError(f"is {_format(data).name}; {kind} are stored as PNG")
    _header(data)
    png.check_whole(data)
    return data


def _rgb(data: bytes) -> Frame:
    file_format = _format(data)
    header = file_format.header(data)
    if header.bits > 8:
        raise ValueError(f"has {header.bits} bits per channel; up to 8 are allowed")
    if header.colour not in _READABLE:
        raise ValueError(f"is {header.colour}; grey and RGB are allowed")
    file_format.check_whole(data)
    pixels = _decode(file_format, data)
    if pixels.shape[:2] != (header.height, header.width):
        raise ValueError(f"is corrupt: it decodes to another size than {header.frame_size}")
    return _three_channels(pixels)


def _decode(file_format: Format, data: bytes) -> Shaped[np.ndarray, "..."]:
    try:
        return file_format.decode(data)
    except (ValueError, RuntimeError) as error:
        raise ValueError(f"is corrupt: the {file_format.name} decoder says: {error}") from error


def _three_channels(pixels: Shaped[np.ndarray, "..."]) -> Frame:
    if pixels.ndim == 2:
        return np.repeat(pixels[..., None], 3, axis=2)
    channels = pixels.shape[2]
    if channels == 3:
        return pixels
    transparent = int(np.count_nonzero(pixels[..., -1] != 255))
    if transparent:
        raise ValueError(f"has {transparent:,} transparent pixels; only opaque ones are allowed")
    return np.repeat(pixels[..., :1], 3, axis=2) if channels == 2 else pixels[..., :3].copy()
