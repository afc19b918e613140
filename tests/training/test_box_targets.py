"""Boxes as a view shows them: mirrored, cut, scaled, and without what is no single object."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossproof.targets import DetectionTarget
from lossproof.training import Augmentation
from lossproof.training.box_targets import boxes_in_view
from lossproof.training.view import View, Window, draw_view, whole


def target(boxes: list[list[float]], **changes: Any) -> DetectionTarget:
    """In a picture of 40x20."""
    count = len(boxes)
    fields: dict[str, Any] = {
        "boxes": np.array(boxes, np.float32).reshape(-1, 4),
        "labels": np.arange(count, dtype=np.int64),
        "areas": np.ones(count, np.float32),
        "crowd": np.zeros(count, bool),
        "difficult": np.zeros(count, bool),
        "num_classes": 9,
        "frame_size": (40, 20),
    }
    return DetectionTarget(**{**fields, **changes})


def test_by_hand() -> None:
    # Twice the size, mirrored, and the window that begins at 20, 4. At that size the first box is
    # 4, 4, 24, 24, mirrored 56, 4, 76, 24, and in the window 36, 0, 56, 20, of which 40 wide is
    # left: 4 of 20, too little. The second is 20, 8, 40, 28, mirrored 40, 8, 60, 28.
    boxes = target([[2, 2, 12, 12], [10, 4, 20, 14]])
    found = boxes_in_view(boxes, View((80, 40), Window(20, 4, 40, 20), flipped=True))
    assert found.boxes.tolist() == [[20, 4, 40, 20]]
    assert found.labels.tolist() == [1]


def test_all_four_corners_turn() -> None:
    # A square of 10 about the middle, turned by 45 degrees, stands on a corner.
    found = boxes_in_view(target([[15, 5, 25, 15]]), replace(whole((40, 20)), degrees=45.0))
    half = 5 * 2**0.5
    assert found.boxes.tolist() == [pytest.approx([20 - half, 10 - half, 20 + half, 10 + half])]


def test_crowds_difficult_objects_and_specks_are_left_out() -> None:
    boxes = target(
        [[0, 0, 9, 9], [0, 0, 8, 8], [1, 1, 5, 5], [3, 3, 3, 9], [3, 3, 9, 3.5], [-1, -1, 41, 21]],
        crowd=np.array([True, *[False] * 5]),
        difficult=np.array([False, True, *[False] * 4]),
    )
    found = boxes_in_view(boxes, whole((40, 20)))
    assert found.labels.tolist() == [2, 5]
    assert found.boxes.tolist() == [[1, 1, 5, 5], [0, 0, 40, 20]]


def test_pictures_without_objects() -> None:
    found = boxes_in_view(target([]), whole((40, 20)))
    assert found.boxes.shape == (0, 4)
    assert found.boxes.dtype == np.float32
    assert found.labels.shape == (0,)


@given(
    x=st.integers(0, 30), y=st.integers(0, 14), wide=st.integers(1, 10), high=st.integers(1, 6),
    seed=st.integers(0, 99), crop=st.booleans(),
)  # fmt: skip
def test_a_box_goes_where_its_pixels_go(
    x: int, y: int, wide: int, high: int, seed: int, crop: bool
) -> None:
    frame = np.zeros((20, 40, 3), np.uint8)
    frame[y : y + high, x : x + wide] = 255
    augmentation = Augmentation(flip=True, crop=(17, 13) if crop else None)
    view = draw_view(augmentation, (40, 20), np.random.default_rng(seed))
    found = boxes_in_view(target([[x, y, x + wide, y + high]]), view)
    rows, columns = np.nonzero(view.of_frames(frame)[..., 0])
    if 4 * len(rows) < wide * high:
        assert len(found.boxes) == 0
    else:
        ends = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        assert found.boxes.tolist() == [ends]
