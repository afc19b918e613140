"""Views: frames and maps are mirrored and cut alike."""

from typing import Any

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


warped = st.builds(
    View,
    frame_size=st.just((60, 40)),
    window=st.builds(
        Window, x=st.integers(-9, 9), y=st.integers(-9, 9), width=st.just(48), height=st.just(32)
    ),
    flipped=st.booleans(),
    scale=st.floats(0.5, 2.0),
    degrees=st.floats(-180, 180),
)


@given(view=warped, x=st.floats(14, 46), y=st.floats(10, 30))
def test_warped_points_stay_on_what_they_mark(view: View, x: float, y: float) -> None:
    """A hill's middle is where its point goes, and a map's border runs along its points."""
    down, across = np.mgrid[:40, :60] + 0.5
    hill = 200 * np.exp(-((across - x) ** 2 + (down - y) ** 2) / 18)
    seen = view.of_frames(np.repeat(hill.astype(np.uint8)[..., None], 3, axis=2))
    assert seen.shape == (32, 48, 3)
    ((found_x, found_y),) = view.of_points(np.array([[x, y]]))
    if 12 < found_x < 36 and 12 < found_y < 20:
        inside = seen[..., 0].astype(float)
        inside[abs(inside - 128) < 1] = 0  # what lies beyond the frame
        rows, columns = np.mgrid[:32, :48] + 0.5
        near = np.hypot(columns - found_x, rows - found_y) < 6 * view.scale
        weights = inside * near
        assert (weights * columns).sum() / weights.sum() == pytest.approx(found_x, abs=0.7)
        assert (weights * rows).sum() / weights.sum() == pytest.approx(found_y, abs=0.7)


@given(view=warped)
def test_a_warped_map_holds_the_values_that_points_come_from(view: View) -> None:
    """Every pixel's own number arrives within a pixel of where its middle goes."""
    numbers = np.arange(60 * 40, dtype=np.float32).reshape(40, 60)
    seen = view.of_map(numbers)
    rows, columns = np.nonzero(np.isfinite(seen))
    came = seen[rows, columns].astype(int)
    middles = np.stack([came % 60 + 0.5, came // 60 + 0.5], axis=1)
    away = view.of_points(middles) - np.stack([columns + 0.5, rows + 0.5], axis=1)
    assert np.abs(away).max(initial=0) <= 0.75 * max(1.0, view.scale)
    beyond = view.of_map(numbers.astype(np.uint8) % 7) == 255
    assert np.array_equal(beyond, np.isnan(seen))


def test_a_quarter_turn_by_hand() -> None:
    """Clockwise, what was at the left is at the top."""
    values = np.arange(9, dtype=np.uint8).reshape(3, 3)
    view = View((3, 3), Window(0, 0, 3, 3), degrees=90.0)
    assert view.of_map(values).tolist() == [[6, 3, 0], [7, 4, 1], [8, 5, 2]]
    mirrored = View((3, 3), Window(0, 0, 3, 3), flipped=True, degrees=90.0)
    assert mirrored.of_map(values).tolist() == [[8, 5, 2], [7, 4, 1], [6, 3, 0]]


def test_a_height_a_scale_and_a_turn_are_drawn() -> None:
    augmentation = Augmentation(height=20, scale=(0.5, 1.5), rotate=30, crop=(25, 25))
    generator = np.random.default_rng(0)
    views = [draw_view(augmentation, (60, 40), generator) for _ in range(200)]
    scales, degrees = ([getattr(view, name) for view in views] for name in ("scale", "degrees"))
    assert 0.25 <= min(scales) < 0.27
    assert 0.73 < max(scales) <= 0.75
    assert -30 <= min(degrees) < -28
    assert 28 < max(degrees) <= 30
    assert {(view.window.width, view.window.height) for view in views} == {(25, 25)}
    # Frames that are smaller than the window lie in it whole, larger ones fill it.
    for view in views:
        room = round(60 * view.scale) - 25
        assert min(0, room) <= view.window.x <= max(0, room)
    still = draw_view(Augmentation(height=20), (60, 40), generator)
    assert still == View((60, 40), Window(0, 0, 30, 20), scale=0.5)


def test_what_is_beyond_a_frame_is_grey() -> None:
    view = View((8, 8), Window(-8, 0, 24, 16), scale=2.0)
    seen = view.of_frames(np.zeros((8, 8, 3), np.uint8))
    assert (seen[:, :4] == 128).all()
    assert not seen[4:-4, 12:20].any()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"height": 0}, "height is 0; 1 or more"),
        ({"scale": (0.0, 1.0)}, "scale is 0 to 1; 0 < low"),
        ({"scale": (2.0, 1.0)}, "scale is 2 to 1; 0 < low"),
        ({"rotate": -1.0}, "rotate is -1; 0 to 180"),
    ],
)
def test_augmentations_that_are_not_allowed(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Augmentation(**fields)


def test_motion_is_mirrored_with_its_place() -> None:
    """Right of 1, 2, 3 px in three columns; down everywhere 5."""
    right = np.array([[1, 2, 3]], np.float32)
    flow = np.stack([right, np.full_like(right, 5)], axis=-1)[None]
    seen = View((3, 1), Window(1, 0, 2, 1), flipped=True).of_flow(flow)
    assert seen.tolist() == [[[[-2, 5], [-1, 5]]]]
    assert whole((3, 1)).of_flow(flow).tolist() == flow.tolist()


@given(view=warped)
def test_warped_flow_leads_where_points_lead(view: View) -> None:
    """Everything moves by one vector, which the map turns, scales and mirrors like any other."""
    step = np.array([1.5, -0.75], np.float32)
    flow = np.broadcast_to(step, (1, 40, 60, 2)).copy()
    ends = view.of_points(np.array([[30.0, 20.0], [31.5, 19.25]]))
    seen = view.of_flow(flow)[0]
    ((x, y), _) = ends
    if 4 < x < 44 and 4 < y < 28:
        np.testing.assert_allclose(seen[int(y), int(x)], ends[1] - ends[0], atol=1e-4)


def test_a_window_beyond_a_frame_that_keeps_its_size() -> None:
    """The scale drawn may happen to be 1: the frame then lies in the window as at any other."""
    augmentation = Augmentation(height=12, crop=(12, 12))
    view = draw_view(augmentation, (8, 12), np.random.default_rng(3))
    assert view.scale == 1
    frame = np.full((12, 8, 3), 7, np.uint8)
    seen = view.of_frames(frame)
    assert seen.shape == (12, 12, 3)
    assert (seen == 7).all(axis=2).sum() == 8 * 12
    ((x, y),) = view.of_points(np.array([[0.5, 0.5]]))
    assert seen[int(y), int(x)].tolist() == [7, 7, 7]
    assert seen[int(y), int(x) + 8 if x < 4 else int(x) - 1].tolist() == [128, 128, 128]


@given(
    across=st.floats(0.0, 1.0),
    down=st.floats(0.0, 1.0),
    flip=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_crop_around_a_thing_has_it(across: float, down: float, *, flip: bool, seed: int) -> None:
    things = np.array([[across, down]])
    augmentation = Augmentation(flip=flip, crop=(40, 30), around=True)
    generator = np.random.default_rng(seed)
    view = draw_view(augmentation, (120, 90), generator, things=things)
    x, y = view.of_points(things * (120, 90))[0]
    assert 0 <= x <= 40
    assert 0 <= y <= 30
    if 40 <= things[0, 0] * 120 <= 80:  # far enough from the border
        assert 9 <= x <= 31


@pytest.mark.parametrize("seed", range(20))
def test_a_crop_around_a_thing_has_it_however_it_is_turned(seed: int) -> None:
    things = np.array([[0.2, 0.5]])
    augmentation = Augmentation(
        flip=True, crop=(60, 60), scale=(0.8, 1.5), rotate=90.0, around=True
    )
    view = draw_view(augmentation, (400, 100), np.random.default_rng(seed), things=things)
    x, y = view.of_points(things * (400, 100))[0]
    beyond = view.scale * 150  # a turned thing may lie beyond the frame, where no window begins
    assert -beyond <= y <= 60 + beyond
    assert 0 <= x <= 60


def test_without_things_a_crop_is_anywhere() -> None:
    augmentation = Augmentation(crop=(2, 2), around=True)
    none = np.empty((0, 2))
    one, other = (
        draw_view(augmentation, (40, 30), np.random.default_rng(5), things=things)
        for things in (None, none)
    )
    assert one == other
