"""Whatever a model answers, in the target's frame."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from lossproof.predictions import Detections
from lossproof.targets import ActionTarget, DepthTarget, DetectionTarget, PoseTarget, SourceTarget
from lossproof.tasks import action, depth, detection, fidelity, pose

SIZE = (200, 100)


def boxes_target() -> DetectionTarget:
    none = np.zeros(0)
    return DetectionTarget(
        boxes=np.zeros((0, 4), np.float32),
        labels=none.astype(np.int64),
        areas=none.astype(np.float32),
        crowd=none.astype(bool),
        difficult=none.astype(bool),
        num_classes=5,
        frame_size=SIZE,
    )


def people_target() -> PoseTarget:
    return PoseTarget(
        keypoints=np.zeros((0, 17, 3), np.float32),
        boxes=np.zeros((0, 4), np.float32),
        areas=np.zeros(0, np.float32),
        crowd=np.zeros(0, bool),
        frame_size=SIZE,
    )


FIELDS = {"boxes": [[10, 20, 30, 40]], "scores": [0.5], "labels": [3]}


@pytest.mark.parametrize(
    "prediction",
    [
        FIELDS,
        SimpleNamespace(**{name: np.array(value) for name, value in FIELDS.items()}),
        {name: torch.tensor(value) for name, value in FIELDS.items()},
        {**FIELDS, "labels": [3.0], "more": "is not read"},
    ],
    ids=["lists", "arrays of an object", "tensors", "whole floats"],
)
def test_boxes_of_anything_are_scaled_to_the_targets_frame(prediction: object) -> None:
    fitted = detection.fit(prediction, (100, 25), boxes_target())
    assert fitted.boxes.tolist() == [[20, 80, 60, 160]]
    assert (fitted.boxes.dtype, fitted.scores.dtype) == (np.float32, np.float32)
    assert (fitted.scores.tolist(), fitted.labels.tolist()) == ([0.5], [3])


def test_boxes_in_the_targets_frame_are_left_as_they_are() -> None:
    boxes = np.random.default_rng(0).uniform(0, 100, (50, 4)).astype(np.float32)
    given = Detections(boxes, np.zeros(50, np.float32), np.zeros(50, np.int64))
    assert np.array_equal(detection.fit(given, SIZE, boxes_target()).boxes, boxes)


def test_empty_lists_are_no_detections_and_no_people() -> None:
    nothing = detection.fit({"boxes": [], "scores": [], "labels": []}, SIZE, boxes_target())
    assert nothing.boxes.shape == (0, 4)
    nobody = pose.fit({"keypoints": [], "scores": []}, SIZE, people_target())
    assert nobody.keypoints.shape == (0, 17, 3)


@pytest.mark.parametrize(
    ("prediction", "message"),
    [
        ({"boxes": [[0, 0, 1, 1]], "scores": [1]}, "type dict has no labels; boxes, scores, label"),
        (FIELDS | {"boxes": [[1, 2, 3]]}, r"boxes of shape \(1, 3\); \(N, 4\) is allowed"),
        (FIELDS | {"boxes": [[1, 2, 3, 4], [5]]}, "boxes that are no array"),
        (FIELDS | {"scores": torch.ones(1, dtype=torch.bfloat16)}, "scores that are no array"),
        (FIELDS | {"labels": ["car"]}, "labels of type <U3; numbers are allowed"),
        (FIELDS | {"labels": [0.5]}, "labels that are no whole numbers"),
        (FIELDS | {"scores": [[0.5]]}, r"scores of shape \(1, 1\); \(N\) is allowed"),
    ],
)
def test_what_are_no_detections_is_refused(prediction: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        detection.fit(prediction, SIZE, boxes_target())


def test_keypoints_are_scaled_and_their_confidence_is_not() -> None:
    points = np.tile([10.0, 20.0, 0.7], (1, 17, 1))
    fitted = pose.fit({"keypoints": points, "scores": [2.0]}, (100, 100), people_target())
    assert fitted.keypoints[0, 5].tolist() == [20.5, 20.0, np.float32(0.7)]
    with pytest.raises(ValueError, match=r"keypoints of shape \(1, 13, 3\); \(N, 17, 3\)"):
        pose.fit({"keypoints": points[:, :13], "scores": [2.0]}, SIZE, people_target())


def depths(height: int, width: int) -> DepthTarget:
    return DepthTarget(np.full((height, width), 2.0, np.float32))


def test_a_small_depth_map_grows_bilinearly() -> None:
    fitted = depth.fit([[1, 3]], (20, 10), depths(1, 4))
    assert fitted.tolist() == [[1.0, 1.5, 2.5, 3.0]]
    assert fitted.dtype == np.float32


def test_a_depth_map_of_the_targets_size_is_left_as_it_is() -> None:
    given = torch.rand(4, 6)
    assert np.array_equal(depth.fit(given, (60, 40), depths(4, 6)), given.numpy())


@pytest.mark.parametrize(
    ("prediction", "message"),
    [
        (np.ones((6, 4)), r"shape \(6, 4\), turned on its side; \(4, 6\) is allowed"),
        (np.ones((1, 4, 6)), r"depths of shape \(1, 4, 6\); \(N, N\) is allowed"),
        (np.ones((4, 6), complex), "depths of type complex128; numbers are allowed"),
        ([], r"depths of shape \(0, 0\); 1x1 or more is allowed"),
    ],
)
def test_what_is_no_depth_map_is_refused(prediction: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        depth.fit(prediction, (6, 4), depths(8, 12))


def test_plain_logits_are_those_of_the_fusion() -> None:
    target = ActionTarget(0, 2)
    for given in ([0, 1], np.array([0, 1]), torch.tensor([0.0, 1.0])):
        fitted = action.fit(given, SIZE, target)
        assert fitted.fusion is not None
        assert fitted.fusion.tolist() == [0.0, 1.0]
        assert fitted.spatial is fitted.motion is None


def test_streams_are_read_from_what_has_them() -> None:
    fitted = action.fit({"spatial": [1, 2], "motion": None}, SIZE, ActionTarget(0, 2))
    assert fitted.spatial is not None
    assert fitted.spatial.tolist() == [1.0, 2.0]
    assert fitted.motion is fitted.fusion is None
    for nothing in ({"logits": [1, 2]}, 7):
        with pytest.raises(ValueError, match="no logits; those of spatial, motion, fusion"):
            action.fit(nothing, SIZE, ActionTarget(0, 2))


def test_frames_come_to_the_size_of_the_source() -> None:
    sent = np.zeros((2, 20, 30, 3), np.uint8)
    small = np.full((2, 10, 15, 3), 7, np.uint8)
    fitted = fidelity.fit(small, (15, 10), SourceTarget(sent))
    assert fitted.shape == sent.shape
    assert set(np.unique(fitted)) == {7}
    assert fidelity.fit(sent, (30, 20), SourceTarget(sent)) is sent


def test_shrinking_averages_areas() -> None:
    large = np.zeros((2, 2, 3), np.uint8)
    large[0] = 100
    fitted = fidelity.fit(large, (2, 2), SourceTarget(np.zeros((1, 1, 3), np.uint8)))
    assert fitted.tolist() == [[[50, 50, 50]]]


def test_what_are_no_frames_is_refused() -> None:
    with pytest.raises(ValueError, match=r"float64 of shape \(4, 4, 3\); uint8 of shape"):
        fidelity.fit.__wrapped__(
            np.zeros((4, 4, 3)), (4, 4), SourceTarget(np.zeros((4, 4, 3), np.uint8))
        )
