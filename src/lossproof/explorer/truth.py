"""What a model said of the source, taken for the truth: for files whose truth nobody knows."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from jaxtyping import Bool, Float32

from lossproof.records import Frames, FrameSize
from lossproof.resizing import frame_size_of
from lossproof.targets import (
    ActionTarget,
    DepthTarget,
    DetectionTarget,
    PoseTarget,
    SegmentationTarget,
)
from lossproof.tasks import Task
from lossproof.tasks.drawing.detection import LEAST_SCORE

_MOST_CLASSES = {"segmentation": 255, "detection": 1000, "action": 1000}
"""As many as any model may have, where no dataset says how many there are."""
_NUM_KEYPOINTS = 17


def taken_for_truth(task: Task, prediction: Any, frames: Frames) -> Any:
    """The target of a task that this prediction on ``frames``, the source, would meet.

    Of detections those count that are drawn. Raises ValueError for a prediction that is none of the
    task's, and for a task whose truth a model cannot say.
    """
    if task.name not in _MADE:
        raise ValueError(f"{task.name} needs a truth; {', '.join(_MADE)} are allowed")
    empty, made = _MADE[task.name]
    size = frame_size_of(frames)
    return made(task.fit(prediction, size, empty(size)), size)


def _no_classes(size: FrameSize) -> SegmentationTarget:
    return SegmentationTarget(
        np.zeros((size[1], size[0]), np.uint8), num_classes=_MOST_CLASSES["segmentation"]
    )


def _classes(fitted: Any, size: FrameSize) -> SegmentationTarget:
    return SegmentationTarget(fitted.astype(np.uint8), num_classes=_MOST_CLASSES["segmentation"])


def _no_depth(size: FrameSize) -> DepthTarget:
    return DepthTarget(np.full((size[1], size[0]), np.nan, np.float32))


def _depth(fitted: Any, size: FrameSize) -> DepthTarget:
    known = np.isfinite(fitted) & (fitted > 0)
    return DepthTarget(np.where(known, fitted, np.nan).astype(np.float32))


def _objects(boxes: Float32[np.ndarray, "n 4"], labels: Any, size: FrameSize) -> DetectionTarget:
    return DetectionTarget(
        boxes=boxes,
        labels=labels,
        areas=_areas(boxes),
        crowd=_none(len(boxes)),
        difficult=_none(len(boxes)),
        num_classes=_MOST_CLASSES["detection"],
        frame_size=size,
    )


def _no_objects(size: FrameSize) -> DetectionTarget:
    return _objects(np.zeros((0, 4), np.float32), np.zeros(0, np.int64), size)


def _detected(fitted: Any, size: FrameSize) -> DetectionTarget:
    seen = fitted.scores >= LEAST_SCORE
    return _objects(fitted.boxes[seen], fitted.labels[seen], size)


def _people(keypoints: Float32[np.ndarray, "n k 3"], size: FrameSize) -> PoseTarget:
    found = keypoints[..., 2] > 0
    places = np.where(found[..., None], keypoints[..., :2], np.nan)
    kept = found.any(axis=1)
    low, high = np.nanmin(places[kept], axis=1), np.nanmax(places[kept], axis=1)
    boxes = np.concatenate([low, high + 1], axis=1).astype(np.float32).reshape(-1, 4)
    visible = np.where(found[kept], 2, 0)[..., None]
    return PoseTarget(
        keypoints=np.concatenate([keypoints[kept, :, :2], visible], axis=2).astype(np.float32),
        boxes=boxes,
        areas=_areas(boxes),
        crowd=_none(len(boxes)),
        frame_size=size,
    )


def _nobody(size: FrameSize) -> PoseTarget:
    return _people(np.zeros((0, _NUM_KEYPOINTS, 3), np.float32), size)


def _posed(fitted: Any, size: FrameSize) -> PoseTarget:
    return _people(fitted.keypoints, size)


def _no_action(size: FrameSize) -> ActionTarget:
    return ActionTarget(0, 1)


def _acted(fitted: Any, size: FrameSize) -> ActionTarget:
    streams = (fitted.fusion, fitted.spatial, fitted.motion)
    logits = next(stream for stream in streams if stream is not None)
    return ActionTarget(int(np.argmax(logits)), len(logits))


def _areas(boxes: Float32[np.ndarray, "n 4"]) -> Float32[np.ndarray, " n"]:
    sides = boxes[:, 2:] - boxes[:, :2]
    areas: Float32[np.ndarray, " n"] = (sides[:, 0] * sides[:, 1]).astype(np.float32)
    return areas


def _none(count: int) -> Bool[np.ndarray, " n"]:
    return np.zeros(count, bool)


Empty = Callable[[FrameSize], Any]
Made = Callable[[Any, FrameSize], Any]
_MADE: Mapping[str, tuple[Empty, Made]] = {
    "segmentation": (_no_classes, _classes),
    "depth": (_no_depth, _depth),
    "detection": (_no_objects, _detected),
    "pose": (_nobody, _posed),
    "action": (_no_action, _acted),
}
"""For each task a target that a prediction is fitted to, and the target made of it."""
