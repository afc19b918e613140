"""The strongest level that loses no more than is tolerated."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float64


class Safe(NamedTuple):
    """``place`` among the levels, None where none is safe. ``interrupted`` tells that a better
    level than that is not safe: the curve is not monotone, or the better one is less sure."""

    place: int | None
    interrupted: bool


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
