"""Depth: the picture beside its depths in colours, with a scale in metres."""

import cv2
import numpy as np

from lossproof.records import DepthMap, Frames
from lossproof.records import Frame as Picture
from lossproof.tasks.drawing.canvas import beside, canvas, middle
from lossproof.tasks.drawing.heat import Range, bar, heat
from lossproof.tasks.task import Legend

_COLOURS = cv2.COLORMAP_CIVIDIS


def spread(depths: DepthMap) -> tuple[float, float]:
    """The middle 98% of the depths that are known, so that a few wild ones do not hide the rest."""
    known = depths[np.isfinite(depths)]
    low, high = np.quantile(known, [0.01, 0.99]) if known.size else (0.0, 1.0)
    return float(low), float(high)


def draw(frames: Frames, prediction: DepthMap, legend: Legend) -> Picture:
    """The frame, and beside it near depths dark and far ones bright.

    The colours span what the legend says, or the prediction's own depths.
    """
    picture = canvas(middle(frames)).picture
    span = Range(*(legend.span or spread(prediction)), "m")
    size = (picture.shape[1], picture.shape[0])
    depth = np.asarray(cv2.resize(prediction, size, interpolation=cv2.INTER_LINEAR))
    return beside(picture, heat(depth, span, _COLOURS), bar(picture, span, _COLOURS))
