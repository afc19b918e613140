"""Keypoints as COCO's annotators mark them: none of the small, none of a hidden face."""

import numpy as np
import pytest

from lossproof.tinytown.marking import SMALLEST_MARKED, marked


def all_of(visibility: int) -> np.ndarray:
    places = np.arange(34, dtype=np.float32).reshape(17, 2) + 1
    return np.column_stack([places, np.full(17, visibility, np.float32)])


@pytest.mark.parametrize("area", [1, SMALLEST_MARKED - 1])
def test_small_people_have_none(area: int) -> None:
    assert not marked(all_of(2), area=area).any()


def test_what_is_seen_is_marked_as_it_is() -> None:
    np.testing.assert_array_equal(marked(all_of(2), area=SMALLEST_MARKED), all_of(2))


def test_of_what_is_hidden_the_body_is_marked_and_the_face_is_not() -> None:
    found = marked(all_of(1), area=5000)
    assert not found[:5].any()
    np.testing.assert_array_equal(found[5:], all_of(1)[5:])


def test_outside_the_frame_nothing_is() -> None:
    assert not marked(all_of(0), area=5000).any()
