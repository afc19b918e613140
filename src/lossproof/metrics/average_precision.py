"""Average precision and recall from matches, for many resamples at once.

Precision is weighted: a sample that was drawn twice counts its predictions and targets twice. The
curve is made monotone from the right and read at fixed recalls, or integrated (Everingham et al.,
The PASCAL Visual Object Classes Challenge, 2010; Lin et al., Microsoft COCO, 2014).

Only hits need a place on the curve, for between two of them precision falls and recall stands.
Misses at every threshold, which are most of what a detector says, are summed once for all.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int64, UInt16

from lossproof.metrics.ratios import ratio

Weights = Float64[np.ndarray, "r n"]


class Ranked(NamedTuple):
    """Predictions of one class, best first, as bits per threshold.

    ``owner`` is the place of the sample that each is of. What is neither hit nor ignored is a miss.
    """

    owner: Int64[np.ndarray, " d"]
    hits: UInt16[np.ndarray, " d"]
    ignored: UInt16[np.ndarray, " d"]


class Curves(NamedTuple):
    """Per threshold: the weight of the hits so far, and the best precision from there on."""

    found: Float64[np.ndarray, "t r k"]
    precision: Float64[np.ndarray, "t r k"]


def curves(ranked: Ranked, weights: Weights, *, num_thresholds: int) -> Curves:
    """The curve of each threshold, the lowest first, at all that is a hit at any of them.

    What is not a hit at one threshold does not move its curve: precision there is no better than
    at the hit before, and recall is the same.
    """
    always = np.uint16(2**num_thresholds - 1)
    missed = (ranked.hits == 0) & (ranked.ignored == 0)
    varying = np.flatnonzero(~missed & (ranked.ignored != always))
    owner, hits, ignored = (values[varying] for values in ranked)
    drawn = np.take(weights, owner, axis=1)
    misses = _running_misses(ranked.owner, missed, weights, upto=varying)
    found = np.cumsum(drawn * _bits(hits, num_thresholds), axis=2)
    whole = np.cumsum(drawn * _bits(~ignored, num_thresholds), axis=2) + misses
    return Curves(found, _from_the_right(ratio(found, whole, missing=0.0)))


def _running_misses(
    owner: Int64[np.ndarray, " d"],
    missed: Bool[np.ndarray, " d"],
    weights: Weights,
    *,
    upto: Int64[np.ndarray, " k"],
) -> Float64[np.ndarray, "r k"]:
    """The weight of the misses before each of some places."""
    total = np.zeros((len(weights), np.count_nonzero(missed) + 1))
    np.cumsum(np.take(weights, owner[missed], axis=1), axis=1, out=total[:, 1:])
    running: Float64[np.ndarray, "r k"] = np.take(total, np.cumsum(missed)[upto], axis=1)
    return running


def _bits(values: UInt16[np.ndarray, " d"], count: int) -> Bool[np.ndarray, "t 1 d"]:
    places = np.arange(count, dtype=np.uint16)[:, None, None]
    return (values >> places & np.uint16(1)).astype(bool)


def _from_the_right(precision: Float64[np.ndarray, "t r k"]) -> Float64[np.ndarray, "t r k"]:
    return np.maximum.accumulate(precision[..., ::-1], axis=2)[..., ::-1]


def interpolated(
    found: Curves, num_targets: Float64[np.ndarray, " r"], *, recalls: Float64[np.ndarray, " g"]
) -> Float64[np.ndarray, "t r"]:
    """Mean precision at recalls from 0 to 1, evenly apart; NaN where there are no targets."""
    recall = found.found / np.where(num_targets > 0, num_targets, 1.0)[:, None]
    gained = np.diff(_recalls_reached(recall, recalls), axis=2, prepend=0)
    total = np.einsum("trk,trk->tr", found.precision, gained)
    return np.where(num_targets > 0, total / len(recalls), np.nan)


def _recalls_reached(
    recall: Float64[np.ndarray, "t r k"], recalls: Float64[np.ndarray, " g"]
) -> Float64[np.ndarray, "t r k"]:
    """How many of the fixed recalls are at or below each recall.

    A product alone would be wrong by one where recall is on a grid point, so it is compared.
    """
    grid = np.append(recalls, np.inf)
    place = (recall * (len(recalls) - 1)).astype(np.int32)
    place += grid[place + 1] <= recall
    place -= grid[place] > recall
    return place + 1.0


def area_under(found: Curves, num_targets: Float64[np.ndarray, " r"]) -> Float64[np.ndarray, "t r"]:
    """The precision integrated over the recall; NaN where there are no targets."""
    gained = np.diff(found.found, axis=2, prepend=0.0)
    total = np.einsum("trk,trk->tr", found.precision, gained)
    return ratio(total, np.broadcast_to(num_targets, total.shape))


def mean_recall(
    ranked: Ranked,
    weights: Weights,
    num_targets: Float64[np.ndarray, " r"],
    *,
    num_thresholds: int,
) -> Float64[np.ndarray, " r"]:
    """Recall over all predictions, averaged over the thresholds; NaN without targets."""
    hit = np.flatnonzero(ranked.hits)
    times = np.bitwise_count(ranked.hits[hit]).astype(np.float64)
    found = np.take(weights, ranked.owner[hit], axis=1) @ times
    return ratio(found, num_thresholds * num_targets)
