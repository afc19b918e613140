"""What is kept of the matches of one sample, and COCO's scores from those of many.

A *view* is one way of scoring: COCO's ranges of areas, say. Of each prediction is kept in which
views it is a hit, a miss or ignored, one bit per threshold; of each target in which it counts.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Float64, Int64, UInt8, UInt16

from lossproof.metrics.average_precision import (
    Ranked,
    Weights,
    curves,
    interpolated,
    mean_recall,
)
from lossproof.metrics.matching import NUM_THRESHOLDS, THRESHOLDS
from lossproof.metrics.ratios import mean_of_present
from lossproof.ragged import Ragged
from lossproof.records import Stat

Scores = dict[str, Float64[np.ndarray, " r"]]

# Rounded as COCO rounds them: 0.29, say, is not quite 29 / 100.
RECALLS = np.linspace(0.0, 1.0, 101)
_SHOWN = {"50": 0, "75": int(np.argmin(abs(THRESHOLDS - 0.75)))}


class Matched(NamedTuple):
    """The predictions of one sample, or of one class in it, best first within the class.

    ``ranks`` are their places within the class, 255 for all that come later.
    """

    scores: Float32[np.ndarray, " d"]
    labels: UInt16[np.ndarray, " d"]
    ranks: UInt8[np.ndarray, " d"]
    hits: UInt16[np.ndarray, "d v"]
    ignored: UInt16[np.ndarray, "d v"]

    def stat(self, targets: UInt16[np.ndarray, "m 2"]) -> Stat:
        """Of one sample; ``targets`` are label and the bits of the views where each counts."""
        return {
            **{name: Ragged.of(values) for name, values in self._asdict().items()},
            "targets": Ragged.of(targets),
        }


class ClassRows(NamedTuple):
    """The predictions of one class in all samples, best first, equals in the samples' order."""

    owner: Int64[np.ndarray, " d"]
    ranks: UInt8[np.ndarray, " d"]
    hits: UInt16[np.ndarray, "d v"]
    ignored: UInt16[np.ndarray, "d v"]
    num_targets: Float64[np.ndarray, "v r"]

    def view(self, place: int) -> Ranked:
        return Ranked(self.owner, self.hits[:, place], self.ignored[:, place])

    def within(self, cap: int, place: int) -> Ranked:
        """Only the first of each sample."""
        kept = self.ranks < cap
        return Ranked(self.owner[kept], self.hits[kept, place], self.ignored[kept, place])


def ranks(count: int) -> UInt8[np.ndarray, " d"]:
    """The places of so many predictions, as they are stored."""
    return np.minimum(np.arange(count), 255).astype(np.uint8)


def ones(stats: Stat) -> Weights:
    """Every sample once."""
    return np.ones((1, len(stats["scores"])))


def by_class(stats: Stat, weights: Weights, num_classes: int) -> Iterator[ClassRows]:
    """The rows of each class in turn, also of those that have none."""
    scores, labels, targets = (_ragged(stats, name) for name in ("scores", "labels", "targets"))
    order = np.lexsort((-scores.values, labels.values))
    owner = scores.owner[order]
    rows = [_ragged(stats, name).values[order] for name in ("ranks", "hits", "ignored")]
    wanted = np.argsort(targets.values[:, 0], kind="stable")
    target_owner, counts = targets.owner[wanted], targets.values[wanted, 1]
    parts = _parts(labels.values[order], num_classes)
    target_parts = _parts(targets.values[wanted, 0], num_classes)
    for part, target_part in zip(parts, target_parts, strict=True):
        drawn = np.take(weights, target_owner[target_part], axis=1)
        views = np.arange(rows[1].shape[1], dtype=np.uint16)
        counted = counts[target_part] >> views[:, None] & np.uint16(1)
        ranks, hits, ignored = (values[part] for values in rows)
        yield ClassRows(owner[part], ranks, hits, ignored, counted.astype(np.float64) @ drawn.T)


def _ragged(stats: Stat, name: str) -> Ragged:
    values = stats[name]
    assert isinstance(values, Ragged)
    return values


def _parts(labels: UInt16[np.ndarray, " n"], num_classes: int) -> list[slice]:
    """Where each class lies in sorted labels."""
    edges = np.searchsorted(labels, np.arange(num_classes + 1))
    return [slice(int(start), int(stop)) for start, stop in pairwise(edges)]


def class_scores(
    rows: ClassRows, weights: Weights, *, areas: Sequence[str], caps: Mapping[str, int]
) -> Scores:
    """COCO's average precision and recall of one class.

    ``areas`` are the suffixes of the first views: ``ap``, ``ap50``, ``ap75`` and the recalls of
    ``caps`` are of the first; ``ap_small`` and ``ar_small`` of the one called ``_small``.
    """
    scores: Scores = {}
    for place, suffix in enumerate(areas):
        ranked, wanted = rows.view(place), rows.num_targets[place]
        found = curves(ranked, weights, num_thresholds=NUM_THRESHOLDS)
        precision = interpolated(found, wanted, recalls=RECALLS)
        scores[f"ap{suffix}"] = precision.mean(axis=0)
        if place == 0:
            scores |= {f"ap{name}": precision[threshold] for name, threshold in _SHOWN.items()}
        else:
            scores[f"ar{suffix}"] = mean_recall(
                ranked, weights, wanted, num_thresholds=NUM_THRESHOLDS
            )
    for name, cap in caps.items():
        scores[name] = mean_recall(
            rows.within(cap, 0), weights, rows.num_targets[0], num_thresholds=NUM_THRESHOLDS
        )
    return scores


def over_classes(scores: Sequence[Scores]) -> Scores:
    """The mean of each score over the classes that have targets."""
    return {
        name: mean_of_present(np.stack([one[name] for one in scores]), axis=0) for name in scores[0]
    }
