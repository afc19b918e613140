"""Reading pictures: what is right comes out exactly, what is damaged is refused in one line."""

import io
import os
import struct
import tempfile
import zlib
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lossproof.datasets.images import read_indices, read_picture, read_size
from lossproof.records import DamagedSample

PIXELS = np.random.default_rng(0).integers(0, 256, (24, 32, 3), dtype=np.uint8)
PICTURE = Image.fromarray(PIXELS)


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


FILES = {
    "PNG": encoded(PICTURE, "PNG"),
    "JPEG": encoded(PICTURE, "JPEG", quality=90),
    "progressive JPEG": encoded(PICTURE, "JPEG", quality=90, progressive=True),
    "WebP": encoded(PICTURE, "WEBP", quality=80),
    "lossless WebP": encoded(PICTURE, "WEBP", lossless=True),
}
# A thumbnail's end marker inside the metadata must not pass for the picture's own.
THUMBNAIL = b"Exif\x00\x00" + encoded(PICTURE.resize((8, 8)), "JPEG")
FILES["JPEG with thumbnail"] = (
    FILES["JPEG"][:2] + struct.pack(">BBH", 0xFF, 0xE1, len(THUMBNAIL) + 2) + THUMBNAIL
) + FILES["JPEG"][2:]

# Pillow's names for the colours, other than RGB, that a kind of file can have.
COLOURS = {"PNG": ["L", "LA", "RGBA", "P", "1"], "JPEG": ["L"], "WEBP": ["L", "RGBA"]}


def put(folder: Path, data: bytes) -> Path:
    path = folder / "picture.bin"
    path.write_bytes(data)
    return path


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(width: int, height: int, *, data: bytes = b"", bits: int = 8, colour: int = 2) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(data)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


@pytest.mark.parametrize("kind", FILES)
def test_pixels_are_pillows(tmp_path: Path, kind: str) -> None:
    path = put(tmp_path, FILES[kind])
    media = read_picture(path)
    with Image.open(path) as picture:
        assert np.array_equal(media.frames, np.asarray(picture.convert("RGB")))
    assert media.num_bytes == len(FILES[kind])
    assert read_size(path) == (32, 24)


@pytest.mark.parametrize("kind", FILES)
def test_every_truncation_is_damage(tmp_path: Path, kind: str) -> None:
    data = FILES[kind]
    for num_bytes in {*range(1, 60), len(data) // 2, len(data) - 20, len(data) - 1}:
        with pytest.raises(DamagedSample, match=r"is truncated|is no picture") as caught:
            read_picture(put(tmp_path, data[:num_bytes]))
        assert "\n" not in str(caught.value)
        assert "picture.bin" in str(caught.value)


@settings(deadline=None, max_examples=60)
@given(kind=st.sampled_from(sorted(FILES)), at=st.integers(0, 5000), value=st.integers(1, 255))
def test_a_changed_byte_is_damage_or_a_picture_and_never_another_error(
    kind: str, at: int, value: int
) -> None:
    data = bytearray(FILES[kind])
    data[at % len(data)] ^= value
    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder), bytes(data))
        try:
            frames = read_picture(path).frames
        except DamagedSample:
            return
    assert kind != "PNG", "a checksum must notice"
    assert frames.ndim == 3


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty: 0 bytes"),
        (b"Not a picture at all, but a text.", "is no picture that can be read: it is text;"),
        (b"\x00\x01\x02", "is no picture .*: it is of an unknown kind;"),
        (encoded(PICTURE, "GIF"), "is no picture .*: it is a GIF; PNG, JPEG, WebP are allowed"),
        (png_of(100_000, 100_000), "claims to be 100000x100000; 1 to 200,000,000 pixels"),
        (png_of(0, 5), "claims to be 0x5"),
        (png_of(4, 4, colour=5), "has colour type 5"),
        (png_of(4, 4, data=b"\0"), "is corrupt: the PNG decoder says"),
        (imagecodecs.png_encode(PIXELS.astype(np.uint16)), "has 16 bits per channel; up to 8"),
        (encoded(PICTURE.convert("CMYK"), "JPEG"), "is CMYK; grey and RGB are allowed"),
        (encoded(Image.new("RGBA", (4, 4), (1, 2, 3, 4)), "PNG"), "has 16 transparent pixels"),
        (encoded(Image.new("LA", (4, 4), (1, 4)), "PNG"), "has 16 transparent pixels"),
        (encoded(PICTURE.convert("P"), "PNG", transparency=0), r"has \d+ transparent pixels"),
        (
            encoded(PICTURE, "WEBP", save_all=True, append_images=[PICTURE.rotate(180)]),
            "is an animation",
        ),
    ],
)
def test_refused_in_one_line(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(DamagedSample, match=rf"picture\.bin {reason}") as caught:
        read_picture(put(tmp_path, data))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [(k, m) for k, modes in COLOURS.items() for m in modes],
)
def test_other_colours_become_rgb(tmp_path: Path, kind: str, mode: str) -> None:
    path = put(tmp_path, encoded(PICTURE.convert(mode), kind))
    frames = read_picture(path).frames
    with Image.open(path) as picture:
        assert np.array_equal(frames, np.asarray(picture.convert("RGB")))
    assert frames.shape == (24, 32, 3)
    assert frames.flags.c_contiguous


def test_orientation_is_ignored(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(PICTURE, "JPEG", quality=90, exif=exif)
    turned, plain = put(tmp_path, data), read_picture(put(tmp_path, FILES["JPEG"])).frames
    turned.write_bytes(data)
    assert np.array_equal(read_picture(turned).frames, plain)
    assert read_size(turned) == (32, 24)


def test_size_behind_long_metadata(tmp_path: Path) -> None:
    comments = struct.pack(">BBH", 0xFF, 0xFE, 65_535) + bytes(65_533)
    path = put(tmp_path, FILES["JPEG"][:2] + comments * 3 + FILES["JPEG"][2:])
    assert read_size(path) == (32, 24)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("colour", [0, 3])
def test_indices_are_those_stored(tmp_path: Path, bits: int, colour: int) -> None:
    expected = (np.arange(24).reshape(3, 8) % 2**bits).astype(np.uint8)
    packed = np.unpackbits(expected[..., None], axis=2)[..., -bits:].reshape(3, -1)
    rows = b"".join(b"\0" + row.tobytes() for row in np.packbits(packed, axis=1))
    data = png_of(8, 3, data=rows, bits=bits, colour=colour)
    if colour == 3:
        data = data[:33] + png_chunk(b"PLTE", bytes(3 * 2**bits)) + data[33:]
    assert np.array_equal(read_indices(put(tmp_path, data)), expected)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (FILES["PNG"], "is 8-bit RGB; class indices are 8-bit grey or palette"),
        (FILES["JPEG"], "is JPEG; class indices are stored as PNG"),
        (png_of(4, 4, bits=16, colour=0), "is 16-bit grey"),
        (encoded(PICTURE.convert("L"), "PNG")[:-30], "is truncated"),
        (b"0 1 2 3", "is no picture"),
    ],
)
def test_indices_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(DamagedSample, match=rf"picture\.bin {reason}"):
        read_indices(put(tmp_path, data))


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(DamagedSample, match=r"cannot be read: Is a directory"):
        read_picture(tmp_path)


def test_a_file_that_would_fill_the_memory_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.touch()
    os.truncate(path, 2**31 + 1)
    with pytest.raises(
        DamagedSample, match=r"has 2,147,483,649 bytes; up to 2,147,483,648 are allowed"
    ):
        read_picture(path)
