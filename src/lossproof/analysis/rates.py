"""Rates, from bytes as counted."""

import numpy as np
from jaxtyping import Float64

BITS_PER_BYTE = 8


def bits_per_pixel(num_bytes: int, num_pixels: int) -> float:
    """Bits per pixel of pictures together; NaN when there are no pixels."""
    return num_bytes * BITS_PER_BYTE / num_pixels if num_pixels else float("nan")


def kbit_per_second(num_bytes: int, duration_seconds: float) -> float:
    """Kilobits (1000) per second of clips together; NaN when nobody knows how long they last."""
    if not duration_seconds > 0:
        return float("nan")
    return num_bytes * BITS_PER_BYTE / 1000 / duration_seconds


def drop(
    value: Float64[np.ndarray, "*shape"] | float,
    reference: Float64[np.ndarray, "*shape"] | float,
    *,
    higher_is_better: bool,
) -> Float64[np.ndarray, "*shape"]:
    """What is lost, as a share of the reference: (reference - value) / reference.

    Positive is worse in either direction of the score. NaN where the reference is 0.
    """
    value, reference = np.asarray(value, np.float64), np.asarray(reference, np.float64)
    sign = 1.0 if higher_is_better else -1.0
    lost = sign * (reference - value)
    drops = np.full(lost.shape, np.nan)
    np.divide(lost, reference, out=drops, where=reference != 0)
    return drops


def saving(num_bytes: float, reference_num_bytes: float) -> float:
    """The share of the reference's bytes that is not needed; NaN when the reference has none."""
    if not reference_num_bytes:
        return float("nan")
    return 1 - num_bytes / reference_num_bytes
