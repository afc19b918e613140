"""Action recognition with two streams, the paper's Table V."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np
from jaxtyping import Float32

from lossproof.metrics import action as metric
from lossproof.predictions import StreamLogits, field_of
from lossproof.records import FrameSize
from lossproof.targets import ActionTarget
from lossproof.tasks.drawing.action import draw
from lossproof.tasks.fitting import array, floats
from lossproof.tasks.task import Score, Task


def fit(prediction: Any, frame_size: FrameSize, target: ActionTarget) -> StreamLogits:
    """The logits ``spatial``, ``motion`` and ``fusion`` of any object or mapping that has some.

    An array, tensor or list of logits is taken for ``fusion`` alone. Logits have no place in the
    frame, so that its size does not matter. Raises ValueError.
    """
    given = {name: field_of(prediction, name) for name in metric.STREAMS}
    if all(value is None for value in given.values()):
        if isinstance(prediction, Mapping) or not hasattr(prediction, "__len__"):
            raise ValueError(
                f"prediction of type {type(prediction).__name__} has no logits; "
                f"those of {', '.join(metric.STREAMS)} are allowed"
            )
        given["fusion"] = prediction
    return StreamLogits(**{name: _logits(value, name) for name, value in given.items()})


def _logits(value: Any, name: str) -> Float32[np.ndarray, " c"] | None:
    if value is None:
        return None
    return floats(array(value, f"{name} logits"), (None,), f"{name} logits")


def as_target(prediction: Any, frame_size: FrameSize, num_classes: int) -> ActionTarget:
    """The action that a model saw in a source: that of the fusion's highest logit, or of the only
    stream's. Raises ValueError."""
    found = fit(prediction, frame_size, ActionTarget(0, 1))
    streams = (found.fusion, found.spatial, found.motion)
    logits = next(one for one in streams if one is not None)
    if not logits.size:
        raise ValueError("prediction has no logits; one for each class is allowed")
    return ActionTarget(int(logits.argmax()), logits.size)


@final
@dataclass(frozen=True)
class Action:
    """The class of a clip; the metric has no settings."""

    name: ClassVar[str] = "action"

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
                *(Score(f"top1_{stream}", stream) for stream in metric.STREAMS),
                *(Score(f"top5_{stream}", f"{stream} top-5") for stream in metric.STREAMS),
            ),
            columns=tuple(f"top1_{stream}" for stream in metric.STREAMS),
            headline="top1_fusion",
            as_target=as_target,
            media="clip",
        )
