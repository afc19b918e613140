"""Human pose, the paper's Table IV."""

from dataclasses import dataclass
from typing import Any, ClassVar, final

from lossproof.metrics import pose as metric
from lossproof.predictions import Poses
from lossproof.records import FrameSize
from lossproof.targets import PoseTarget
from lossproof.tasks.drawing.pose import draw
from lossproof.tasks.fitting import floats, needed, scale
from lossproof.tasks.task import Score, Task


def fit(prediction: Any, frame_size: FrameSize, target: PoseTarget) -> Poses:
    """``keypoints`` and ``scores`` of any object or mapping, in the target's pixels.

    The places are scaled from the frame that the model was given, about the corner of its first
    pixel, half a pixel before that pixel's centre. Raises ValueError.
    """
    keypoints, scores = needed(prediction, "keypoints", "scores")
    found = floats(keypoints, (None, target.keypoints.shape[1], 3), "keypoints").copy()
    found[..., :2] = (found[..., :2] + 0.5) * scale(frame_size, target.frame_size) - 0.5
    return Poses(keypoints=found, scores=floats(scores, (None,), "scores"))


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
