"""Ratios and means where some have nothing to be divided by: NaN, never 0 and never a warning."""

import numpy as np
from jaxtyping import Float64


def ratio(
    part: Float64[np.ndarray, "..."], whole: Float64[np.ndarray, "..."], *, missing: float = np.nan
) -> Float64[np.ndarray, "..."]:
    """``part / whole`` in the shape of ``part``, and ``missing`` where ``whole`` is 0 or less."""
    answer = np.full(part.shape, missing)
    np.divide(part, whole, out=answer, where=whole > 0)
    return answer


def mean_of_present(values: Float64[np.ndarray, "..."], *, axis: int) -> Float64[np.ndarray, "..."]:
    """The mean of what is finite along an axis; NaN where nothing is."""
    present = np.isfinite(values)
    total = np.where(present, values, 0.0).sum(axis=axis)
    return ratio(total, present.sum(axis=axis).astype(np.float64))
