"""Where heat maps have their peaks: candidates for the parts of people."""

from typing import NamedTuple, final

import cv2
import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64

from lossproof.records import FrameSize


class Peaks(NamedTuple):
    """The peaks of one heat map: x and y (n, 2) in its pixels, and the map's values there."""

    points: Float64[np.ndarray, "n 2"]
    scores: Float64[np.ndarray, " n"]


@final
class PeakFinder:
    """Finds the peaks above ``threshold`` in heat maps of one size, one map after another.

    As in OpenPose a peak is sought where a map is smoothed by a Gaussian of ``smoothing`` pixels
    (0 for none), and scored by the map as it is. The place is refined by a parabola through its
    neighbours, along each axis. Pixels have their centres at whole numbers. Of many peaks the
    ``most`` highest are kept.
    """

    def __init__(self, size: FrameSize, *, threshold: float, smoothing: float, most: int) -> None:
        width, height = size
        self._threshold = threshold
        self._smoothing = smoothing
        self._most = most
        # Kept from map to map: clearing new memory takes longer than the arithmetic.
        self._smooth = np.empty((height, width), np.float32)
        self._padded = np.empty((height + 2, width + 2), np.float32)

    def find(self, heatmap: Float32[np.ndarray, "h w"]) -> Peaks:
        """The peaks of one map, in the order of its rows."""
        smooth = self._smoothed(heatmap)
        # Nothing lies beyond the border, so that a pixel at the border may be a peak.
        border = (1, 1, 1, 1, cv2.BORDER_CONSTANT)
        cv2.copyMakeBorder(smooth, *border, dst=self._padded, value=[-np.inf])
        values, width = self._padded.ravel(), self._padded.shape[1]
        places = np.flatnonzero(values > self._threshold)
        places = places[_highest(values, places, width)]
        scores = heatmap[places // width - 1, places % width - 1].astype(np.float64)
        kept = np.sort(np.argsort(-scores, kind="stable")[: self._most])
        return Peaks(_points(values, places[kept], width), scores[kept])

    def _smoothed(self, heatmap: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
        if self._smoothing == 0:
            return heatmap
        # Cut at four times its width, as SciPy's is.
        size = 2 * int(4 * self._smoothing + 0.5) + 1
        return cv2.GaussianBlur(
            heatmap,
            (size, size),
            self._smoothing,
            dst=self._smooth,
            borderType=cv2.BORDER_REFLECT,
        )


def _highest(
    values: Float32[np.ndarray, " p"], places: Int64[np.ndarray, " n"], width: int
) -> Bool[np.ndarray, " n"]:
    """Which places are as high as all eight neighbours; of equal ones the first alone."""
    here = values[places]
    highest = np.ones(len(places), bool)
    for step in (1, width - 1, width, width + 1):
        highest &= here > values[places - step]
        highest &= here >= values[places + step]
    return highest


def _points(
    values: Float32[np.ndarray, " p"], places: Int64[np.ndarray, " n"], width: int
) -> Float64[np.ndarray, "n 2"]:
    across = places % width - 1 + _shifts(values, places, 1)
    down = places // width - 1 + _shifts(values, places, width)
    return np.stack([across, down], axis=1)


def _shifts(
    values: Float32[np.ndarray, " p"], places: Int64[np.ndarray, " n"], step: int
) -> Float64[np.ndarray, " n"]:
    """From each place to the top of the parabola through it; 0 at the border."""
    before, here, after = (values[places + by].astype(np.float64) for by in (-step, 0, step))
    inner = np.isfinite(before) & np.isfinite(after)
    bend = 2 * here[inner] - before[inner] - after[inner]
    shifts = np.zeros(len(places))
    shifts[inner] = (after[inner] - before[inner]) / (2 * bend)
    return shifts
