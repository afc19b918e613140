"""Semantic segmentation, the paper's Table I."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, final

import cv2
import numpy as np

from lossproof.metrics import segmentation as metric
from lossproof.records import IGNORE, ClassMap, Frame, FrameSize
from lossproof.targets import SegmentationTarget
from lossproof.tasks.drawing.palette import colours, table
from lossproof.tasks.task import Colour, Legend, Score, Task

CLASS_SHARE = 0.5
"""How much of a pixel's colour is its class's where a class map is drawn."""


def fit(prediction: Any, frame_size: FrameSize, target: SegmentationTarget) -> ClassMap:
    """A class map of any resolution, as an array or nested lists, at the target's resolution.

    It is taken there by nearest neighbour. A network may answer at its own resolution, which need
    not be the frame's; but a map of the frame's shape turned on its side is a mistake. Raises
    ValueError.
    """
    width, height = frame_size
    class_map: ClassMap = np.asarray(prediction)
    shape = class_map.shape
    if len(shape) != 2:
        raise ValueError(f"prediction has shape {shape}; a class map (height, width) is allowed")
    if not class_map.size:
        raise ValueError(f"prediction has shape {shape}; 1x1 or more is allowed")
    if shape == (width, height) and width != height:
        raise ValueError(
            f"prediction has shape {shape}, turned on its side; {(height, width)} is allowed"
        )
    if shape == target.class_map.shape or not np.issubdtype(class_map.dtype, np.integer):
        return class_map
    rows, columns = target.class_map.shape
    return cv2.resize(
        class_map.astype(np.int32), (columns, rows), interpolation=cv2.INTER_NEAREST_EXACT
    )


def as_target(prediction: Any, frame_size: FrameSize, num_classes: int) -> SegmentationTarget:
    """The class map that a model saw in a source, at the source's size. Raises ValueError."""
    width, height = frame_size
    blank = SegmentationTarget(np.zeros((height, width), np.uint8), num_classes)
    class_map = fit(prediction, frame_size, blank)
    metric.validate(class_map, blank)
    return SegmentationTarget(class_map.astype(np.uint8), num_classes)


def draw(frame: Frame, prediction: ClassMap, legend: Legend) -> Frame:
    """The frame with each class in its colour laid half transparent over it.

    Where the dataset has no colours, those of ``drawing/palette.py`` are used. Classes outside the
    palette, such as the ignored, stay as they are.
    """
    height, width = frame.shape[:2]
    class_map = cv2.resize(
        prediction.astype(np.int32), (width, height), interpolation=cv2.INTER_NEAREST_EXACT
    )
    palette = table(_palette(legend))
    known = (class_map >= 0) & (class_map < len(palette))
    overlay = palette[np.where(known, class_map, 0)]
    blended = cv2.addWeighted(frame, 1 - CLASS_SHARE, overlay, CLASS_SHARE, 0)
    return np.where(known[..., None], blended, frame)


def key(prediction: ClassMap, legend: Legend) -> Mapping[str, Colour]:
    """The classes that are in a class map, in the dataset's order, with their colours."""
    both = zip(legend.classes, _palette(legend), strict=False)
    seen = set(np.unique(prediction).tolist())
    return {name: colour for place, (name, colour) in enumerate(both) if place in seen}


def _palette(legend: Legend) -> tuple[Colour, ...]:
    return legend.palette or colours(len(legend.classes) or IGNORE)


@final
@dataclass(frozen=True)
class Segmentation:
    """A class for every pixel; the metric has no settings."""

    name: ClassVar[str] = "segmentation"

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
                Score("global_accuracy", "global ACC"),
                Score("mean_class_accuracy", "mean ACC"),
                Score("miou", "mIoU"),
                Score("iou", "IoU"),
            ),
            columns=("global_accuracy", "mean_class_accuracy", "miou"),
            headline="miou",
            as_target=as_target,
            key=key,
        )
