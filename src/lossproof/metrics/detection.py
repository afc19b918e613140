"""Object detection: COCO's average precision and recall, and VOC's average precision.

COCO's scores (Lin et al., Microsoft COCO, 2014) agree with pycocotools' ``COCOeval`` for boxes:
matches per picture and class, precision over the predictions of all pictures ranked together, mean
over classes; at most 100 predictions of a class in a picture. A difficult target, which COCO does
not know, is ignored: finding it is neither right nor wrong. VOC's are those of ``voc.py``.

Scores are compared as ``float32``. A sample that is drawn twice counts twice at its place.
"""

import numpy as np
from jaxtyping import Bool, UInt16

from lossproof.metrics import voc
from lossproof.metrics.average_precision import (
    Weights,
    area_under,
    curves,
    interpolated,
)
from lossproof.metrics.boxes import areas, overlaps
from lossproof.metrics.coco import (
    ClassRows,
    Matched,
    Scores,
    by_class,
    class_scores,
    ones,
    over_classes,
    ranks,
)
from lossproof.metrics.matching import ALL_BITS, Areas, best_first, match, outside, pack
from lossproof.metrics.quick_precision import class_precision
from lossproof.metrics.ratios import mean_of_present
from lossproof.predictions import Detections
from lossproof.records import Stat
from lossproof.targets import DetectionTarget

VERSION = "detection-1"
AREAS = {
    "": (0.0, 1e10),
    "_small": (0.0, 32.0**2),
    "_medium": (32.0**2, 96.0**2),
    "_large": (96.0**2, 1e10),
}
"""COCO's ranges in square pixels, by the suffix of the scores."""
_RANGES = tuple(AREAS.values())
_VOC = len(AREAS)  # the view after those
MOST_SCORED = 100
"""COCO's limit of predictions of a class in a picture; VOC has none."""
_CAPS = {"ar1": 1, "ar10": 10, "ar100": MOST_SCORED}


def validate(prediction: Detections, target: DetectionTarget) -> None:
    """Refuse detections that cannot be scored against their target.

    ``boxes`` (N, 4) must be finite with x1 <= x2 and y1 <= y2, ``scores`` (N,) finite and
    ``labels`` (N,) below the target's ``num_classes``. Raises ValueError.
    """
    boxes, scores, labels = prediction.boxes, prediction.scores, prediction.labels
    if not len(boxes) == len(scores) == len(labels):
        raise ValueError(
            f"prediction has {len(boxes)} boxes, {len(scores)} scores and {len(labels)} labels; "
            "as many of each are allowed"
        )
    if not np.isfinite(boxes).all() or (boxes[:, 2:] < boxes[:, :2]).any():
        raise ValueError(
            "prediction has boxes that are not finite or end before they begin; "
            "x1 <= x2 and y1 <= y2 are allowed"
        )
    if not np.isfinite(scores).all():
        raise ValueError("prediction has scores of NaN or infinity; finite ones are allowed")
    wrong = sorted(set(labels[(labels < 0) | (labels >= target.num_classes)].tolist()))
    if wrong:
        raise ValueError(
            f"prediction has the labels {wrong}; 0 to {target.num_classes - 1} are allowed"
        )


def sample_stat(prediction: Detections, target: DetectionTarget) -> Stat:
    """The matches of one picture, class by class, as ``coco.py`` keeps them.

    ``hits`` and ``ignored`` have the views all, small, medium and large, ten bits for the IoU
    thresholds, and VOC, one bit. ``num_classes`` is (1,). Predictions ignored everywhere are left
    out.
    """
    labels = np.unique(prediction.labels)
    parts = [_of_class(prediction, target, int(label)) for label in labels]
    joined = Matched(*map(np.concatenate, zip(_nothing(), *parts, strict=True)))
    nowhere = (joined.ignored[:, :_VOC] == ALL_BITS).all(axis=1) & (joined.ignored[:, _VOC] == 1)
    kept = Matched(*(values[~nowhere] for values in joined))
    num_classes = np.array([target.num_classes], np.int32)
    return {**kept.stat(_targets(target)), "num_classes": num_classes}


def _of_class(prediction: Detections, target: DetectionTarget, label: int) -> Matched:
    mine, theirs = prediction.labels == label, target.labels == label
    scores = prediction.scores[mine].astype(np.float32)
    order = best_first(scores)
    boxes, crowd = prediction.boxes[mine][order], target.crowd[theirs]
    unscored = crowd | target.difficult[theirs]
    overlap = overlaps(boxes, target.boxes[theirs], crowd)
    out = Areas(
        outside(target.areas[theirs].astype(np.float64), _RANGES) | unscored,
        outside(areas(boxes), _RANGES),
    )
    views = _views(overlap, crowd, out)
    plain = overlaps(boxes, target.boxes[theirs], np.zeros_like(crowd))
    hits, ignored = (
        np.column_stack(pair) for pair in zip(views, voc.match(plain, unscored), strict=True)
    )
    labels = np.full(len(order), label, np.uint16)
    return Matched(scores[order], labels, ranks(len(order)), hits, ignored)


def _views(
    overlap: np.ndarray, crowd: Bool[np.ndarray, " g"], out: Areas
) -> tuple[UInt16[np.ndarray, "d a"], UInt16[np.ndarray, "d a"]]:
    """COCO's hits and ignored; predictions beyond its limit are ignored everywhere."""
    first = Areas(out.targets, out.predictions[:, :MOST_SCORED])
    found = match(overlap[:MOST_SCORED], crowd, first)
    later = max(0, len(overlap) - MOST_SCORED)
    rest = ((0, later), (0, 0))
    return np.pad(pack(found.hits), rest), np.pad(
        pack(found.ignored), rest, constant_values=ALL_BITS
    )


def _nothing() -> Matched:
    empty = np.zeros((0, _VOC + 1), np.uint16)
    return Matched(
        np.zeros(0, np.float32), np.zeros(0, np.uint16), np.zeros(0, np.uint8), empty, empty
    )


def _targets(target: DetectionTarget) -> UInt16[np.ndarray, "m 2"]:
    """Label and views of the targets that count in any."""
    scored = ~(target.crowd | target.difficult)
    inside = ~outside(target.areas.astype(np.float64), _RANGES) & scored
    bits = (np.vstack([inside, scored]) << np.arange(_VOC + 1)[:, None]).sum(axis=0)
    rows: UInt16[np.ndarray, "m 2"] = np.column_stack([target.labels, bits])[scored].astype(
        np.uint16
    )
    return rows


def summarise(stats: Stat, weights: Weights | None = None) -> Scores:
    """Scores in [0, 1], one value per resample; one resample of ones when ``weights`` is None.

    ``stats`` are those of ``sample_stat``. A class without targets has AP NaN and is left out of
    the means. ``ap/3`` is the AP of class 3.
    """
    counts = stats["num_classes"]
    assert isinstance(counts, np.ndarray)
    num_classes = int(counts.max())
    weights = ones(stats) if weights is None else weights.astype(np.float64)
    every = [_all_scores(rows, weights) for rows in by_class(stats, weights, num_classes)]
    per_class = {f"ap/{label}": scores["ap"] for label, scores in enumerate(every)}
    return over_classes(every) | per_class


def headline(stats: Stat, weights: Weights | None = None) -> Scores:
    """``ap`` and ``ap/3`` of class 3 as ``summarise`` gives them, without the others."""
    counts = stats["num_classes"]
    assert isinstance(counts, np.ndarray)
    weights = ones(stats) if weights is None else weights.astype(np.float64)
    found = class_precision(stats, weights, num_classes=int(counts.max()))
    per_class = {f"ap/{label}": values for label, values in enumerate(found.T)}
    return {"ap": mean_of_present(found, axis=1)} | per_class


def _all_scores(rows: ClassRows, weights: Weights) -> Scores:
    scores = class_scores(rows, weights, areas=tuple(AREAS), caps=_CAPS)
    wanted = rows.num_targets[_VOC]
    found = curves(rows.view(_VOC), weights, num_thresholds=1)
    return scores | {
        "voc_ap": area_under(found, wanted)[0],
        "voc_ap_11point": interpolated(found, wanted, recalls=voc.RECALLS)[0],
    }
