"""Clips as networks take them: which frames, which stacks, how they are scaled."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossproof.models.clip_inputs import (
    middles,
    normalised_flow,
    square_flow,
    square_frames,
    stacks,
    without_mean,
)


def test_places_worked_by_hand() -> None:
    assert middles(10, 2) == [2, 7]
    assert middles(9, 3) == [1, 4, 7]
    assert middles(7, 1) == [3]
    assert middles(3, 25) == [0, 1, 2]


@given(st.integers(1, 400), st.integers(1, 60))
def test_places_are_in_order_apart_and_even(length: int, number: int) -> None:
    places = middles(length, number)
    assert len(places) == min(length, number)
    assert 0 <= places[0] <= places[-1] < length
    steps = np.diff(places)
    assert (steps >= 1).all()
    assert len(steps) == 0 or steps.max() - steps.min() <= 1


def test_stacks_worked_by_hand() -> None:
    assert stacks(12, number=25, length=10) == [list(range(s, s + 10)) for s in (0, 1, 2)]
    assert stacks(6, number=2, length=3) == [[1, 2, 3], [3, 4, 5]]
    # Too few fields: the last is repeated.
    assert stacks(2, number=25, length=4) == [[0, 1, 1, 1]]
    assert stacks(1, number=3, length=2) == [[0, 0]]


@given(st.integers(1, 80), st.integers(1, 30), st.integers(1, 20))
def test_stacks_are_successive_fields_that_exist(num_fields: int, number: int, length: int) -> None:
    found = stacks(num_fields, number=number, length=length)
    assert len({tuple(stack) for stack in found}) == len(found) <= number
    for stack in found:
        assert len(stack) == length
        expected = min(num_fields - stack[0], length)
        assert stack[:expected] == list(range(stack[0], stack[0] + expected))
        assert set(stack[expected:]) <= {num_fields - 1}


@pytest.mark.parametrize("size", [(20, 31), (31, 20), (57, 57), (300, 233), (225, 1000)])
def test_squares_of_any_size(size: tuple[int, int]) -> None:
    clip = np.zeros((4, *size, 3), np.uint8)
    assert square_frames(clip, number=3, side=224).shape == (3, 3, 224, 224)
    flow = np.ones((3, *size, 2), np.float32)
    squares = square_flow(flow, side=224)
    assert squares.shape == (3, 2, 224, 224)
    # The vectors grow as the picture does, up to the rounding of its longer side.
    np.testing.assert_allclose(squares, 224 / min(size), rtol=0.01)


def test_the_middle_is_taken_and_normalised() -> None:
    clip = np.zeros((1, 4, 10, 3), np.uint8)
    clip[:, :, 3:7] = (255, 128, 0)
    (planes,) = square_frames(clip, number=1, side=4)
    wanted = (np.array([1, 128 / 255, 0]) - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)
    np.testing.assert_allclose(planes, np.broadcast_to(wanted[:, None, None], (3, 4, 4)), rtol=1e-5)


def test_frames_are_scaled_as_opencv_does() -> None:
    frame = np.random.default_rng(0).integers(0, 256, (448, 448, 3), dtype=np.uint8)
    half = cv2.resize(frame, (224, 224), interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(
        square_frames(frame[None], number=1, side=224),
        square_frames(half[None], number=1, side=224),
    )


def test_motion_is_in_pixels_of_the_square() -> None:
    flow = np.broadcast_to(np.array([4, -2], np.float32), (2, 448, 672, 2))
    squares = square_flow(flow, side=224)
    np.testing.assert_allclose(squares[:, 0], 2)
    np.testing.assert_allclose(squares[:, 1], -1)


def test_one_frame_stands_still() -> None:
    squares = square_flow(np.zeros((0, 20, 30, 2), np.float32), side=8)
    np.testing.assert_array_equal(squares, np.zeros((1, 2, 8, 8)))


def test_flow_in_numbers() -> None:
    flow = np.array([0, 10, 20, 35, -20, -1000], np.float32)[:, None, None, None]
    found = normalised_flow(np.broadcast_to(flow, (6, 2, 1, 1)))[:, 0, 0, 0]
    # As published: (value + 20) / 40, then (value - 0.5) / 0.226.
    wanted = ((np.clip(flow, -20, 20).ravel() + 20) / 40 - 0.5) / 0.226
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-7)
    assert found.max() == -found.min()


def test_the_mean_of_each_field_is_taken_away() -> None:
    flow = np.random.default_rng(0).normal(3, 1, (2, 5, 6, 2)).astype(np.float32)
    centred = without_mean(flow)
    np.testing.assert_allclose(centred.mean(axis=(1, 2)), 0, atol=1e-6)
    np.testing.assert_allclose(flow - centred, flow.mean(axis=(1, 2), keepdims=True) + 0 * flow)
