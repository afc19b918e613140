"""Human pose, the paper's Table IV."""

from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np

from lossproof.metrics import pose as metric
from lossproof.metrics.keypoints import NUM_KEYPOINTS
from lossproof.metrics.matching import best_first
from lossproof.predictions import Poses
from lossproof.records import FrameSize
from lossproof.targets import PoseTarget
from lossproof.tasks.drawing.pose import draw
from lossproof.tasks.fitting import floats, needed, scale
from lossproof.tasks.task import Score, Task

SURE = 0.3
"""The share of the best score in a picture from which on a person is taken for one."""
FEWEST_KEYPOINTS = 3


def fit(prediction: Any, frame_size: FrameSize, target: PoseTarget) -> Poses:
    """``keypoints`` and ``scores`` of any object or mapping, in the target's pixels.

    The places are scaled from the frame that the model was given, about the corner of its first
    pixel, half a pixel before that pixel's centre. Raises ValueError.
    """
    keypoints, scores = needed(prediction, "keypoints", "scores")
    found = floats(keypoints, (None, target.keypoints.shape[1], 3), "keypoints").copy()
    found[..., :2] = (found[..., :2] + 0.5) * scale(frame_size, target.frame_size) - 0.5
    return Poses(keypoints=found, scores=floats(scores, (None,), "scores"))


def as_target(prediction: Any, frame_size: FrameSize, num_classes: int) -> PoseTarget:
    """The people of whom a model was sure in a source, with the keypoints that it found.

    Those whose score is ``SURE`` or more of the best in the picture, and no more of them than are
    scored: models rank people by scores of any scale. The box around the keypoints takes the place
    of the outline. Raises ValueError.
    """
    found = fit(prediction, frame_size, _people(np.zeros((0, NUM_KEYPOINTS, 3)), frame_size))
    metric.validate(found, _people(np.zeros((0, NUM_KEYPOINTS, 3)), frame_size))
    seen = (found.keypoints[..., 2] > 0).sum(axis=1) >= FEWEST_KEYPOINTS
    sure = found.scores >= SURE * found.scores.max(initial=0.0)
    taken = np.zeros(len(seen), bool)
    taken[best_first(found.scores)[: metric.MOST_SCORED]] = True
    return _people(found.keypoints[seen & sure & taken], frame_size)


def _people(keypoints: Any, frame_size: FrameSize) -> PoseTarget:
    people = keypoints.astype(np.float32)
    there = people[..., 2:] > 0
    low = np.where(there, people[..., :2], np.inf).min(axis=1)
    high = np.where(there, people[..., :2], -np.inf).max(axis=1)
    return PoseTarget(
        keypoints=np.concatenate([people[..., :2], 2 * there], axis=2).astype(np.float32),
        boxes=np.concatenate([low, high], axis=1).astype(np.float32),
        areas=np.prod(high - low, axis=1).astype(np.float32),
        crowd=np.zeros(len(people), bool),
        frame_size=frame_size,
    )


@final
@dataclass(frozen=True)
class Pose:
    """Keypoints of people; the metric has no settings."""

    name: ClassVar[str] = "pose"

    def task(self) -> Task:
        return Task(
            name=self.name,
            metric=metric.VERSION,
            validate=metric.validate,
            sample_stat=metric.sample_stat,
            summarise=metric.summarise,
            fit=fit,
            draw=draw,
            scores=_SCORES,
            columns=("oks_ap", "oks_ap50"),
            headline="oks_ap",
            quick=metric.headline,
            as_target=as_target,
        )


_HEADINGS = {
    "ap": "AP",
    "ap50": "AP50",
    "ap75": "AP75",
    "ap_medium": "AP medium",
    "ap_large": "AP large",
    "ar": "AR",
    "ar_medium": "AR medium",
    "ar_large": "AR large",
}
_SCORES = (
    *(Score(f"oks_{name}", heading) for name, heading in _HEADINGS.items()),
    *(Score(f"oks_{name}_people", f"{heading} people") for name, heading in _HEADINGS.items()),
)
