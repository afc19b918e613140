"""Optical flow: known motion, one answer whoever asks, and what cannot be computed."""

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from lossproof.models.flow import FlowMethod, optical_flow
from lossproof.records import Clip

METHODS = ["dis", "farneback", "tvl1"]


def moving(*, right: int, down: int, num_frames: int = 3, size: tuple[int, int] = (48, 56)) -> Clip:
    """A soft pattern that moves by so many pixels from frame to frame."""
    rng = np.random.default_rng(1)
    height, width = size
    large = (height + 40, width + 40, 3)
    pattern = cv2.GaussianBlur(rng.integers(0, 256, large, dtype=np.uint8), (0, 0), 3)
    pattern = cv2.normalize(pattern, None, 0, 255, cv2.NORM_MINMAX)
    starts = [(20 - down * step, 20 - right * step) for step in range(num_frames)]
    return np.stack([pattern[top : top + height, left : left + width] for top, left in starts])


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize(("right", "down"), [(2, 1), (-1, 2), (0, 0)])
def test_motion_is_found(name: str, right: int, down: int) -> None:
    flow = optical_flow(moving(right=right, down=down), method=FlowMethod(name))
    assert flow.shape == (2, 48, 56, 2)
    assert flow.dtype == np.float32
    inside = flow[:, 10:-10, 10:-10].reshape(-1, 2)
    np.testing.assert_allclose(np.median(inside, axis=0), (right, down), atol=0.1)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("size", [(1, 1), (13, 47), (65, 7)])
def test_odd_sizes_and_no_flow_of_one_frame(name: str, size: tuple[int, int]) -> None:
    clip = moving(right=1, down=0, size=size)
    flow = optical_flow(clip, method=FlowMethod(name))
    assert flow.shape == (2, *size, 2)
    assert np.isfinite(flow).all()
    assert optical_flow(clip[:1], method=FlowMethod(name)).shape == (0, *size, 2)


@pytest.mark.parametrize("name", METHODS)
def test_a_field_depends_on_its_two_frames_alone(name: str) -> None:
    clip = moving(right=2, down=1)
    clip[2] += 9
    together = optical_flow(clip, method=FlowMethod(name))
    for place in range(2):
        alone = optical_flow(clip[place : place + 2], method=FlowMethod(name))
        np.testing.assert_array_equal(alone[0], together[place])


@pytest.mark.parametrize("name", METHODS)
def test_threads_change_nothing(name: str) -> None:
    clips = [moving(right=step, down=1, size=(40, 40)) for step in (1, 2, 1)]
    method = FlowMethod(name)
    before = cv2.getNumThreads()
    try:
        cv2.setNumThreads(1)
        wanted = [optical_flow(clip, method=method) for clip in clips]
        cv2.setNumThreads(3)
        with ThreadPoolExecutor(3) as pool:
            found = list(pool.map(lambda clip: optical_flow(clip, method=method), clips))
    finally:
        cv2.setNumThreads(before)
    np.testing.assert_array_equal(found, wanted)


def test_frames_need_not_lie_in_one_piece_and_stay_as_they_are() -> None:
    clip = moving(right=2, down=0)
    mirrored = clip[:, :, ::-1]
    before = clip.copy()
    np.testing.assert_array_equal(optical_flow(mirrored), optical_flow(mirrored.copy()))
    np.testing.assert_array_equal(clip, before)


@pytest.mark.parametrize("shape", [(0, 20, 20, 3), (2, 0, 20, 3)])
def test_clips_that_have_no_flow(shape: tuple[int, ...]) -> None:
    with pytest.raises(
        ValueError, match=r"has the shape \(.*\); 1 frame of 1x1 or more is allowed"
    ):
        optical_flow(np.zeros(shape, np.uint8))


def test_small_frames_are_as_if_their_border_went_on() -> None:
    small = moving(right=1, down=0, size=(20, 90))
    large = np.pad(small, ((0, 0), (0, 44), (0, 0), (0, 0)), mode="edge")
    np.testing.assert_array_equal(optical_flow(small), optical_flow(large)[:, :20])
