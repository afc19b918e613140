"""Looking several times while samples come in, with the error rate of looking once."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64
from scipy.stats import beta, norm


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


def rare(num_changed: int, num_groups: int, *, alpha: float) -> float:
    """The largest share of groups that change where so few did, but with probability ``alpha``.

    The upper bound of Clopper and Pearson (Biometrika 26, 1934).
    """
    if num_changed >= num_groups:
        return 1.0
    return float(beta.ppf(1 - alpha, num_changed + 1, num_groups - num_changed))


def chance(*, room: float, error: float, fraction: float, quantile: float) -> float:
    """How likely a bound is to lie within its limit when all samples are in.

    Now a ``fraction`` of them is, the estimate is ``room`` below the limit and has this ``error``;
    the bound will be ``quantile`` errors above the estimate, which until then moves as a normal
    variable does.
    """
    if not error > 0:
        return float(room >= 0)
    if fraction >= 1:
        return float(room >= quantile * error)
    at_the_end = quantile * np.sqrt(fraction)
    return float(norm.cdf((room / error - at_the_end) / np.sqrt(1 - fraction)))
