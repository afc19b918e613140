"""Grouping in plain loops, pair by pair and point by point, as published code does it.

The reference that lossproof.models.grouping agrees with, and is measured against.
"""

import math
from typing import NamedTuple

import cv2
import numpy as np

from lossproof.models.grouping import GroupingOptions, Maps
from lossproof.models.skeleton import Skeleton


class Peak(NamedTuple):
    x: float
    y: float
    score: float


def plain_group(
    maps: Maps, skeleton: Skeleton, options: GroupingOptions
) -> list[tuple[dict[int, Peak], float]]:
    """The parts and the score of each person, in pixels of the network's input."""
    peaks = [_peaks(_enlarged(one, maps), options) for one in maps.heatmaps[:-1]]
    people: list[dict] = []
    for place, limb in enumerate(skeleton.limbs):
        field = maps.fields[[limb.x, limb.y]]
        starts, ends = peaks[limb.start], peaks[limb.end]
        known = _known(skeleton, place)
        for one, other, score in _connections(starts, ends, field, maps, options):
            pair = ((limb.start, starts[one]), (limb.end, ends[other]))
            people = _add(people, pair, score, begins=not known)
    return [
        (person["parts"], person["total"] / len(person["parts"]))
        for person in people
        if len(person["parts"]) >= options.min_parts
        and person["total"] / len(person["parts"]) >= options.min_score
    ]


def _enlarged(heatmap: np.ndarray, maps: Maps) -> np.ndarray:
    width, height = maps.picture_size
    return cv2.resize(heatmap, maps.input_size, interpolation=cv2.INTER_CUBIC)[:height, :width]


def _peaks(heatmap: np.ndarray, options: GroupingOptions) -> list[Peak]:
    size = 2 * int(4 * options.smoothing + 0.5) + 1
    smooth = np.ascontiguousarray(heatmap)
    if options.smoothing:
        smooth = cv2.GaussianBlur(
            smooth, (size, size), options.smoothing, borderType=cv2.BORDER_REFLECT
        )
    padded = np.pad(smooth, 1, constant_values=-np.inf)
    height, width = heatmap.shape
    highest = smooth > options.threshold
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            other = padded[1 + down : 1 + down + height, 1 + across : 1 + across + width]
            if (down, across) < (0, 0):
                highest &= smooth > other
            elif (down, across) > (0, 0):
                highest &= smooth >= other
    found = []
    for y, x in zip(*np.nonzero(highest), strict=True):
        dx = _top(*(float(padded[y + 1, x + 1 + step]) for step in (-1, 0, 1)))
        dy = _top(*(float(padded[y + 1 + step, x + 1]) for step in (-1, 0, 1)))
        found.append(Peak(x + dx, y + dy, float(heatmap[y, x])))
    strongest = sorted(found, key=lambda peak: -peak.score)[: options.most_peaks]
    return [peak for peak in found if peak in strongest]


def _top(before: float, here: float, after: float) -> float:
    if math.isinf(before) or math.isinf(after):
        return 0.0
    return (after - before) / (2 * (2 * here - before - after))


def _connections(
    starts: list[Peak], ends: list[Peak], field: np.ndarray, maps: Maps, options: GroupingOptions
) -> list[tuple[int, int, float]]:
    candidates = []
    for one, start in enumerate(starts):
        for other, end in enumerate(ends):
            score = _score(start, end, field, maps, options)
            if score > 0:
                candidates.append((one, other, score))
    candidates.sort(key=lambda candidate: -candidate[2])
    taken: list[tuple[int, int, float]] = []
    for one, other, score in candidates:
        if all(one != first and other != second for first, second, _ in taken):
            taken.append((one, other, score))
    return taken


def _score(
    start: Peak, end: Peak, field: np.ndarray, maps: Maps, options: GroupingOptions
) -> float:
    vector = (end.x - start.x, end.y - start.y)
    length = math.hypot(*vector)
    if length == 0:
        return 0.0
    unit = (vector[0] / length, vector[1] / length)
    along = []
    for step in np.linspace(0, 1, 10):
        x = (start.x + vector[0] * step + 0.5) * (field.shape[2] / maps.input_size[0]) - 0.5
        y = (start.y + vector[1] * step + 0.5) * (field.shape[1] / maps.input_size[1]) - 0.5
        along.append(_at(field[0], x, y) * unit[0] + _at(field[1], x, y) * unit[1])
    if sum(one > options.limb_threshold for one in along) <= 0.8 * len(along):
        return 0.0
    prior = min(0.5 * maps.picture_size[1] / length - 1, 0)
    return float(np.mean(along)) + prior


def _at(one: np.ndarray, x: float, y: float) -> float:
    height, width = one.shape
    x, y = min(max(x, 0), width - 1), min(max(y, 0), height - 1)
    left, top = int(x), int(y)
    right, bottom = min(left + 1, width - 1), min(top + 1, height - 1)
    upper = float(one[top, left]) * (1 - (x - left)) + float(one[top, right]) * (x - left)
    lower = float(one[bottom, left]) * (1 - (x - left)) + float(one[bottom, right]) * (x - left)
    return upper * (1 - (y - top)) + lower * (y - top)


def _known(skeleton: Skeleton, place: int) -> bool:
    """Whether the limbs before this one join its two parts already."""
    limb = skeleton.limbs[place]
    reached = {limb.start}
    for _ in skeleton.parts:
        for before in skeleton.limbs[:place]:
            if reached & {before.start, before.end}:
                reached |= {before.start, before.end}
    return limb.end in reached


def _add(
    people: list[dict], pair: tuple[tuple[int, Peak], ...], score: float, *, begins: bool
) -> list[dict]:
    having = [
        [person for person in people if person["parts"].get(part) is peak] for part, peak in pair
    ]
    if not having[0] and not having[1]:
        new = {"parts": dict(pair), "total": sum(peak.score for _, peak in pair) + score}
        return [*people, new] if begins else people
    if having[0] and having[1]:
        first, second = having[0][0], having[1][0]
        if first is not second and not first["parts"].keys() & second["parts"].keys():
            first["parts"] |= second["parts"]
            first["total"] += second["total"] + score
            return [person for person in people if person is not second]
        return people
    person = (having[0] or having[1])[0]
    part, peak = pair[1] if having[0] else pair[0]
    if part not in person["parts"]:
        person["parts"][part] = peak
        person["total"] += peak.score + score
    return people
