"""What each task's ground truth is. Layout, units and origin are those of ``records.py``."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Bool, Float32, Int64, UInt8

from lossproof.records import IGNORE, DamagedSample, DepthMap, Frames, FrameSize


@dataclass(frozen=True)
class SegmentationTarget:
    """A class map, its number of classes, and the value to ignore."""

    class_map: UInt8[np.ndarray, "h w"]
    num_classes: int
    ignore: int = IGNORE

    def __post_init__(self) -> None:
        if not 1 <= self.num_classes <= self.ignore:
            raise ValueError(f"num_classes is {self.num_classes}; 1 to {self.ignore} are allowed")
        found = np.flatnonzero(np.bincount(self.class_map.ravel(), minlength=1))
        wrong = [int(v) for v in found if v >= self.num_classes and v != self.ignore]
        if wrong:
            raise DamagedSample(
                f"target has class values {wrong}; "
                f"0 to {self.num_classes - 1} and {self.ignore} are allowed"
            )


@dataclass(frozen=True)
class DepthTarget:
    """Depth in metres, NaN where it is unknown; zero and less are not depths."""

    depth: DepthMap

    def __post_init__(self) -> None:
        if (self.depth <= 0).any() or np.isinf(self.depth).any():
            raise DamagedSample("target has depths of 0 or infinity; metres or NaN are allowed")


@dataclass(frozen=True)
class DetectionTarget:
    """The objects of one picture.

    ``crowd`` boxes hold many objects (COCO's iscrowd) and ``difficult`` ones are not scored by VOC;
    ``areas`` are what the annotation gives (COCO: of the outline), in square pixels.
    """

    boxes: Float32[np.ndarray, "n 4"]
    labels: Int64[np.ndarray, " n"]
    areas: Float32[np.ndarray, " n"]
    crowd: Bool[np.ndarray, " n"]
    difficult: Bool[np.ndarray, " n"]
    num_classes: int
    frame_size: FrameSize

    def __post_init__(self) -> None:
        wrong = (self.labels < 0) | (self.labels >= self.num_classes)
        if wrong.any():
            raise DamagedSample(
                f"target has the labels {sorted(set(self.labels[wrong].tolist()))}; "
                f"0 to {self.num_classes - 1} are allowed"
            )
        if not np.isfinite(self.boxes).all() or (self.boxes[:, 2:] < self.boxes[:, :2]).any():
            raise DamagedSample("target has boxes that end before they begin; x1 <= x2 is allowed")


@dataclass(frozen=True)
class PoseTarget:
    """The people of one picture.

    ``keypoints`` are x, y and visibility (0 not labelled, 1 hidden, 2 visible) in the order of
    COCO's 17; ``crowd`` regions hold many people; ``areas`` are of the person's outline.
    """

    keypoints: Float32[np.ndarray, "n k 3"]
    boxes: Float32[np.ndarray, "n 4"]
    areas: Float32[np.ndarray, " n"]
    crowd: Bool[np.ndarray, " n"]
    frame_size: FrameSize

    @property
    def num_labelled(self) -> Int64[np.ndarray, " n"]:
        """How many keypoints of each person are labelled."""
        counts: Int64[np.ndarray, " n"] = (self.keypoints[..., 2] > 0).sum(axis=1)
        return counts

    def boxes_in(self, frame_size: FrameSize) -> Float32[np.ndarray, "m 4"]:
        """The boxes of single people, in the pixels of the picture at another size."""
        width, height = (new / own for new, own in zip(frame_size, self.frame_size, strict=True))
        scale = np.array([width, height, width, height], np.float32)
        boxes: Float32[np.ndarray, "m 4"] = self.boxes[~self.crowd] * scale
        return boxes


@dataclass(frozen=True)
class ActionTarget:
    """The one action of a clip."""

    label: int
    num_classes: int

    def __post_init__(self) -> None:
        if not 0 <= self.label < self.num_classes:
            raise DamagedSample(
                f"target has label {self.label}; 0 to {self.num_classes - 1} are allowed"
            )


@dataclass(frozen=True)
class SourceTarget:
    """What was sent: the source's own frames, for tasks that ask how far what arrives is from it.

    ``made`` keeps what is computed of them, such as their optical flow, for all that arrives.
    """

    frames: Frames
    made: dict[str, Any] = field(default_factory=dict, compare=False)
