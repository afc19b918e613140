"""Optical flow by OpenCV: where each pixel of a frame lies in the next one.

``dis`` is DIS (Kroeger et al., ECCV 2016) at the medium preset, ``farneback`` Farnebäck's
polynomial expansion (SCIA 2003) and ``tvl1`` TV-L1 (Zach et al., DAGM 2007), each with OpenCV's
usual parameters and on the frames' luma; frames of fewer than 64 pixels a side are padded for
them by repeating the border. Every answer depends on the two frames alone.
"""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Literal

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from lossproof.records import Clip, Frame

DenseFlow = Literal["dis", "farneback", "tvl1"]
Flow = Float32[np.ndarray, "pairs h w 2"]
"""For each frame but the last: how far each pixel moves right and down, in pixels."""

Grey = UInt8[np.ndarray, "h w"]
Estimate = Callable[[Grey, Grey], Float32[np.ndarray, "h w 2"]]
# With fewer pixels DIS has too few for a patch at its scales, and reads what is not its own.
_SMALLEST = 64


def dense_flow(clip: Clip, *, name: DenseFlow = "dis") -> Flow:
    """Flow (T-1, H, W, 2) of a clip (T, H, W, 3), at the clip's own size; none of one frame.

    Several threads may call it at once. Raises ValueError for a clip without frames or pixels.
    """
    if not clip.size:
        raise ValueError(f"clip has the shape {clip.shape}; 1 frame of 1x1 or more is allowed")
    # OpenCV's objects keep buffers and are not to be shared by threads: one for each call.
    return _pairs(clip, _ESTIMATES[name]())


def _pairs(clip: Clip, estimate: Estimate) -> Flow:
    height, width = clip.shape[1:3]
    flow = np.empty((len(clip) - 1, height, width, 2), np.float32)
    for place, (before, after) in enumerate(pairwise(map(_grey, clip))):
        flow[place] = estimate(before, after)[:height, :width]
    return flow


def _grey(frame: Frame) -> Grey:
    grey = cv2.cvtColor(np.ascontiguousarray(frame), cv2.COLOR_RGB2GRAY)
    below, right = (max(0, _SMALLEST - size) for size in grey.shape)
    padded = cv2.copyMakeBorder(grey, 0, below, 0, right, cv2.BORDER_REPLICATE)
    return np.asarray(padded, np.uint8)


def _dis() -> Estimate:
    made = cv2.DISOpticalFlow.create(cv2.DISOpticalFlow_PRESET_MEDIUM)
    return lambda before, after: np.asarray(made.calc(before, after, _NO_GUESS), np.float32)


def _farneback() -> Estimate:
    """The parameters are those of OpenCV's own tutorial."""
    return lambda before, after: np.asarray(
        cv2.calcOpticalFlowFarneback(before, after, _NO_GUESS, 0.5, 3, 15, 3, 5, 1.2, 0),
        np.float32,
    )


def _tvl1() -> Estimate:
    made = cv2.optflow.DualTVL1OpticalFlow.create()
    return lambda before, after: np.asarray(made.calc(before, after, _NO_GUESS), np.float32)


# OpenCV's type stubs do not say that None is taken here.
_NO_GUESS: np.ndarray = None  # type: ignore[assignment]
_ESTIMATES: Mapping[str, Callable[[], Estimate]] = {
    "dis": _dis,
    "farneback": _farneback,
    "tvl1": _tvl1,
}
