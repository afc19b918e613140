"""How well pairs of peaks are joined by a part affinity field, and which pairs are taken.

The greedy matching of Cao et al. (Realtime Multi-Person 2D Pose Estimation using Part Affinity
Fields, CVPR 2017), with the constants of its published code.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Float64, Int64

from lossproof.models.peaks import Peaks

NUM_SAMPLES = 10
"""Points at which a field is asked along a limb."""
MIN_SHARE = 0.8
"""More than this share of them must agree with the limb's direction."""


class Fields(NamedTuple):
    """A limb's field: x and y of unit vectors, and its pixels for each of the heat maps'.

    ``ratio`` is (across, down); the centres of pixels are at whole numbers in both.
    """

    vectors: Float32[np.ndarray, "2 h w"]
    ratio: tuple[float, float]


class Joints(NamedTuple):
    """Pairs of peaks by their places, and how well each is joined, the best first."""

    starts: Int64[np.ndarray, " n"]
    ends: Int64[np.ndarray, " n"]
    scores: Float64[np.ndarray, " n"]


def join(starts: Peaks, ends: Peaks, fields: Fields, *, threshold: float, reach: float) -> Joints:
    """The pairs that are taken, each peak in one at the most.

    A pair's score is the mean, over points from one peak to the other, of how much of the field
    runs in their direction; pairs longer than ``reach`` pixels lose for it. A pair counts when most
    points exceed ``threshold`` and the score is above 0.
    """
    vectors = ends.points[None, :, :] - starts.points[:, None, :]
    lengths = np.hypot(vectors[..., 0], vectors[..., 1])
    apart = lengths > 0
    units = vectors / np.where(apart, lengths, 1.0)[..., None]
    along = _along(starts, vectors, units, fields)
    scores = along.mean(axis=-1) + np.minimum(reach / np.where(apart, lengths, 1.0) - 1, 0)
    agreeing = np.count_nonzero(along > threshold, axis=-1)
    counts = apart & (agreeing > MIN_SHARE * NUM_SAMPLES) & (scores > 0)
    first, second = np.nonzero(counts)
    return _greedy(first, second, scores[first, second])


def _along(
    starts: Peaks,
    vectors: Float64[np.ndarray, "s e 2"],
    units: Float64[np.ndarray, "s e 2"],
    fields: Fields,
) -> Float64[np.ndarray, "s e p"]:
    """Of every pair, the field at points from one peak to the other, in the pair's direction."""
    steps = np.linspace(0.0, 1.0, NUM_SAMPLES)
    points = [
        starts.points[:, None, None, axis] + vectors[:, :, None, axis] * steps for axis in (0, 1)
    ]
    across, down = (
        (along + 0.5) * ratio - 0.5 for along, ratio in zip(points, fields.ratio, strict=True)
    )
    x, y = sampled(fields.vectors, across, down)
    result: Float64[np.ndarray, "s e p"] = x * units[..., 0, None] + y * units[..., 1, None]
    return result


def sampled(
    maps: Float32[np.ndarray, "c h w"],
    across: Float64[np.ndarray, "s e p"],
    down: Float64[np.ndarray, "s e p"],
) -> Float64[np.ndarray, "c s e p"]:
    """Maps between their pixels, bilinear; beyond the border as at the border."""
    height, width = maps.shape[1:]
    across, down = across.clip(0, width - 1), down.clip(0, height - 1)
    left, top = across.astype(np.int64), down.astype(np.int64)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    by_x, by_y = across - left, down - top
    upper = maps[:, top, left] * (1 - by_x) + maps[:, top, right] * by_x
    lower = maps[:, bottom, left] * (1 - by_x) + maps[:, bottom, right] * by_x
    between: Float64[np.ndarray, "c s e p"] = upper * (1 - by_y) + lower * by_y
    return between


def _greedy(
    starts: Int64[np.ndarray, " n"],
    ends: Int64[np.ndarray, " n"],
    scores: Float64[np.ndarray, " n"],
) -> Joints:
    """The best pair first, then the best of those that share no peak with one that is taken."""
    order = np.argsort(-scores, kind="stable")
    taken, used_starts, used_ends = [], set(), set()
    for place, start, end in zip(
        order.tolist(), starts[order].tolist(), ends[order].tolist(), strict=True
    ):
        if start not in used_starts and end not in used_ends:
            used_starts.add(start)
            used_ends.add(end)
            taken.append(place)
    kept = np.array(taken, np.int64)
    return Joints(starts[kept], ends[kept], scores[kept])
