"""What a model says of a source, as a target: against it the same prediction is perfect."""

from typing import Any

import numpy as np
import pytest

from lossproof.predictions import Detections, Poses, StreamLogits
from lossproof.tasks import TASKS, make_task

SIZE = (64, 48)
GENERATOR = np.random.default_rng(0)
KEYPOINTS = np.concatenate(
    [GENERATOR.uniform(0, 48, (3, 17, 2)), GENERATOR.integers(0, 2, (3, 17, 1))], axis=2
).astype(np.float32)
BOXES = np.array([[0, 0, 20, 20], [10, 10, 40, 30], [5, 5, 60, 40]], np.float32)
PREDICTIONS: dict[str, Any] = {
    "segmentation": GENERATOR.integers(0, 5, (24, 32)),
    "depth": GENERATOR.uniform(1, 5, (48, 64)).astype(np.float32),
    "detection": Detections(BOXES, np.array([0.9, 0.5, 0.1]), np.array([0, 1, 1])),
    "pose": Poses(KEYPOINTS, np.array([0.9, 0.8, 0.1])),
    "action": StreamLogits(fusion=np.array([0.1, 2.0, 1.0], np.float32)),
}


@pytest.mark.parametrize("name", [kind.name for kind in TASKS if kind.name != "fidelity"])
def test_the_same_prediction_is_perfect(name: str) -> None:
    task = make_task(name).by_model()
    assert task.as_target is not None
    prediction = PREDICTIONS[name]
    target = task.as_target(prediction, SIZE, 5)
    fitted = task.fit(prediction, SIZE, target)
    task.validate(fitted, target)
    stat = task.sample_stat(fitted, target)
    stats = {
        key: value if hasattr(value, "counts") else np.asarray(value)[None]
        for key, value in stat.items()
    }
    found = task.summarise(stats, None)
    assert found[task.headline] == pytest.approx([1.0])
    assert task.score(task.headline).higher_is_better


def test_depth_is_told_by_what_is_defined() -> None:
    """The error of the source is 0, of which nothing is a share."""
    task = make_task("depth").by_model()
    assert task.headline == "delta1"
    assert "delta1" in task.columns
    assert make_task("depth").headline == "rmse"


def test_what_a_detector_is_not_sure_of_is_no_object() -> None:
    task = make_task("detection")
    assert task.as_target is not None
    assert task.as_target(PREDICTIONS["detection"], SIZE, 5).labels.tolist() == [0, 1]
    nothing = Detections(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.int64))
    assert task.as_target(nothing, SIZE, 5).labels.size == 0


def test_a_box_of_no_area_is_no_object() -> None:
    task = make_task("detection")
    assert task.as_target is not None
    boxes = np.array([[1.0, 1, 5, 5], [3, 1, 3, 5]])
    flat = Detections(boxes, np.array([0.8, 0.9]), np.array([0, 1]))
    assert task.as_target(flat, SIZE, 5).labels.tolist() == [0]


def test_no_more_people_than_are_scored() -> None:
    task = make_task("pose")
    assert task.as_target is not None
    people = np.repeat(KEYPOINTS[:1], 25, axis=0)
    crowd = Poses(people, np.linspace(0.5, 1, 25))
    assert len(task.as_target(crowd, SIZE, 0).keypoints) == 20


def test_people_are_those_near_the_best_score() -> None:
    task = make_task("pose")
    assert task.as_target is not None
    target = task.as_target(PREDICTIONS["pose"], SIZE, 0)
    assert len(target.keypoints) == 2
    assert ((target.keypoints[..., 2] > 0) == (KEYPOINTS[:2, :, 2] > 0)).all()
    assert (target.areas > 0).all()


def test_unknown_depths_stay_unknown() -> None:
    task = make_task("depth")
    assert task.as_target is not None
    depth = np.array([[1.0, -1.0], [np.nan, np.inf]], np.float32)
    target = task.as_target(depth, (2, 2), 0)
    assert np.isfinite(target.depth).tolist() == [[True, False], [False, False]]


def test_too_many_classes_are_refused() -> None:
    task = make_task("segmentation")
    assert task.as_target is not None
    with pytest.raises(ValueError, match="0 to 2 are allowed"):
        task.as_target(PREDICTIONS["segmentation"], SIZE, 3)
