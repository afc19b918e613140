"""4:2:0 alone: one pixel by hand, and a float64 reference written another way."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image
from skimage import data

from lossproof.codecs import ycbcr
from lossproof.codecs.yuv420 import Yuv420

HEADER = 12
VARIANTS = [(matrix, levels) for matrix in ("bt601", "bt709") for levels in ("full", "limited")]
# Luma rows of the standards; chroma follows from them.
LUMA = {"bt601": (0.299, 0.587, 0.114), "bt709": (0.2126, 0.7152, 0.0722)}


def reference_planes(frame, matrix, levels):
    """ITU-R BT.601 / BT.709 in float64, chroma averaged, each plane rounded once."""
    red, green, blue = np.moveaxis(frame.astype(np.float64) / 255, -1, 0)
    kr, kg, kb = LUMA[matrix]
    y = kr * red + kg * green + kb * blue
    chroma = [(blue - y) / (2 - 2 * kb), (red - y) / (2 - 2 * kr)]
    full = levels == "full"
    planes = [y * 255 if full else 16 + 219 * y]
    planes += [128 + (255 if full else 224) * average(c) for c in chroma]
    return [np.clip(np.floor(plane + 0.5), 0, 255) for plane in planes]


def average(plane):
    height, width = plane.shape
    small = np.empty(((height + 1) // 2, (width + 1) // 2))
    for i, j in np.ndindex(small.shape):
        rows = [2 * i, min(2 * i + 1, height - 1)]
        columns = [2 * j, min(2 * j + 1, width - 1)]
        small[i, j] = np.mean([plane[r, c] for r in rows for c in columns])
    return small


def enlarge(plane, height, width):
    """Linear between the centres of the chroma samples, which lie at 0.5, 2.5, 4.5 pixels."""
    for axis, length in ((0, height), (1, width)):
        centres = 2 * np.arange(plane.shape[axis]) + 0.5
        plane = np.apply_along_axis(
            lambda line, at=centres, to=length: np.interp(np.arange(to), at, line), axis, plane
        )
    return plane


def reference_round_trip(frame, matrix, levels):
    y, u, v = reference_planes(frame, matrix, levels)
    u, v = enlarge(u, *y.shape), enlarge(v, *y.shape)
    full = levels == "full"
    y = y / 255 if full else (y - 16) / 219
    u, v = (u - 128) / (255 if full else 224), (v - 128) / (255 if full else 224)
    kr, kg, kb = LUMA[matrix]
    red, blue = y + (2 - 2 * kr) * v, y + (2 - 2 * kb) * u
    green = (y - kr * red - kb * blue) / kg
    rgb = np.stack([red, green, blue], axis=-1) * 255
    return np.clip(np.floor(rgb + 0.5), 0, 255)


def planes_of(codec, frame):
    height, width = frame.shape[:2]
    half = ((height + 1) // 2, (width + 1) // 2)
    samples = np.frombuffer(codec.encode(frame), np.uint8)[HEADER:]
    assert len(samples) == height * width + 2 * half[0] * half[1]
    y, u, v = np.split(samples, (height * width, height * width + half[0] * half[1]))
    return [y.reshape(height, width), u.reshape(half), v.reshape(half)]


@pytest.mark.parametrize(
    ("matrix", "levels", "expected"),
    [
        # Red (255, 0, 0). bt601 full: Y = 0.299 * 255 = 76.2, U = 128 - 76.245 / 1.772 = 84.97,
        # V = 128 + (255 - 76.245) / 1.402 = 255.5, cut to 255.
        ("bt601", "full", (76, 85, 255)),
        # bt601 limited: Y = 16 + 219 * 0.299 = 81.5, U = 128 - 224 * 0.299 / 1.772 = 90.2,
        # V = 128 + 112 = 240.
        ("bt601", "limited", (81, 90, 240)),
        # bt709 full: Y = 0.2126 * 255 = 54.2, U = 128 - 54.213 / 1.8556 = 98.8.
        ("bt709", "full", (54, 99, 255)),
        ("bt709", "limited", (63, 102, 240)),
    ],
)
def test_one_red_pixel_by_hand(matrix, levels, expected):
    codec = Yuv420(matrix=matrix, range=levels)
    coded = codec.encode(np.array([[[255, 0, 0]]], np.uint8))
    assert coded == b"Y420\0\0\0\x01\0\0\0\x01" + bytes(expected)


def test_two_pixels_share_their_chroma_by_hand():
    # Red and black: V = 128 + 127.5 / 2 = 191.75 -> 192, U = 128 - 43.03 / 2 = 106.5 -> 106.
    # Back: red is Y + 1.402 * 64 = 76 + 89.7 = 166, and 89.7 = 90 where black was.
    # Green is 76 - 0.714 * 64 + 0.344 * 22 = 37.9, blue 76 - 1.772 * 22 = 37.0.
    codec = Yuv420()
    coded = codec.encode(np.array([[[255, 0, 0], [0, 0, 0]]], np.uint8))
    assert coded[HEADER:] == bytes((76, 0, 106, 192))
    assert codec.decode(coded).tolist() == [[[166, 38, 37], [90, 0, 0]]]


@pytest.mark.parametrize(("matrix", "levels"), VARIANTS)
@pytest.mark.parametrize("grey", [0, 1, 127, 128, 254, 255])
def test_grey_stays_grey(matrix, levels, grey):
    codec = Yuv420(matrix=matrix, range=levels)
    frame = np.full((3, 5, 3), grey, np.uint8)
    decoded = codec.decode(codec.encode(frame)).astype(int)
    assert np.ptp(decoded) == 0
    # Limited range has 219 steps for 255 values.
    assert abs(decoded[0, 0, 0] - grey) <= (0 if levels == "full" else 1)


@pytest.mark.parametrize(("matrix", "levels"), VARIANTS)
@hypothesis_settings(max_examples=20, deadline=None)
@given(height=st.integers(1, 12), width=st.integers(1, 12), seed=st.integers(0, 2**32 - 1))
def test_planes_and_pixels_are_those_of_the_reference(matrix, levels, height, width, seed):
    """Whole numbers may round a tie otherwise than float64: one step apart, no more."""
    frame = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    codec = Yuv420(matrix=matrix, range=levels)
    for ours, theirs in zip(
        planes_of(codec, frame), reference_planes(frame, matrix, levels), strict=True
    ):
        assert np.abs(ours - theirs).max() <= 1
        assert (ours != theirs).sum() <= 1 + 0.02 * ours.size
    decoded = codec.decode(codec.encode(frame))
    assert np.abs(decoded - reference_round_trip(frame, matrix, levels)).max() <= 3


@pytest.mark.parametrize(("matrix", "levels"), VARIANTS)
def test_a_photo_loses_what_the_reference_loses(matrix, levels, psnr_db):
    photo = np.ascontiguousarray(data.rocket()[:240, :320])
    codec = Yuv420(matrix=matrix, range=levels)
    ours = psnr_db(photo, codec.decode(codec.encode(photo)))
    theirs = psnr_db(photo, reference_round_trip(photo, matrix, levels))
    assert ours == pytest.approx(theirs, abs=0.005)
    assert 36 < ours < 38


@pytest.mark.parametrize("height", [1, 2, 127, 128, 129, 130, 255, 256, 257, 258, 300])
def test_tall_frames_have_no_seams(height, monkeypatch):
    """Rows are done in bands; the neighbours of a band have their share in it."""
    frame = np.random.default_rng(height).integers(0, 256, (height, 7, 3), np.uint8)
    codec = Yuv420()
    in_bands = codec.encode(frame)
    decoded = codec.decode(in_bands)
    monkeypatch.setattr(ycbcr, "BAND", 1000)
    assert codec.encode(frame) == in_bands
    assert np.array_equal(codec.decode(in_bands), decoded)


def test_luma_is_that_of_pillow(photo):
    theirs = np.asarray(Image.fromarray(photo).convert("YCbCr"))[..., 0]
    assert np.abs(planes_of(Yuv420(), photo)[0].astype(int) - theirs).max() <= 1


def test_it_is_what_jpeg_loses_at_its_very_best(photo, psnr_db):
    """JPEG 100 quantises hardly at all, so nearly all that it loses is 4:2:0."""
    file = io.BytesIO()
    Image.fromarray(photo).save(file, "JPEG", quality=100, subsampling="4:2:0")
    jpeg = np.asarray(Image.open(file))
    ours = Yuv420().decode(Yuv420().encode(photo))
    assert psnr_db(photo, jpeg) == pytest.approx(psnr_db(photo, ours), abs=0.5)
    assert psnr_db(ours, jpeg) > 50


def test_bytes_of_another_length_are_refused():
    coded = Yuv420().encode(np.zeros((3, 3, 3), np.uint8))
    with pytest.raises(ValueError, match=r"16 bytes follow the header; .* 3x3 pixels has 17"):
        Yuv420().decode(coded[:-1])
