"""Which predictions find which targets, as COCO's evaluation pairs them.

The rules are those of pycocotools' ``COCOeval.evaluateImg`` (Lin et al., Microsoft COCO, 2014),
with which the matches agree exactly. Predictions choose in order of their score. Each takes the
target that it overlaps most among those that are still free, the later one of equals; targets that
count come before ignored ones; a crowd may be taken by many.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float64, UInt16

THRESHOLDS = np.linspace(0.5, 0.95, 10)
"""The least overlap of a match: IoU of boxes, OKS of poses."""
NUM_THRESHOLDS = len(THRESHOLDS)
# At a threshold of 1, COCO lets rounding pass.
_LEAST = np.minimum(THRESHOLDS, 1 - 1e-10)
_PLACES = np.arange(NUM_THRESHOLDS, dtype=np.uint16)
ALL_BITS = np.uint16(2**NUM_THRESHOLDS - 1)


class Matches(NamedTuple):
    """What became of each prediction, per range of areas and threshold.

    Neither ``hits`` nor ``ignored`` is a miss, which counts against the precision.
    """

    hits: Bool[np.ndarray, "a t d"]
    ignored: Bool[np.ndarray, "a t d"]


class Areas(NamedTuple):
    """What is outside of each range of areas; ``targets`` are also those ignored for a reason."""

    targets: Bool[np.ndarray, "a g"]
    predictions: Bool[np.ndarray, "a d"]


def match(
    overlaps: Float64[np.ndarray, "d g"], crowd: Bool[np.ndarray, " g"], outside: Areas
) -> Matches:
    """Pair the predictions of one class in one picture, best score first, with its targets.

    A prediction that finds an ignored target is ignored, and so is one that finds nothing and is
    itself outside of the range of areas.
    """
    shape = (len(outside.targets), NUM_THRESHOLDS)
    hits = np.zeros((*shape, len(overlaps)), bool)
    ignored = np.zeros((*shape, len(overlaps)), bool)
    free = np.ones((*shape, len(crowd)), bool)
    for place in np.flatnonzero((overlaps >= _LEAST[0]).any(axis=1)):
        near = overlaps[place] >= _LEAST[:, None]
        eligible = near & (free | crowd)
        found, chosen = _best(eligible, overlaps[place], outside.targets)
        dropped = np.take_along_axis(outside.targets, chosen, axis=1)
        hits[..., place] = found & ~dropped
        ignored[..., place] = found & dropped
        area, threshold = np.nonzero(found)
        free[area, threshold, chosen[area, threshold]] = False
    return Matches(hits, ignored | (~hits & outside.predictions[:, None, :]))


def _best(
    eligible: Bool[np.ndarray, "a t g"],
    overlap: Float64[np.ndarray, " g"],
    ignored: Bool[np.ndarray, "a g"],
) -> tuple[Bool[np.ndarray, "a t"], np.ndarray]:
    """Whether a prediction finds a target, and which."""
    counting = eligible & ~ignored[:, None, :]
    eligible = np.where(counting.any(axis=2, keepdims=True), counting, eligible)
    reach = np.where(eligible, overlap, -1.0)[..., ::-1]
    return np.asarray(eligible.any(axis=2)), overlap.size - 1 - reach.argmax(axis=2)


def pack(flags: Bool[np.ndarray, "a t d"]) -> UInt16[np.ndarray, "d a"]:
    """The flags of the thresholds as the bits of one number, the lowest threshold first."""
    bits = (flags.astype(np.uint16) << _PLACES[:, None]).sum(axis=1, dtype=np.uint16)
    return np.ascontiguousarray(bits.T)


def outside(
    areas: Float[np.ndarray, " n"], ranges: tuple[tuple[float, float], ...]
) -> Bool[np.ndarray, "a n"]:
    """Whether each area, in square pixels, lies outside of each range, ends included."""
    low, high = np.array(ranges).T
    beyond: Bool[np.ndarray, "a n"] = (areas < low[:, None]) | (areas > high[:, None])
    return beyond


def best_first(scores: Float[np.ndarray, " n"]) -> np.ndarray:
    """The places of the scores from the highest to the lowest, equals in their order."""
    return np.argsort(-scores, kind="stable")
