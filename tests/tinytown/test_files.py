"""Stills and clips through their files."""

from pathlib import Path

import numpy as np
import pytest

from lossproof.datasets.videos import read_clip
from lossproof.tinytown.clip_files import clip_file, read_clip_file
from lossproof.tinytown.plan import STILL_FILES
from lossproof.tinytown.still_files import depth_codes, read_still, read_things, still_files

from . import stand_in


@pytest.fixture
def stem(tmp_path: Path) -> Path:
    """Of the files of the still that seed 3 gives."""
    for ending, content in still_files(stand_in.still(np.random.default_rng(3))).items():
        (tmp_path / f"000001{ending}").write_bytes(content)
    return tmp_path / "000001"


def test_a_still_comes_back_but_for_half_a_step_of_depth(stem: Path) -> None:
    drawn, found = stand_in.still(np.random.default_rng(3)), read_still(stem)
    for name in ("frame", "class_map", "instances"):
        assert getattr(found, name).dtype == getattr(drawn, name).dtype
        assert np.array_equal(getattr(found, name), getattr(drawn, name))
    assert np.array_equal(np.isnan(found.depth), np.isnan(drawn.depth))
    assert np.nanmax(np.abs(found.depth - drawn.depth)) < 0.00101
    assert len(found.things) == len(drawn.things) > 0
    for one, other in zip(found.things, drawn.things, strict=True):
        assert (one.instance, one.label, one.area) == (other.instance, other.label, other.area)
        assert np.array_equal(one.box, other.box)
        assert (one.keypoints is None) == (other.keypoints is None)
        if other.keypoints is not None:
            assert np.array_equal(one.keypoints, other.keypoints)


def test_the_same_still_has_the_same_bytes() -> None:
    one, other = (still_files(stand_in.still(np.random.default_rng(3))) for _ in range(2))
    assert one == other
    assert tuple(one) == STILL_FILES


def test_depth_in_steps() -> None:
    depth = np.array([[0.002, 0.0031, 80.0, np.nan, 0.0005, 131.08]], np.float32)
    codes = depth_codes(depth, metres_per_code=0.002, unknown=0)
    assert codes.tolist() == [[1, 2, 40_000, 0, 0, 0]]
    assert codes.dtype == np.uint16


@pytest.mark.parametrize("content", [b"", b"[]", b'{"things": [{}]}', b"\xff", b"{"])
def test_damaged_things_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="does not describe the things of a still"):
        read_things(content)


def test_a_damaged_picture_is_refused(stem: Path) -> None:
    path = stem.with_name("000001.classes.png")
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(ValueError, match=r"000001\.classes\.png is damaged"):
        read_still(stem)


@pytest.mark.parametrize(("container", "ending"), [("matroska", ".mkv"), ("avi", ".avi")])
def test_a_clip_comes_back_exactly(container: str, ending: str, tmp_path: Path) -> None:
    """Of odd sides, which formats of halved colour would change."""
    frames = np.random.default_rng(0).integers(0, 256, (7, 37, 51, 3), dtype=np.uint8)
    content = clip_file(frames, frames_per_second=15, container=container)
    assert content == clip_file(frames, frames_per_second=15, container=container)
    path = tmp_path / f"clip{ending}"
    path.write_bytes(content)
    found, rate = read_clip_file(path)
    assert np.array_equal(found, frames)
    assert rate == 15
    media = read_clip(path)
    assert np.array_equal(media.frames, frames)
    assert media.duration_seconds == pytest.approx(7 / 15)


def test_a_damaged_clip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip.mkv"
    path.write_bytes(b"no video")
    with pytest.raises(ValueError, match=r"clip\.mkv is damaged"):
        read_clip_file(path)
