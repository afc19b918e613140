"""Segmentation as a task: into the target's frame, and drawn."""

import numpy as np
import pytest

from lossproof.targets import SegmentationTarget
from lossproof.tasks import TASKS, Legend, TaskKind, make_task
from lossproof.tasks.segmentation import draw, fit, key


def target(height: int, width: int) -> SegmentationTarget:
    return SegmentationTarget(np.zeros((height, width), np.uint8), 5)


def test_a_map_of_the_targets_size_is_left_as_it_is() -> None:
    prediction = np.arange(6).reshape(2, 3) % 5
    assert fit(prediction, (3, 2), target(2, 3)) is prediction


def test_a_smaller_map_is_repeated_not_mixed() -> None:
    fitted = fit(np.array([[0, 4], [2, 3]]), (2, 2), target(4, 4))
    assert fitted.tolist() == [[0, 0, 4, 4], [0, 0, 4, 4], [2, 2, 3, 3], [2, 2, 3, 3]]


def test_a_larger_map_keeps_only_its_own_classes() -> None:
    prediction = np.random.default_rng(0).integers(0, 2, (30, 50)) * 4
    assert set(np.unique(fit(prediction, (50, 30), target(7, 9)))) <= {0, 4}


def test_a_map_on_its_side_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(6, 4\), turned on its side; \(4, 6\) is allowed"):
        fit(np.zeros((6, 4), int), (6, 4), target(4, 6))


def test_probabilities_are_no_class_map() -> None:
    with pytest.raises(ValueError, match=r"shape \(5, 4, 6\); a class map \(height, width\)"):
        fit.__wrapped__(np.zeros((5, 4, 6), int), (6, 4), target(4, 6))


def test_drawing_mixes_each_class_colour_half_into_the_frame() -> None:
    frame = np.full((2, 2, 3), 100, np.uint8)
    drawn = draw(
        frame, np.array([[0, 1], [1, 255]]), Legend(("a", "b"), ((0, 0, 0), (200, 100, 0)))
    )
    assert drawn.tolist() == [
        [[50, 50, 50], [150, 100, 50]],
        [[150, 100, 50], [100, 100, 100]],
    ]


def test_the_key_names_the_classes_that_are_there() -> None:
    legend = Legend(("a", "b", "c"), ((0, 0, 0), (200, 100, 0), (9, 9, 9)))
    assert key(np.array([[2, 1], [1, 255]]), legend) == {"b": (200, 100, 0), "c": (9, 9, 9)}
    assert list(key(np.array([[2, 0]]), Legend(("a", "b", "c")))) == ["a", "c"]


def test_without_colours_of_the_dataset_classes_get_some_that_all_can_tell_apart() -> None:
    frame = np.full((1, 3, 3), 100, np.uint8)
    first, second, ignored = draw(frame, np.array([[0, 1, 255]]), Legend(("a", "b")))[0].tolist()
    assert first != second
    assert ignored == [100, 100, 100]


@pytest.mark.parametrize("kind", TASKS, ids=lambda kind: kind.name)
def test_every_task_is_found_by_its_name_and_shows_its_headline(kind: type[TaskKind]) -> None:
    entry = make_task(kind.name)
    assert entry.name == kind.name
    assert entry.headline in entry.columns
    assert any(character.isdigit() for character in entry.metric)


def test_an_unknown_task_is_answered_with_the_known() -> None:
    with pytest.raises(
        ValueError, match=r"unknown task 'segmentatoin'.*did you mean 'segmentation'"
    ):
        make_task("segmentatoin")
