"""What is particular to JPEG 2000, WebP, AVIF, JPEG XL and the source."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis.extra.numpy import arrays
from PIL import Image

from lossproof.codecs import avif, webp
from lossproof.codecs.avif import Avif
from lossproof.codecs.jpeg2000 import Jpeg2000
from lossproof.codecs.jpegxl import JpegXL
from lossproof.codecs.source import Source
from lossproof.codecs.webp import WebP


@pytest.mark.parametrize("level", [28, 30, 34, 37, 44])
def test_the_level_of_jpeg2000_is_the_psnr_of_the_picture(level, photo, psnr_db):
    codec = Jpeg2000(level)
    assert psnr_db(photo, codec.decode(codec.encode(photo))) == pytest.approx(level, abs=1)


def test_webp_is_lossy_even_at_its_best(photo):
    codec = WebP(100)
    data = codec.encode(photo)
    assert data[12:16] == b"VP8 "
    assert not np.array_equal(codec.decode(data), photo)


@pytest.mark.parametrize("quality", [5, 50, 95])
def test_webp_agrees_with_pillow(quality, photo, psnr_db):
    """Pillow's own libwebp may be another version, so its pixels are compared and not its bytes."""
    codec = WebP(quality)
    data = codec.encode(photo)
    file = io.BytesIO()
    Image.fromarray(photo).save(file, "WEBP", quality=quality, method=4)
    theirs = file.getvalue()
    assert len(data) == pytest.approx(len(theirs), rel=0.02)
    assert np.array_equal(codec.decode(data), np.asarray(Image.open(io.BytesIO(data))))
    assert psnr_db(photo, codec.decode(data)) == pytest.approx(
        psnr_db(photo, codec.decode(theirs)), abs=0.05
    )


def test_webp_method_changes_the_bytes(photo):
    assert len(WebP(50, method=6).encode(photo)) < len(WebP(50, method=0).encode(photo))


def test_avif_speed_and_subsampling_change_the_bytes(photo):
    frame = np.ascontiguousarray(photo[:64, :96])
    sizes = {s: len(Avif(60, speed=9, subsampling=s).encode(frame)) for s in ("4:2:0", "4:4:4")}
    assert sizes["4:2:0"] < sizes["4:4:4"]
    assert Avif(60, speed=6).encode(frame) != Avif(60, speed=9, subsampling="4:2:0").encode(frame)


def test_the_best_avif_still_obeys_its_subsampling(photo, psnr_db):
    frame = np.ascontiguousarray(photo[:64, :96])
    found = {}
    for subsampling in ("4:2:0", "4:4:4"):
        codec = Avif(99, speed=9, subsampling=subsampling)
        found[subsampling] = psnr_db(frame, codec.decode(codec.encode(frame)))
    assert found["4:2:0"] + 1 < found["4:4:4"] < 60


def test_jpegxl_effort_changes_the_bytes_and_whole_levels_are_floats(photo):
    frame = np.ascontiguousarray(photo[:64, :96])
    assert len(JpegXL(3, effort=7).encode(frame)) < len(JpegXL(3, effort=1).encode(frame))
    assert type(JpegXL(3).level) is float
    assert JpegXL(3) == JpegXL(3.0)


@pytest.mark.parametrize(
    ("codec", "longest"), [(WebP(50, method=0), webp.MAX_SIDE), (Avif(50, speed=10), avif.MAX_SIDE)]
)
def test_the_longest_side_works_and_one_more_is_refused(codec, longest):
    frame = np.full((1, longest, 3), 90, np.uint8)
    assert codec.decode(codec.encode(frame)).shape == frame.shape
    with pytest.raises(ValueError, match=f"1x{longest + 1} pixels; sides of 1 to {longest} "):
        codec.encode(np.full((longest + 1, 1, 3), 90, np.uint8))


@hypothesis_settings(max_examples=50, deadline=None)
@given(frame=arrays(np.uint8, (5, 7, 3)))
def test_the_source_is_lossless(frame):
    data = Source().encode(frame)
    assert data == b"RGB8\0\0\0\x07\0\0\0\x05" + frame.tobytes()
    assert np.array_equal(Source().decode(data), frame)


def test_the_source_refuses_a_size_that_its_bytes_do_not_have():
    data = Source().encode(np.zeros((2, 2, 3), np.uint8))
    with pytest.raises(ValueError, match=r"13 bytes follow the header; .* 2x2 pixels has 12"):
        Source().decode(data + b"\0")
    with pytest.raises(ValueError, match="their header tells 0x2 pixels"):
        Source().decode(b"RGB8\0\0\0\0\0\0\0\x02")
