"""JPEG agrees with Pillow to the last byte and the last pixel."""

import io

import numpy as np
import pytest
from PIL import Image

from lossproof.codecs.jpeg import MAX_SIDE, Jpeg


def pillow(frame, quality, **options):
    file = io.BytesIO()
    Image.fromarray(frame).save(file, "JPEG", quality=quality, **options)
    return file.getvalue()


def pillow_pixels(data):
    return np.asarray(Image.open(io.BytesIO(data)))


def assert_agrees(frame, quality, **options):
    codec = Jpeg(quality, **options)
    data = codec.encode(frame)
    assert data == pillow(frame, quality, **options)
    assert np.array_equal(codec.decode(data), pillow_pixels(data))


@pytest.mark.parametrize("quality", range(1, 101))
def test_every_quality_gives_the_bytes_and_pixels_of_pillow(quality, photo):
    assert_agrees(np.ascontiguousarray(photo[:120, :161]), quality)


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (17, 31), (8, 8), (16, 1), (1, 33), (239, 319)])
@pytest.mark.parametrize("quality", [1, 5, 50, 95, 100])
def test_odd_sizes_give_the_bytes_and_pixels_of_pillow(size, quality, photo):
    assert_agrees(np.ascontiguousarray(photo[: size[0], : size[1]]), quality)


@pytest.mark.parametrize("subsampling", ["4:2:0", "4:2:2", "4:4:4"])
@pytest.mark.parametrize("optimize", [False, True])
@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("size", [(1, 1), (17, 31), (120, 161)])
def test_every_setting_gives_the_bytes_and_pixels_of_pillow(
    subsampling, optimize, progressive, size, photo
):
    frame = np.ascontiguousarray(photo[: size[0], : size[1]])
    options = {"subsampling": subsampling, "optimize": optimize, "progressive": progressive}
    for quality in (5, 75, 100):
        assert_agrees(frame, quality, **options)


def test_noise_gives_the_bytes_and_pixels_of_pillow():
    frame = np.random.default_rng(0).integers(0, 256, (65, 47, 3), np.uint8)
    for quality in (10, 95):
        assert_agrees(frame, quality)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_truncated_file_is_refused_though_libjpeg_would_paint_it_grey(progressive, photo):
    codec = Jpeg(50, progressive=progressive)
    data = codec.encode(photo)
    for length in (len(data) - 1, len(data) - 2, len(data) // 2):
        with pytest.raises(ValueError, match="truncated, or not a JPEG"):
            codec.decode(data[:length])


def test_a_grey_file_is_refused():
    file = io.BytesIO()
    Image.new("L", (8, 8)).save(file, "JPEG")
    with pytest.raises(ValueError, match=r"shape \(8, 8\) and uint8"):
        Jpeg(50).decode(file.getvalue())


@pytest.mark.parametrize("progressive", [False, True])
def test_the_longest_side_works_and_one_more_is_refused(progressive):
    codec = Jpeg(50, progressive=progressive)
    frame = np.zeros((1, MAX_SIDE, 3), np.uint8)
    assert codec.decode(codec.encode(frame)).shape == frame.shape
    with pytest.raises(ValueError, match="65501x1 pixels; sides of 1 to 65500 pixels are allowed"):
        codec.encode(np.zeros((1, MAX_SIDE + 1, 3), np.uint8))
