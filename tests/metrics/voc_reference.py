"""A small, slow VOC devkit, written from the challenge's description: one-based whole pixels."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from lossproof.predictions import Detections
from lossproof.targets import DetectionTarget


class VocScores(NamedTuple):
    all_point: float
    eleven_point: float


Box = tuple[int, int, int, int]


def voc_scores(pairs: Sequence[tuple[Detections, DetectionTarget]]) -> VocScores:
    """Means over the classes that have targets that count. Boxes must lie on whole pixels."""
    curves = [_curve(pairs, label) for label in range(pairs[0][1].num_classes)]
    known = [curve for curve in curves if curve is not None]
    if not known:
        return VocScores(math.nan, math.nan)
    return VocScores(
        sum(map(_all_point, known)) / len(known), sum(map(_eleven_point, known)) / len(known)
    )


def _pixels(corners: Sequence[float]) -> Box:
    """First and last pixel, counted from one."""
    x1, y1, x2, y2 = map(int, corners)
    return (x1 + 1, y1 + 1, x2, y2)


def _overlap(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0]) + 1
    height = min(one[3], other[3]) - max(one[1], other[1]) + 1
    if width <= 0 or height <= 0:
        return 0.0
    area = sum((b[2] - b[0] + 1) * (b[3] - b[1] + 1) for b in (one, other))
    return width * height / (area - width * height)


def _curve(pairs: Sequence, label: int) -> list[tuple[float, float]] | None:
    """(recall, precision) after each detection."""
    ranking, truths, wanted = [], [], 0
    for picture, (prediction, target) in enumerate(pairs):
        mine = [i for i, kind in enumerate(target.labels) if kind == label]
        truths.append([(_pixels(target.boxes[i]), bool(target.difficult[i])) for i in mine])
        wanted += sum(not target.difficult[i] for i in mine)
        for i, kind in enumerate(prediction.labels):
            if kind == label:
                ranking.append((-prediction.scores[i], picture, _pixels(prediction.boxes[i])))
    if not wanted:
        return None
    ranking.sort(key=lambda row: row[0])
    curve, taken, hits, misses = [], set(), 0, 0
    for _, picture, box in ranking:
        best, chosen = -1.0, -1
        for place, (truth, _) in enumerate(truths[picture]):
            if _overlap(box, truth) > best:
                best, chosen = _overlap(box, truth), place
        if best >= 0.5 and truths[picture][chosen][1]:
            pass
        elif best >= 0.5 and (picture, chosen) not in taken:
            taken.add((picture, chosen))
            hits += 1
        else:
            misses += 1
        curve.append((hits / wanted, hits / max(hits + misses, 1)))
    return curve


def _all_point(curve: list[tuple[float, float]]) -> float:
    area, before = 0.0, 0.0
    for place, (recall, _) in enumerate(curve):
        area += (recall - before) * max(precision for _, precision in curve[place:])
        before = recall
    return area


def _eleven_point(curve: list[tuple[float, float]]) -> float:
    best = [
        max((precision for recall, precision in curve if recall >= tenth / 10), default=0.0)
        for tenth in range(11)
    ]
    return sum(best) / 11
