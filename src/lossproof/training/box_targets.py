"""The boxes of a picture as a detector is trained on them."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Int64

from lossproof.targets import DetectionTarget
from lossproof.training.view import View

LEAST_SHOWN = 0.25
"""Of an object that a window cuts, the share of its box that must be left for it to count."""
_LEAST_SIDE_PIXELS = 1.0
_FOUR_CORNERS = [0, 1, 2, 1, 2, 3, 0, 3]
"""Where x and y of each corner of a box stand in it, all the way round."""


class Boxes(NamedTuple):
    """Corners in pixels of what the network is shown, and classes from 0."""

    boxes: Float32[np.ndarray, "n 4"]
    labels: Int64[np.ndarray, " n"]


def boxes_in_view(target: DetectionTarget, view: View) -> Boxes:
    """The objects that a view shows, cut to it.

    Crowd regions and difficult objects are left out, and so is what the view's window leaves less
    than a quarter of, or less than a pixel wide or high. There may be none.
    """
    single = ~(target.crowd | target.difficult)
    scale = np.divide(view.frame_size, target.frame_size, dtype=np.float64)
    corners = target.boxes[single][:, _FOUR_CORNERS].reshape(-1, 4, 2)
    corners = view.of_points(corners * scale)
    seen = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
    width, height = view.window.width, view.window.height
    cut = seen.clip(0, [width, height, width, height])
    sides = cut[:, 2:] - cut[:, :2]
    shown = sides.prod(axis=1) >= LEAST_SHOWN * (seen[:, 2:] - seen[:, :2]).prod(axis=1)
    kept = shown & (sides >= _LEAST_SIDE_PIXELS).all(axis=1)
    return Boxes(cut[kept].astype(np.float32), target.labels[single][kept])
