"""The strongest level that loses no more than is tolerated."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float64

from lossproof.analysis.bootstrap import CONFIDENCE


class Safe(NamedTuple):
    """``place`` among the levels, None where none is safe. ``interrupted`` tells that a better
    level than that is not safe: the curve is not monotone, or the better one is less sure."""

    place: int | None
    interrupted: bool


def highest_drop(drops: Float64[np.ndarray, " r"], *, confidence: float = CONFIDENCE) -> float:
    """What the drop does not exceed at this confidence: the one-sided bound of its resamples.

    NaN where no resample is finite. Raises ValueError for a confidence that is none.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}; more than 0 and less than 1 is allowed")
    finite = drops[np.isfinite(drops)]
    return float(np.quantile(finite, confidence)) if finite.size else float("nan")


def safe_level(highest: Float64[np.ndarray, " levels"], *, tolerance: float) -> Safe:
    """Of levels from the best down, with the highest drop of each, the last within ``tolerance``.

    A drop of NaN is not within it. Raises ValueError for a tolerance that is not a share.
    """
    if not 0 <= tolerance < 1:
        raise ValueError(f"tolerance is {tolerance}; a share from 0 to below 1 is allowed")
    within = np.flatnonzero(highest <= tolerance)
    if not within.size:
        return Safe(None, interrupted=False)
    last = int(within[-1])
    return Safe(last, interrupted=within.size <= last)
