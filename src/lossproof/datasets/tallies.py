"""What the targets of a dataset add up to."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Integer

from lossproof.targets import (
    ActionTarget,
    DepthTarget,
    DetectionTarget,
    PoseTarget,
    SegmentationTarget,
)


class Tally(NamedTuple):
    """Counts, those of other tasks empty or 0.

    ``class_pixels`` and ``class_instances`` have one count per class. Instances are objects without
    the crowd regions, people with a labelled keypoint, or clips.
    """

    class_pixels: tuple[int, ...] = ()
    ignored_pixels: int = 0
    class_instances: tuple[int, ...] = ()
    num_keypoints: int = 0
    depth_pixels: int = 0
    known_depth_pixels: int = 0


def tally_of(target: Any) -> Tally:
    """The counts of one target; of an unknown kind nothing is counted."""
    match target:
        case SegmentationTarget():
            counts = np.bincount(target.class_map.ravel(), minlength=256)
            class_pixels = tuple(counts[: target.num_classes].tolist())
            return Tally(class_pixels, int(counts[target.ignore]))
        case DepthTarget():
            known = int(np.isfinite(target.depth).sum())
            return Tally(depth_pixels=target.depth.size, known_depth_pixels=known)
        case DetectionTarget():
            return Tally(class_instances=_counts(target.labels[~target.crowd], target.num_classes))
        case PoseTarget():
            labelled = target.num_labelled
            instances = (int((labelled > 0).sum()),)
            return Tally(class_instances=instances, num_keypoints=int(labelled.sum()))
        case ActionTarget():
            return Tally(class_instances=_counts(np.array([target.label]), target.num_classes))
    return Tally()


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of tallies of one dataset."""
    kept = list(tallies)
    return Tally(
        class_pixels=_sums(one.class_pixels for one in kept),
        ignored_pixels=sum(one.ignored_pixels for one in kept),
        class_instances=_sums(one.class_instances for one in kept),
        num_keypoints=sum(one.num_keypoints for one in kept),
        depth_pixels=sum(one.depth_pixels for one in kept),
        known_depth_pixels=sum(one.known_depth_pixels for one in kept),
    )


def _sums(rows: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*rows, strict=True)))


def _counts(labels: Integer[np.ndarray, " n"], num_classes: int) -> tuple[int, ...]:
    return tuple(np.bincount(labels, minlength=num_classes).tolist())
