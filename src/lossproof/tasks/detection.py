"""Object detection, the paper's Table III."""

from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np

from lossproof.metrics import detection as metric
from lossproof.predictions import Detections
from lossproof.records import FrameSize
from lossproof.targets import DetectionTarget
from lossproof.tasks.drawing.detection import draw
from lossproof.tasks.fitting import floats, integers, needed, scale
from lossproof.tasks.task import Score, Task

SURE = 0.5
"""The score from which on a model's own detection is taken for an object, as in distillation."""


def fit(prediction: Any, frame_size: FrameSize, target: DetectionTarget) -> Detections:
    """``boxes``, ``scores`` and ``labels`` of any object or mapping, in the target's pixels.

    The boxes are scaled from the frame that the model was given. Raises ValueError.
    """
    boxes, scores, labels = needed(prediction, "boxes", "scores", "labels")
    factors = np.tile(scale(frame_size, target.frame_size), 2)
    return Detections(
        boxes=floats(boxes, (None, 4), "boxes") * factors,
        scores=floats(scores, (None,), "scores"),
        labels=integers(labels, "labels"),
    )


def as_target(prediction: Any, frame_size: FrameSize, num_classes: int) -> DetectionTarget:
    """The objects of which a model was sure in a source, those that score ``SURE`` or more.

    Boxes of no area match nothing, and are left out. Raises ValueError.
    """
    found = fit(prediction, frame_size, _nothing(frame_size, num_classes))
    metric.validate(found, _nothing(frame_size, num_classes))
    sure = (found.scores >= SURE) & (found.boxes[:, :2] < found.boxes[:, 2:]).all(axis=1)
    boxes = found.boxes[sure].astype(np.float32)
    return DetectionTarget(
        boxes=boxes,
        labels=found.labels[sure].astype(np.int64),
        areas=np.prod(boxes[:, 2:] - boxes[:, :2], axis=1),
        crowd=np.zeros(len(boxes), bool),
        difficult=np.zeros(len(boxes), bool),
        num_classes=num_classes,
        frame_size=frame_size,
    )


def _nothing(frame_size: FrameSize, num_classes: int) -> DetectionTarget:
    none = np.zeros(0, bool)
    return DetectionTarget(
        boxes=np.zeros((0, 4), np.float32),
        labels=np.zeros(0, np.int64),
        areas=np.zeros(0, np.float32),
        crowd=none,
        difficult=none,
        num_classes=num_classes,
        frame_size=frame_size,
    )


@final
@dataclass(frozen=True)
class Detection:
    """Boxes with a class and a score; the metric has no settings."""

    name: ClassVar[str] = "detection"

    def task(self) -> Task:
        return Task(
            name=self.name,
            metric=metric.VERSION,
            validate=metric.validate,
            sample_stat=metric.sample_stat,
            summarise=metric.summarise,
            fit=fit,
            draw=draw,
            scores=(
                Score("ap", "mAP"),
                Score("ap50", "AP50"),
                Score("ap75", "AP75"),
                *(Score(f"ap_{size}", f"AP {size}") for size in ("small", "medium", "large")),
                *(Score(f"ar{cap}", f"AR{cap}") for cap in (1, 10, 100)),
                *(Score(f"ar_{size}", f"AR {size}") for size in ("small", "medium", "large")),
                Score("voc_ap", "VOC AP"),
                Score("voc_ap_11point", "VOC07 AP"),
            ),
            columns=("ap", "ap50"),
            headline="ap",
            quick=metric.headline,
            as_target=as_target,
        )
