"""What every codec that takes clips promises about them."""

import hashlib
import json
import struct
import subprocess
import sys
import tracemalloc
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lossproof.codecs import CODECS

CLIP_CODECS = [codec for codec in CODECS if "clip" in codec.media]
EVERY = pytest.mark.parametrize("codec", CLIP_CODECS, ids=lambda codec: codec.name)
WITH_LEVELS = pytest.mark.parametrize(
    "codec", [c for c in CLIP_CODECS if c.level_range], ids=lambda codec: codec.name
)

OTHER_PROCESS = """
import hashlib, json, sys
import numpy as np
from lossproof.codecs import CODECS
clip = np.frombuffer(sys.stdin.buffer.read(), np.uint8).reshape(12, 96, 128, 3)
codecs = [c(level=c.ladder[0]) for c in CODECS if "clip" in c.media]
print(json.dumps({c.name: hashlib.sha256(c.encode(clip)).hexdigest() for c in codecs}))
"""


def best(codec):
    return codec(level=codec.ladder[0])


def middle(codec):
    return codec(level=codec.ladder[len(codec.ladder) // 2])


def marked(num_frames):
    """Frames of which each has a brightness of its own, in an order that is no ramp."""
    values = [(97 * index) % 11 * 20 + 20 for index in range(num_frames)]
    return np.stack([np.full((34, 50, 3), value, np.uint8) for value in values])


def with_true_check_sum(start, stream):
    """Bytes that begin with these 12, which lie, and pass for whole."""
    return start + struct.pack(">I", zlib.crc32(start + stream)) + stream


def outcome(made, data):
    """The shape that it decodes, or how its refusal begins."""
    try:
        return made.decode(data).shape
    except ValueError as error:
        return " ".join(str(error).split()[:4])


@EVERY
@pytest.mark.parametrize("num_frames", [1, 2, 7])
@pytest.mark.parametrize("size", [(51, 71), (96, 128), (1, 1), (17, 64), (200, 3)])
def test_a_clip_comes_back_in_its_shape(codec, num_frames, size, moving):
    clip = np.resize(moving[:num_frames], (num_frames, *size, 3))
    before = clip.copy()
    decoded = best(codec).decode(best(codec).encode(clip))
    assert decoded.shape == clip.shape
    assert decoded.dtype == np.uint8
    assert decoded.flags.writeable
    assert decoded.flags.c_contiguous
    assert np.array_equal(clip, before)


@EVERY
@hypothesis_settings(max_examples=10, deadline=None)
@given(
    num_frames=st.integers(1, 4),
    height=st.integers(1, 70),
    width=st.integers(1, 70),
    seed=st.integers(0, 2**32 - 1),
)
def test_noise_of_any_size_comes_back_in_its_shape(codec, num_frames, height, width, seed):
    shape = (num_frames, height, width, 3)
    clip = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    assert middle(codec).decode(middle(codec).encode(clip)).shape == shape


@EVERY
def test_the_last_row_and_column_of_an_odd_size_are_there(codec, psnr_db):
    clip = np.full((3, 37, 67, 3), 60, np.uint8)
    clip[:, -1] = clip[:, :, -1] = 200
    decoded = best(codec).decode(best(codec).encode(clip)).astype(int)
    assert np.abs(decoded[:, -1] - 200).mean() < 15
    assert np.abs(decoded[:, :, -1] - 200).mean() < 15
    assert np.abs(decoded[:, :-1, :-1] - 60).mean() < 15


@EVERY
@pytest.mark.parametrize("num_frames", [2, 7, 40])
def test_frames_come_back_in_their_order(codec, num_frames):
    clip = marked(num_frames)
    decoded = best(codec).decode(best(codec).encode(clip))
    assert np.abs(decoded.mean(axis=(1, 2, 3)) - clip[:, 0, 0, 0]).max() < 8


@EVERY
def test_a_picture_and_a_clip_of_one_frame_are_told_apart(codec, moving):
    made = best(codec)
    picture, clip = made.encode(moving[0]), made.encode(moving[:1])
    assert picture != clip
    assert made.decode(picture).shape == (96, 128, 3)
    assert made.decode(clip).shape == (1, 96, 128, 3)
    assert np.array_equal(made.decode(picture), made.decode(clip)[0])


@WITH_LEVELS
def test_bytes_and_psnr_fall_along_the_ladder(codec, moving, psnr_db):
    sizes, qualities = [], []
    for level in codec.ladder:
        data = codec(level=level).encode(moving)
        sizes.append(len(data))
        qualities.append(psnr_db(moving, codec(level=level).decode(data)))
    assert sizes == sorted(set(sizes), reverse=True)
    assert qualities == sorted(set(qualities), reverse=True)
    assert sizes[0] > 4 * sizes[-1]
    assert qualities[0] > 34
    assert qualities[-1] < 31


@EVERY
def test_bytes_are_the_same_from_run_to_run_and_from_many_threads(codec, moving):
    made = best(codec)
    alone = made.encode(moving)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda _: made.encode(moving), range(8)))
        clips = list(pool.map(made.decode, together))
    assert set(together) == {alone}
    assert all(np.array_equal(clip, made.decode(alone)) for clip in clips)


def test_bytes_are_the_same_in_another_process_which_writes_nothing_else(moving):
    program = [sys.executable, "-c", OTHER_PROCESS]
    run = subprocess.run(program, input=moving.tobytes(), capture_output=True, check=True)
    here = {c.name: hashlib.sha256(best(c).encode(moving)).hexdigest() for c in CLIP_CODECS}
    assert json.loads(run.stdout) == here
    assert run.stderr == b""


@EVERY
def test_arrays_in_any_memory_order_give_the_same_bytes(codec, moving):
    clip = np.ascontiguousarray(moving[:3, :40, :50])
    backwards = np.ascontiguousarray(clip[::-1, :, ::-1, ::-1])[::-1, :, ::-1, ::-1]
    expected = middle(codec).encode(clip)
    for other in (np.asfortranarray(clip), moving[:3, :40, :50], backwards):
        assert not other.flags.c_contiguous
        assert middle(codec).encode(other) == expected
    clip.flags.writeable = False
    assert middle(codec).encode(clip) == expected


@EVERY
def test_bytes_cut_short_anywhere_are_refused(codec, moving):
    data = middle(codec).encode(moving[:2, :16, :18])
    for length in range(len(data)):
        with pytest.raises(ValueError, match=f"{codec.name} (was|cannot)"):
            middle(codec).decode(data[:length])
    with pytest.raises(ValueError, match=f"{codec.name} cannot decode these"):
        middle(codec).decode(data + b"\0")


@WITH_LEVELS
def test_one_byte_changed_anywhere_is_refused(codec, moving):
    data = middle(codec).encode(moving[:2, :16, :18])
    for place in range(len(data)):
        damaged = bytearray(data)
        damaged[place] ^= 0x10
        with pytest.raises(ValueError, match=f"{codec.name} cannot decode these"):
            middle(codec).decode(bytes(damaged))


@WITH_LEVELS
@pytest.mark.parametrize(
    ("shape", "problem"),
    [
        ((66, 66, 4), "they hold 3 frames; their header tells 4"),
        ((66, 66, 2), "they hold 3 frames; their header tells 2"),
        ((66, 66, 0), "they hold 3 frames; their header tells 1"),
        ((66, 66, 2**32 - 1), ""),
        ((68, 66, 3), "they hold a frame of "),
        ((66, 68, 3), "they hold a frame of "),
        ((0, 66, 3), "their header tells 0x66 pixels"),
        ((65535, 65535, 3), ""),
    ],
)
def test_a_header_that_lies_is_refused(codec, shape, problem, moving):
    data = best(codec).encode(moving[:3, :66, :66])
    kind, stream = data[:4], data[16:]
    assert with_true_check_sum(data[:12], stream) == data
    lying = with_true_check_sum(struct.pack(">4sHHI", kind, *shape), stream)
    with pytest.raises(ValueError, match=f"{codec.name} cannot decode these .*{problem}"):
        best(codec).decode(lying)


@WITH_LEVELS
def test_a_damaged_stream_behind_a_true_check_sum_raises_nothing_but_value_errors(codec, moving):
    """Only on purpose can bytes be damaged and pass the check; decoders then do what they can."""
    data = best(codec).encode(moving[:3, :66, :66])
    generator = np.random.default_rng(0)
    found = set()
    for _ in range(30):
        stream = bytearray(data[16:])
        for place in generator.integers(0, len(stream), 4):
            stream[place] ^= 0xFF
        found.add(outcome(best(codec), with_true_check_sum(data[:12], bytes(stream))))
    assert found <= {(3, 66, 66, 3), f"{codec.name} cannot decode these"}


@pytest.mark.usefixtures("unchecked")
@EVERY
def test_a_clip_without_frames_is_refused(codec):
    with pytest.raises(ValueError, match="was given a clip of 0 frames; 1 frame or more is allow"):
        best(codec).encode(np.zeros((0, 4, 4, 3), np.uint8))


@WITH_LEVELS
def test_a_clip_is_held_no_more_than_twice(codec, moving):
    clip = np.concatenate([moving] * 8)
    tracemalloc.start()
    data = middle(codec).encode(clip)
    encoding = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    decoded = middle(codec).decode(data)
    decoding = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert decoded.shape == clip.shape
    assert encoding < 0.5 * clip.nbytes
    assert decoding < 1.5 * clip.nbytes
