"""Views: frames and maps are mirrored and cut alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossproof.resizing import resized
from lossproof.training import Augmentation
from lossproof.training.view import View, Window, draw_view, whole


def test_by_hand() -> None:
    values = np.arange(12, dtype=np.uint8).reshape(3, 4)
    view = View((4, 3), Window(1, 0, 2, 2), flipped=True)
    # Mirrored, the first row is 3 2 1 0.
    assert view.of_map(values).tolist() == [[2, 1], [6, 5]]


sides = st.integers(2, 9)


@given(width=sides, height=sides, seed=st.integers(0, 99), flip=st.booleans())
def test_a_map_sees_what_the_frame_sees(width: int, height: int, seed: int, flip: bool) -> None:
    generator = np.random.default_rng(seed)
    values = generator.integers(0, 256, (height, width), dtype=np.uint8)
    frame = np.repeat(values[..., None], 3, axis=2)
    view = draw_view(Augmentation(flip=flip, crop=(2, 2)), (width, height), generator)
    seen = view.of_frames(frame)
    assert seen.shape == (2, 2, 3)
    assert np.array_equal(seen[..., 1], view.of_map(values))
    clip = np.stack([frame, 255 - frame])
    assert np.array_equal(view.of_frames(clip)[0], seen)
    assert np.array_equal(view.of_frames(clip)[1], 255 - seen)


def test_the_whole_frame_stays_as_it_is() -> None:
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert np.array_equal(whole((3, 2)).of_map(values), values)
    unaugmented = draw_view(Augmentation(), (3, 2), np.random.default_rng(0))
    assert unaugmented == whole((3, 2))


def test_maps_of_another_resolution_keep_their_values_and_holes() -> None:
    depth = np.array([[1, np.nan], [2, 4]], np.float32)
    seen = whole((4, 4)).of_map(depth)
    assert np.array_equal(seen, np.kron(depth, np.ones((2, 2), np.float32)), equal_nan=True)


def test_every_window_and_both_sides_are_drawn() -> None:
    generator = np.random.default_rng(0)
    augmentation = Augmentation(flip=True, crop=(3, 2))
    views = {draw_view(augmentation, (4, 3), generator) for _ in range(100)}
    assert {(view.window.x, view.window.y, view.flipped) for view in views} == {
        (x, y, flipped) for x in (0, 1) for y in (0, 1) for flipped in (False, True)
    }


@pytest.mark.parametrize("crop", [(5, 2), (2, 4), (0, 2)])
def test_windows_that_do_not_fit(crop: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"crop is \dx\d; 1x1 to 4x3"):
        draw_view(Augmentation(crop=crop), (4, 3), np.random.default_rng(0))


def test_a_size_that_cannot_be_made() -> None:
    with pytest.raises(ValueError, match=r"frames of 12x9 cannot be made \(0, 3\)"):
        resized(np.zeros((9, 12, 3), np.uint8), (0, 3))


def test_points_stay_on_what_they_mark() -> None:
    frame = np.zeros((20, 30, 3), np.uint8)
    frame[7, 11] = 255
    for flipped in (False, True):
        view = View((30, 20), Window(4, 2, 24, 16), flipped)
        (x, y), *_ = view.of_points(np.array([[11.5, 7.5]])).tolist()
        assert view.of_frames(frame)[int(y), int(x)].tolist() == [255, 255, 255]
