"""Optical flow between the frames of a clip.

Dense Inverse Search (Kroeger, Timofte, Dai and Van Gool, ECCV 2016) as OpenCV has it, preset
medium, on grey frames.
"""

import threading
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from jaxtyping import Float32, Float64

from lossproof.records import Clip
from lossproof.targets import SourceTarget

Flow = Float32[np.ndarray, "t h w 2"]
SMALLEST = 16
"""Pixels on a side, under which the search finds no place for its patches."""


def flow(clip: Clip) -> Flow:
    """Pixels to the right and down that each pixel moves to the next frame, if there is one."""
    grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in clip]
    # OpenCV's annotations ask for a flow to start from, which would be taken for a guess.
    search: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return np.stack([search.calc(*pair, None) for pair in pairwise(grey)])


def source_flow(target: SourceTarget) -> Flow:
    """The flow of what was sent, computed once for all that arrives; threads wait for it."""
    lock = target.made.setdefault("flow_lock", threading.Lock())
    with lock:
        if "flow" not in target.made:
            target.made["flow"] = flow(target.frames)
    found: Flow = target.made["flow"]
    return found


def end_point_errors(one: Flow, other: Flow) -> Float64[np.ndarray, " t"]:
    """The sum over each frame's pixels of how far the ends of the two vectors are apart."""
    errors = [
        cv2.magnitude(*cv2.split(a - b)).sum(dtype=np.float64)
        for a, b in zip(one, other, strict=True)
    ]
    return np.array(errors)
