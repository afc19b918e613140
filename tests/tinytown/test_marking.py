"""Keypoints as COCO's annotators mark them: none of the small, none of what a head hides."""

import numpy as np
import pytest

from lossproof.tinytown.marking import SMALLEST_MARKED, marked_keypoints
from lossproof.tinytown.truth import THINGS, Thing


def person(*, area: int, keypoints: np.ndarray | None) -> Thing:
    box = np.array([0, 0, 40, 40], np.float32)
    return Thing(instance=1, label=THINGS.index("person"), box=box, area=area, keypoints=keypoints)


def all_of(visibility: int) -> np.ndarray:
    places = np.arange(34, dtype=np.float32).reshape(17, 2) + 1
    return np.column_stack([places, np.full(17, visibility, np.float32)])


@pytest.mark.parametrize("area", [1, SMALLEST_MARKED - 1])
def test_small_people_have_none(area: int) -> None:
    assert not marked_keypoints(person(area=area, keypoints=all_of(2))).any()


def test_what_is_seen_is_marked_as_it_is() -> None:
    marked = marked_keypoints(person(area=SMALLEST_MARKED, keypoints=all_of(2)))
    np.testing.assert_array_equal(marked, all_of(2))


def test_of_what_is_hidden_the_body_is_marked_and_the_face_is_not() -> None:
    marked = marked_keypoints(person(area=5000, keypoints=all_of(1)))
    assert not marked[:5].any()
    np.testing.assert_array_equal(marked[5:], all_of(1)[5:])


def test_outside_the_frame_nothing_is() -> None:
    nowhere = np.zeros((17, 3), np.float32)
    assert not marked_keypoints(person(area=5000, keypoints=nowhere)).any()
    assert not marked_keypoints(person(area=5000, keypoints=None)).any()
