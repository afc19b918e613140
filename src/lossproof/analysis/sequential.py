"""Looking several times while samples come in, with the error rate of looking once."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64
from scipy.stats import norm, t

_FEWEST_BEYOND = 5


def spending(fractions: Sequence[float], *, alpha: float) -> Float64[np.ndarray, " looks"]:
    """The error that each look may spend; together ``alpha``.

    ``fractions`` of the samples, rising to 1. The first looks get next to nothing: Lan and DeMets'
    spending function of O'Brien and Fleming's kind (Biometrika 70, 1983). Spent by the union bound,
    so that it holds however the looks depend on each other.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is {alpha}; more than 0 and less than 1 is allowed")
    at = np.asarray(fractions, np.float64)
    if at.size == 0 or (np.diff(at) <= 0).any() or at[0] <= 0 or at[-1] != 1:
        raise ValueError(
            f"fractions are {list(fractions)}; rising ones that end with 1 are allowed"
        )
    spent = 2 * norm.sf(norm.ppf(1 - alpha / 2) / np.sqrt(at))
    shares: Float64[np.ndarray, " looks"] = np.diff(spent, prepend=0.0)
    return shares


def upper_bound(
    value: float, draws: Float64[np.ndarray, " r"], *, alpha: float, num_groups: int
) -> float:
    """What a quantity does not exceed but with probability ``alpha``, from its resamples.

    The bootstrap's quantile, moved away from the value as far as few groups ask for: by Student's t
    over the normal and by the root of n / (n - 1) (Hesterberg, The American Statistician 69, 2015).
    Where so few resamples lie beyond the quantile that it is not known, and where there is but one
    group, it is infinite.
    """
    finite = draws[np.isfinite(draws)]
    if num_groups < 2 or finite.size * alpha < _FEWEST_BEYOND:
        return float("inf")
    quantile = float(np.quantile(finite, 1 - alpha))
    wider = t.ppf(1 - alpha, num_groups - 1) / norm.ppf(1 - alpha)
    return float(value + (quantile - value) * wider * np.sqrt(num_groups / (num_groups - 1)))


def unseen(num_groups: int, *, alpha: float) -> float:
    """The largest share of groups that differ where none of so many did, but with ``alpha``."""
    return float(1 - alpha ** (1 / num_groups))
