"""Human pose: COCO's average precision and recall by object keypoint similarity (OKS).

Agrees with pycocotools' ``COCOeval`` for keypoints (Lin et al., Microsoft COCO, 2014): at most 20
people per picture, the precision over the predictions of all pictures ranked together. People
without labelled keypoints and crowds are ignored. The scores over all pictures count what a network
sees where nobody is; the ones called ``_people`` are over the pictures with a labelled person.

Scores are compared as ``float32``. A sample that is drawn twice counts twice at its place.
"""

import numpy as np
from jaxtyping import Bool, UInt16

from lossproof.metrics.average_precision import Weights
from lossproof.metrics.coco import Matched, Scores, by_class, class_scores, ones, ranks
from lossproof.metrics.keypoints import NUM_KEYPOINTS, extents, similarities
from lossproof.metrics.matching import ALL_BITS, Areas, best_first, match, outside, pack
from lossproof.metrics.quick_precision import class_precision
from lossproof.predictions import Poses
from lossproof.ragged import Ragged
from lossproof.records import Stat
from lossproof.targets import PoseTarget

VERSION = "pose-1"
AREAS = {"": (0.0, 1e10), "_medium": (32.0**2, 96.0**2), "_large": (96.0**2, 1e10)}
"""COCO's ranges in square pixels, by the suffix of the scores; people have no small one."""
_RANGES = tuple(AREAS.values())
MOST_SCORED = 20


def validate(prediction: Poses, target: PoseTarget) -> None:
    """Refuse poses that cannot be scored against their target.

    ``keypoints`` (N, 17, 3) and ``scores`` (N,) must be finite. Raises ValueError.
    """
    keypoints, scores = prediction.keypoints, prediction.scores
    if len(keypoints) != len(scores):
        raise ValueError(
            f"prediction has {len(keypoints)} poses and {len(scores)} scores; "
            "as many of each are allowed"
        )
    for name, found in (("prediction", keypoints), ("target", target.keypoints)):
        if found.shape[1:] != (NUM_KEYPOINTS, 3):
            raise ValueError(
                f"{name} has keypoints of shape {found.shape}; "
                f"(people, {NUM_KEYPOINTS}, 3) is allowed"
            )
    if not (np.isfinite(keypoints).all() and np.isfinite(scores).all()):
        raise ValueError("prediction has NaN or infinity in it; finite numbers are allowed")


def sample_stat(prediction: Poses, target: PoseTarget) -> Stat:
    """The matches of one picture, as ``coco.py`` keeps them.

    The views are all, medium and large, ten bits for the OKS thresholds; every label is 0.
    """
    scores = prediction.scores.astype(np.float32)
    order = best_first(scores)[:MOST_SCORED]
    keypoints = prediction.keypoints[order]
    counting = _counting(target)
    found = match(
        similarities(keypoints, target),
        target.crowd,
        Areas(
            outside(target.areas.astype(np.float64), _RANGES) | ~counting,
            outside(extents(keypoints), _RANGES),
        ),
    )
    hits, ignored = pack(found.hits), pack(found.ignored)
    kept = (ignored != ALL_BITS).any(axis=1)
    labels = np.zeros(len(order), np.uint16)
    every = Matched(scores[order], labels, ranks(len(order)), hits, ignored)
    return Matched(*(values[kept] for values in every)).stat(_targets(target))


def _counting(target: PoseTarget) -> Bool[np.ndarray, " g"]:
    counting: Bool[np.ndarray, " g"] = (target.num_labelled > 0) & ~target.crowd
    return counting


def _targets(target: PoseTarget) -> UInt16[np.ndarray, "m 2"]:
    """Label 0 and views of the people that count."""
    counting = _counting(target)
    inside = ~outside(target.areas.astype(np.float64), _RANGES)
    bits = (inside << np.arange(len(AREAS))[:, None]).sum(axis=0)
    rows: UInt16[np.ndarray, "m 2"] = np.column_stack([0 * bits, bits])[counting].astype(np.uint16)
    return rows


def summarise(stats: Stat, weights: Weights | None = None) -> Scores:
    """Scores in [0, 1], one value per resample; one resample of ones when ``weights`` is None.

    ``stats`` are those of ``sample_stat``. All are NaN where nobody is labelled.
    """
    targets = stats["targets"]
    assert isinstance(targets, Ragged)
    weights = ones(stats) if weights is None else weights.astype(np.float64)
    everywhere = _scores(stats, weights)
    people = _scores(stats, weights * (targets.counts > 0))
    return everywhere | {f"{name}_people": values for name, values in people.items()}


def headline(stats: Stat, weights: Weights | None = None) -> Scores:
    """``oks_ap`` as ``summarise`` gives it, without the others."""
    weights = ones(stats) if weights is None else weights.astype(np.float64)
    return {"oks_ap": class_precision(stats, weights, num_classes=1)[:, 0]}


def _scores(stats: Stat, weights: Weights) -> Scores:
    (rows,) = by_class(stats, weights, 1)
    scores = class_scores(rows, weights, areas=tuple(AREAS), caps={"ar": MOST_SCORED})
    return {f"oks_{name}": values for name, values in scores.items()}
