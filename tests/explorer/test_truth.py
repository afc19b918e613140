"""A prediction that is taken for the truth meets it, and another one meets it less."""

import math

import numpy as np
import pytest

from lossproof.explorer.scene import own_score
from lossproof.explorer.truth import taken_for_truth
from lossproof.predictions import Detections, Poses
from lossproof.tasks import parse_task

from .worlds import SIZE, answers

FRAME = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)


@pytest.mark.parametrize("name", answers())
def test_what_is_taken_for_the_truth_is_met(name: str) -> None:
    task, prediction = parse_task(name), answers()[name]
    target = taken_for_truth(task, prediction, FRAME)
    fitted = task.fit(prediction, SIZE, target)
    task.validate(fitted, target)
    perfect = 1.0 if task.score(task.headline).higher_is_better else 0.0
    assert own_score(task, task.sample_stat(fitted, target)) == pytest.approx(perfect, abs=1e-6)


def test_another_prediction_agrees_less() -> None:
    task, prediction = parse_task("segmentation"), answers()["segmentation"]
    target = taken_for_truth(task, prediction, FRAME)
    other = (prediction + (np.arange(SIZE[0]) < 10)) % 4
    score = own_score(task, task.sample_stat(task.fit(other, SIZE, target), target))
    assert 0.5 < score < 1


def test_a_class_that_the_source_has_not_is_allowed() -> None:
    task = parse_task("segmentation")
    target = taken_for_truth(task, np.zeros((SIZE[1], SIZE[0]), int), FRAME)
    task.validate(np.full((SIZE[1], SIZE[0]), 200), target)


@pytest.mark.parametrize(
    ("name", "nothing"),
    [
        ("detection", Detections(np.zeros((0, 4)), np.zeros(0), np.zeros(0, int))),
        ("pose", Poses(np.zeros((0, 17, 3)), np.zeros(0))),
    ],
)
def test_where_nothing_was_found_there_is_no_score(name: str, nothing: object) -> None:
    task = parse_task(name)
    target = taken_for_truth(task, nothing, FRAME)
    fitted = task.fit(nothing, SIZE, target)
    assert math.isnan(own_score(task, task.sample_stat(fitted, target)))


def test_a_task_without_a_truth_to_say_is_refused() -> None:
    with pytest.raises(ValueError, match="fidelity needs a truth; segmentation, depth, detection"):
        taken_for_truth(parse_task("fidelity"), FRAME, FRAME)
