"""Depth from one picture, the paper's Table II."""

from dataclasses import asdict, dataclass
from functools import partial
from typing import Annotated, Any, ClassVar, Literal, final

import cv2
import numpy as np

from lossproof.metrics import depth as metric
from lossproof.records import DepthMap, FrameSize
from lossproof.settings import Within, settings
from lossproof.targets import DepthTarget
from lossproof.tasks.drawing.depth import draw, spread
from lossproof.tasks.fitting import array, floats
from lossproof.tasks.task import Score, Task


def fit(prediction: Any, frame_size: FrameSize, target: DepthTarget) -> DepthMap:
    """A map in metres of any resolution, as an array, tensor or lists, at the target's resolution.

    It is taken there bilinearly: a network may answer at its own resolution, which need not be the
    frame's; but a map of the frame's shape turned on its side is a mistake. Raises ValueError.
    """
    width, height = frame_size
    depth: DepthMap = floats(array(prediction, "depths"), (None, None), "depths")
    if not depth.size:
        raise ValueError(f"prediction has depths of shape {depth.shape}; 1x1 or more is allowed")
    if depth.shape == (width, height) and width != height:
        raise ValueError(
            f"prediction has shape {depth.shape}, turned on its side; {(height, width)} is allowed"
        )
    if depth.shape == target.depth.shape:
        return depth
    rows, columns = target.depth.shape
    return np.asarray(cv2.resize(depth, (columns, rows), interpolation=cv2.INTER_LINEAR))


def as_target(prediction: Any, frame_size: FrameSize, num_classes: int) -> DepthTarget:
    """The depths that a model saw in a source, at its size, NaN where they are none.

    Raises ValueError.
    """
    width, height = frame_size
    depth = fit(prediction, frame_size, DepthTarget(np.ones((height, width), np.float32)))
    known = np.isfinite(depth) & (depth > 0)
    return DepthTarget(np.where(known, depth, np.float32(np.nan)))


def span(target: DepthTarget) -> tuple[float, float] | None:
    """Of the colours of what models say of a sample: its true depths', where any is known."""
    return spread(target.depth) if np.isfinite(target.depth).any() else None


@final
@dataclass(frozen=True, kw_only=True)
class Depth:
    """Metres for every pixel.

    Target pixels beyond ``min_depth`` and ``cap`` are not scored, and predictions are clipped to
    them; ``crop`` is where KITTI is scored; with ``median_scaling`` the scale of each picture is
    forgiven, as relative networks need it.
    """

    name: ClassVar[str] = "depth"
    min_depth: Annotated[float, Within(1e-6, 1e6)] = 0.001
    cap: Annotated[float, Within(1e-6, 1e6)] = 80.0
    crop: Literal["none", "garg", "eigen"] = "none"
    median_scaling: bool = False

    def task(self) -> Task:
        """Raises ValueError when the least depth is not below the cap."""
        protocol = metric.Protocol(**asdict(self))
        return Task(
            name=self.name,
            metric=metric.VERSION,
            validate=metric.validate,
            sample_stat=partial(metric.sample_stat, protocol=protocol),
            summarise=metric.summarise,
            fit=fit,
            draw=draw,
            scores=_SCORES,
            columns=("abs_rel", "sq_rel", "rmse"),
            headline="rmse",
            as_target=as_target,
            own_headline="delta1",
            span=None if self.median_scaling else span,
            settings=settings(self),
        )


_DIGITS = 4  # as in the paper


def _both(name: str, heading: str, unit: str) -> tuple[Score, Score]:
    """Pooled, and averaged over the pictures."""
    return (
        Score(name, heading, "lower", unit, _DIGITS),
        Score(f"{name}_per_image", f"{heading} per image", "lower", unit, _DIGITS),
    )


_DELTAS = [(f"delta{power}", f"δ < 1.25^{power}") for power in (1, 2, 3)]
_SCORES = (
    *_both("abs_rel", "Abs Rel", ""),
    *_both("sq_rel", "Sq Rel", "m"),
    *_both("rmse", "RMSE", "m"),
    *_both("rmse_log", "RMSE log", ""),
    Score("sq_rel_normalised", "Sq Rel / cap", "lower", "", _DIGITS),
    Score("rmse_normalised", "RMSE / cap", "lower", "", _DIGITS),
    *(Score(name, heading) for name, heading in _DELTAS),
    *(Score(f"{name}_per_image", f"{heading} per image") for name, heading in _DELTAS),
)
