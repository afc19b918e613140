"""How two codecs compare over the rates, or the scores, that both reach.

Bjøntegaard's measures (VCEG-M33, 2001) as ITU-T's HSTP-VID-WPOM computes them: the logarithm of the
rate, and the score, are joined by piecewise cubic Hermite polynomials, which go through every
measured point, and integrated where both curves are.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float64
from scipy.interpolate import PchipInterpolator

FEWEST = 3
"""Points that a curve needs."""


class Curve(NamedTuple):
    """Measured points in any order; scores are better when higher, NaN where not known."""

    rates: Float64[np.ndarray, " n"]
    scores: Float64[np.ndarray, " n"]


class _Function(NamedTuple):
    """Arguments, rising, and their values."""

    arguments: Float64[np.ndarray, " n"]
    values: Float64[np.ndarray, " n"]


def bd_score(one: Curve, other: Curve) -> float:
    """How much higher the score of the other is at the same rate, on average over log rate.

    NaN where fewer than 3 points are known of either, or no rate is common. Raises ValueError for
    rates that are not positive or not distinct.
    """
    return _mean_difference(_scores(one), _scores(other))


def bd_rate(one: Curve, other: Curve) -> float:
    """How much more rate the other needs for the same score, as a share; -0.2 is 20% less.

    NaN where a curve does not rise with the rate throughout, since then a score stands for several
    rates; else as ``bd_score``.
    """
    first, second = _inverse(_scores(one)), _inverse(_scores(other))
    if first is None or second is None:
        return float("nan")
    return float(np.expm1(_mean_difference(first, second)))


def _scores(curve: Curve) -> _Function:
    """Of the logarithm of the rate."""
    known = np.isfinite(curve.scores)
    rates, scores = curve.rates[known], curve.scores[known]
    if (rates <= 0).any() or np.unique(rates).size < rates.size:
        raise ValueError(f"rates are {rates.tolist()}; positive ones that differ are allowed")
    order = np.argsort(rates)
    return _Function(np.log(rates[order]), scores[order])


def _inverse(function: _Function) -> _Function | None:
    rises = bool((np.diff(function.values) > 0).all())
    return _Function(function.values, function.arguments) if rises else None


def _mean_difference(one: _Function, other: _Function) -> float:
    """Of the second's values over the first's, where both have arguments."""
    if min(one.arguments.size, other.arguments.size) < FEWEST:
        return float("nan")
    low = max(one.arguments[0], other.arguments[0])
    high = min(one.arguments[-1], other.arguments[-1])
    if not low < high:
        return float("nan")
    first, second = (
        float(PchipInterpolator(*curve).integrate(low, high)) for curve in (one, other)
    )
    return float((second - first) / (high - low))
