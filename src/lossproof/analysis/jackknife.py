"""One-sided bounds from what an estimate is without each part of the samples.

The delete-one jackknife (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, ch. 11) over
groups of samples: its spread is the standard error, its mean tells the bias, and its skewness how
far the two sides of a studentised interval differ. Plain percentiles of a bootstrap know none of
the last two, and resamples of few samples lack whole classes, so that their bounds are too short
for average precision.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64
from scipy.stats import t

MOST_PARTS = 40
FEWEST_PARTS = 10


def left_out_weights(
    groups: Sequence[str], *, most_parts: int = MOST_PARTS
) -> Float64[np.ndarray, "parts n"]:
    """Weights of the samples with one part after the other left out, a row for each.

    ``groups`` has the same text for samples that belong together, which are never parted. A part is
    a group, or several where there are more groups than ``most_parts``; neighbours in the order of
    the groups are then in different parts. Raises ValueError for no samples.
    """
    if not groups:
        raise ValueError("there are no samples; 1 or more are allowed")
    number = {group: place for place, group in enumerate(dict.fromkeys(groups))}
    parts = min(len(number), most_parts)
    member = np.array([number[group] % parts for group in groups])
    weights: Float64[np.ndarray, "parts n"] = (member != np.arange(parts)[:, None]).astype(
        np.float64
    )
    return weights


class Estimate(NamedTuple):
    """A value, its standard error, and what the jackknife says of its bias and skewness.

    ``num_parts`` is of how many parts one was left out at a time, and ``away`` how far each takes
    the value from its mean, so that errors of differences can be told. Of a value that no part
    changes the error is 0.
    """

    value: float
    error: float
    bias: float
    skewness: float
    num_parts: int
    away: Float64[np.ndarray, " parts"]

    def upper(self, alpha: float) -> float:
        """What the estimated quantity does not exceed but with probability ``alpha``."""
        if self.unknown:
            return float("inf")
        centre = self.value - min(0.0, self.bias)
        return float(centre + self.error * self._times(alpha, self.skewness))

    def lower(self, alpha: float) -> float:
        """What the estimated quantity does not fall below but with probability ``alpha``."""
        if self.unknown:
            return float("-inf")
        centre = self.value - max(0.0, self.bias)
        return float(centre - self.error * self._times(alpha, -self.skewness))

    @property
    def unknown(self) -> bool:
        """Whether there are too few parts for a bound, or it is not defined without each."""
        return self.num_parts < FEWEST_PARTS or not np.isfinite(self.error)

    def _times(self, alpha: float, skewness: float) -> float:
        """How many standard errors away the bound is: Student's t, and Hall's term for skewness
        (The Bootstrap and Edgeworth Expansion, 1992, ch. 3) where it takes the bound further."""
        quantile = float(t.ppf(1 - alpha, self.num_parts - 1))
        further = skewness * (2 * quantile**2 + 1) / (6 * np.sqrt(self.num_parts))
        return quantile + max(0.0, float(further))


def estimate(value: float, left_out: Float64[np.ndarray, " parts"]) -> Estimate:
    """From a value and the same without each part. NaN where any of them is not finite."""
    count = len(left_out)
    if not np.isfinite(value) or not np.isfinite(left_out).all() or count < 2:
        return Estimate(value, float("nan"), 0.0, 0.0, count, np.full(count, np.nan))
    away = (count - 1) * (left_out.mean() - left_out)
    variance = float(np.mean(away**2))
    skewness = float(np.mean(away**3)) / variance**1.5 if variance > 0 else 0.0
    # Of few values the plain skewness is too small on average.
    if count > 2:
        skewness *= np.sqrt(count * (count - 1)) / (count - 2)
    return Estimate(
        value=value,
        error=float(np.sqrt(variance / (count - 1))),
        bias=(count - 1) * (float(left_out.mean()) - value),
        skewness=skewness,
        num_parts=count,
        away=away,
    )
