"""How far the optical flow of what arrived is from that of what was sent (DIS; dense_flow.py)."""

import threading

import cv2
import numpy as np
from jaxtyping import Float64

from lossproof.dense_flow import Flow, dense_flow
from lossproof.targets import SourceTarget


def source_flow(target: SourceTarget) -> Flow:
    """The flow of what was sent, computed once for all that arrives; threads wait for it."""
    lock = target.made.setdefault("flow_lock", threading.Lock())
    with lock:
        if "flow" not in target.made:
            target.made["flow"] = dense_flow(target.frames)
    found: Flow = target.made["flow"]
    return found


def end_point_errors(one: Flow, other: Flow) -> Float64[np.ndarray, " t"]:
    """The sum over each frame's pixels of how far the ends of the two vectors are apart."""
    errors = [
        cv2.magnitude(*cv2.split(a - b)).sum(dtype=np.float64)
        for a, b in zip(one, other, strict=True)
    ]
    return np.array(errors)
