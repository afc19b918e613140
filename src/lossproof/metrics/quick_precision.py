"""COCO's average precision alone, of all classes at once, for those who ask for nothing else.

The same number as that of ``coco.py``, where each class is a step and other scores come along. Here
classes lie end to end, and what runs along a class is what runs along all, less what it was at the
class's start.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int64, UInt16

from lossproof.metrics.average_precision import Weights
from lossproof.metrics.coco import RECALLS
from lossproof.metrics.matching import ALL_BITS, NUM_THRESHOLDS
from lossproof.metrics.ratios import ratio
from lossproof.ragged import Ragged
from lossproof.records import Stat

_PLACES = np.arange(NUM_THRESHOLDS, dtype=np.uint16)[:, None]


class _Rows(NamedTuple):
    """Predictions that can move a curve, class after class and best first: the sample of each, its
    class, bits per threshold, and how many misses are before it among all predictions."""

    owner: Int64[np.ndarray, " k"]
    label: Int64[np.ndarray, " k"]
    hits: Bool[np.ndarray, "t k"]
    counts: Bool[np.ndarray, "t k"]
    misses: Float64[np.ndarray, "r k"]


def class_precision(
    stats: Stat, weights: Weights, *, num_classes: int
) -> Float64[np.ndarray, "r c"]:
    """The average precision of every class over all areas, a row per resample; NaN without targets.

    ``stats`` are those of detection or pose.
    """
    wanted = _num_targets(stats, weights, num_classes)
    rows = _rows(stats, weights)
    if not rows.owner.size:
        return np.where(wanted > 0, 0.0, np.nan)
    starts = np.flatnonzero(np.diff(rows.label, prepend=-1))
    length = np.diff(np.append(starts, rows.label.size))
    drawn = np.take(weights, rows.owner, axis=1)
    found, whole = (
        _within_class(np.cumsum(drawn * kind[:, None], axis=2), starts, length)
        for kind in (rows.hits, rows.counts)
    )
    precision = _best_from_there(ratio(found, whole + rows.misses, missing=0.0), rows.label)
    reached = _recalls_reached(found, np.take(wanted, rows.label, axis=1))
    gained = np.diff(reached, axis=2, prepend=0)
    gained[..., starts] = reached[..., starts]
    area = np.add.reduceat((precision * gained).mean(axis=0), starts, axis=1) / len(RECALLS)
    answer = np.zeros((len(weights), num_classes))
    answer[:, rows.label[starts]] = area
    return np.where(wanted > 0, answer, np.nan)


def _rows(stats: Stat, weights: Weights) -> _Rows:
    scores, labels, hits, ignored = (
        _ragged(stats, name) for name in ("scores", "labels", "hits", "ignored")
    )
    order = np.lexsort((-scores.values, labels.values))
    owner, label = scores.owner[order], labels.values[order].astype(np.int64)
    hit, out = hits.values[order, 0], ignored.values[order, 0]
    missed = (hit == 0) & (out == 0)
    moving = np.flatnonzero(~missed & (out != ALL_BITS))
    starts = np.flatnonzero(np.diff(label, prepend=-1))
    length = np.diff(np.append(starts, label.size))
    running = np.zeros((len(weights), label.size + 1))
    np.cumsum(np.take(weights, owner, axis=1) * missed, axis=1, out=running[:, 1:])
    before = np.repeat(starts, length)[moving]
    return _Rows(
        owner[moving],
        label[moving],
        _bits(hit[moving]),
        _bits(~out[moving]),
        running[:, moving] - running[:, before],
    )


def _bits(values: UInt16[np.ndarray, " k"]) -> Bool[np.ndarray, "t k"]:
    bits: Bool[np.ndarray, "t k"] = (values >> _PLACES & np.uint16(1)).astype(bool)
    return bits


def _within_class(
    running: Float64[np.ndarray, "t r k"],
    starts: Int64[np.ndarray, " c"],
    length: Int64[np.ndarray, " c"],
) -> Float64[np.ndarray, "t r k"]:
    """A running sum that begins anew with each class."""
    before = np.concatenate([np.zeros((*running.shape[:2], 1)), running[..., starts[1:] - 1]], 2)
    anew: Float64[np.ndarray, "t r k"] = running - np.repeat(before, length, axis=2)
    return anew


def _best_from_there(
    precision: Float64[np.ndarray, "t r k"], label: Int64[np.ndarray, " k"]
) -> Float64[np.ndarray, "t r k"]:
    """The best precision from each place to the end of its class: seen from the right, every class
    is lifted above all that are behind it."""
    lift = 2.0 * (label.max() - label)
    lifted = np.maximum.accumulate((precision + lift)[..., ::-1], axis=2)[..., ::-1]
    best: Float64[np.ndarray, "t r k"] = lifted - lift
    return best


def _recalls_reached(
    found: Float64[np.ndarray, "t r k"], wanted: Float64[np.ndarray, "r k"]
) -> Float64[np.ndarray, "t r k"]:
    """How many of the fixed recalls are at or below each recall, compared as COCO compares them."""
    recall = found / np.where(wanted > 0, wanted, 1.0)
    grid = np.append(RECALLS, np.inf)
    place = (recall * (len(RECALLS) - 1)).astype(np.int32)
    place += grid[place + 1] <= recall
    place -= grid[place] > recall
    reached: Float64[np.ndarray, "t r k"] = place + 1.0
    return reached


def _num_targets(stats: Stat, weights: Weights, num_classes: int) -> Float64[np.ndarray, "r c"]:
    targets = _ragged(stats, "targets")
    counted = (targets.values[:, 1] & 1).astype(np.float64)
    per_sample = np.zeros((weights.shape[1], num_classes))
    np.add.at(per_sample, (targets.owner, targets.values[:, 0].astype(np.int64)), counted)
    wanted: Float64[np.ndarray, "r c"] = weights @ per_sample
    return wanted


def _ragged(stats: Stat, name: str) -> Ragged:
    values = stats[name]
    assert isinstance(values, Ragged)
    return values
