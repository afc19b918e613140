"""One person cut out of a frame, and the keypoints that a network sees in the cut-out.

The protocol of Xiao, Wu and Wei (Simple Baselines for Human Pose Estimation and Tracking, ECCV
2018): the box is widened to the network's aspect ratio and by a quarter, cut with bilinear
interpolation, black beyond the frame; the highest pixel of a heat map is moved by a quarter of a
pixel towards the higher of its neighbours.
"""

from typing import NamedTuple

import cv2
import numpy as np
from jaxtyping import Float32, Float64

from lossproof.records import Frame, FrameSize

PADDING = 1.25


class Crop(NamedTuple):
    """A rectangle in a frame: its centre, and how wide and high it is, in pixels."""

    centre: tuple[float, float]
    extent: tuple[float, float]


def crop_of(box: Float32[np.ndarray, "4"], size: FrameSize) -> Crop:
    """The rectangle around a box x1, y1, x2, y2 that fills a network's input of ``size``.

    A box without width or height gets a pixel of it. Raises ValueError for one that holds NaN or
    infinity, or ends before it begins.
    """
    x1, y1, x2, y2 = (float(value) for value in box)
    if not np.isfinite(box).all() or x2 < x1 or y2 < y1:
        raise ValueError(f"box is {[x1, y1, x2, y2]}; finite x1 <= x2 and y1 <= y2 are allowed")
    aspect = size[0] / size[1]
    width, height = max(x2 - x1, 1.0), max(y2 - y1, 1.0)
    width, height = max(width, aspect * height), max(height, width / aspect)
    return Crop(((x1 + x2) / 2, (y1 + y2) / 2), (PADDING * width, PADDING * height))


def cut(frame: Frame, crop: Crop, size: FrameSize) -> Frame:
    """What is in the rectangle, at ``size``."""
    scale = [to / of for to, of in zip(size, crop.extent, strict=True)]
    matrix = np.array(
        [
            [scale[0], 0.0, size[0] / 2 - crop.centre[0] * scale[0]],
            [0.0, scale[1], size[1] / 2 - crop.centre[1] * scale[1]],
        ]
    )
    return cv2.warpAffine(frame, matrix, size, flags=cv2.INTER_LINEAR)


def keypoints_in(heatmaps: Float32[np.ndarray, "k h w"], crop: Crop) -> Float64[np.ndarray, "k 3"]:
    """x, y in pixels of the frame and confidence, the value of the peak, of each heat map.

    A map that is nowhere above 0 gives 0, 0, 0. Raises ValueError for maps that hold NaN.
    """
    if not np.isfinite(heatmaps).all():
        raise ValueError("the network's heat maps hold NaN or infinity; numbers are allowed")
    number, height, width = heatmaps.shape
    flat = heatmaps.reshape(number, -1)
    highest = flat.argmax(axis=1)
    every = np.arange(number)
    down, across = np.divmod(highest, width)
    points = np.stack(
        [
            across + _quarter(heatmaps[every, down], across),
            down + _quarter(heatmaps[every, :, across], down),
        ],
        axis=1,
    )
    scale = np.array(crop.extent) / (width, height)
    points = crop.centre + (points - np.array([width, height]) / 2) * scale
    confidence = flat[every, highest].astype(np.float64)
    keypoints = np.concatenate([points, confidence[:, None]], axis=1)
    return np.where(confidence[:, None] > 0, keypoints, 0.0)


def _quarter(lines: Float32[np.ndarray, "k n"], places: np.ndarray) -> Float64[np.ndarray, " k"]:
    """A quarter towards the higher neighbour along each line; 0 at its ends and between equals."""
    every, last = np.arange(len(lines)), lines.shape[1] - 1
    after = lines[every, np.minimum(places + 1, last)]
    before = lines[every, np.maximum(places - 1, 0)]
    inner = (places > 0) & (places < last)
    return np.where(inner, 0.25 * np.sign(after - before), 0.0).astype(np.float64)
