"""Bootstrap intervals, paired over samples and clustered by groups of them.

Groups of samples that resemble each other are drawn with replacement, as counts, and the summary is
computed from the weighted statistics. Two results on the same samples get the same draws, so that
what they share cancels in their difference. Intervals are the bias-corrected percentiles of Efron
and Tibshirani (An Introduction to the Bootstrap, 1993, ch. 14.3, without acceleration), widened for
few groups as Hesterberg has it (What Teachers Should Know About the Bootstrap, The American
Statistician 69(4), 2015).
"""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float64, Int64
from scipy.special import ndtr, ndtri, stdtrit

from lossproof.records import Stat, Summarise

NUM_RESAMPLES = 1000
CONFIDENCE = 0.95
FEWEST_GROUPS = 5
_BLOCK = 25
_FURTHEST_LEAN = 1.0

Interval = tuple[float, float]
Draws = Float64[np.ndarray, " n"]
"""A value of the samples as they are, then the same of every resample."""


def resample_weights(
    groups: Sequence[str], *, num_resamples: int = NUM_RESAMPLES, seed: int = 0
) -> Iterator[Float64[np.ndarray, "block n"]]:
    """How often each sample is drawn in each resample, in blocks of rows to bound the memory.

    ``groups`` has the same text for samples that are drawn together, one for each sample.
    """
    if not groups:
        raise ValueError("there are no samples; 1 or more are allowed")
    number = {group: place for place, group in enumerate(dict.fromkeys(groups))}
    member = np.array([number[group] for group in groups])
    generator = np.random.default_rng(seed)
    for start in range(0, num_resamples, _BLOCK):
        rows = min(_BLOCK, num_resamples - start)
        yield _draw_counts(generator, rows, len(number))[:, member].astype(np.float64)


def _draw_counts(
    generator: np.random.Generator, rows: int, num_groups: int
) -> Int64[np.ndarray, "rows groups"]:
    """How often each group comes up when as many are drawn as there are, one row per resample."""
    drawn = generator.integers(num_groups, size=(rows, num_groups))
    drawn += np.arange(rows)[:, None] * num_groups
    return np.bincount(drawn.ravel(), minlength=rows * num_groups).reshape(rows, num_groups)


def distributions(
    summarise: Summarise,
    stats: Stat,
    groups: Sequence[str],
    *,
    num_resamples: int = NUM_RESAMPLES,
    seed: int = 0,
) -> dict[str, Draws]:
    """Every score of ``summarise``, and over the resamples; these are NaN of fewer than 5 groups.

    So few say next to nothing of how others would differ: of 2 there are but 3 different resamples.
    """
    values = summarise(stats, None)
    if len(set(groups)) < FEWEST_GROUPS:
        unknown = np.full(num_resamples, np.nan)
        return {name: np.append(value, unknown) for name, value in values.items()}
    weights = resample_weights(groups, num_resamples=num_resamples, seed=seed)
    blocks = [values, *(summarise(stats, block) for block in weights)]
    return {name: np.concatenate([block[name] for block in blocks]) for name in values}


def interval(draws: Draws, num_groups: int, *, confidence: float = CONFIDENCE) -> Interval:
    """The central interval at this confidence from resamples of so many groups.

    It holds the value. NaN when the value is not finite or no resample is. Raises ValueError for a
    confidence that is none.
    """
    tail = (1 - confidence) / 2
    low, high = _ends(draws, num_groups, confidence, [tail, 1 - tail])
    return low, high


def bound(draws: Draws, num_groups: int, *, confidence: float) -> float:
    """What the true value does not exceed at this confidence: the one-sided bound of its resamples.

    From a confidence of one half on it is the value or more, below that the value or less. NaN when
    the value is not finite or no resample is. Raises ValueError for a confidence that is none.
    """
    (end,) = _ends(draws, num_groups, confidence, [confidence])
    return end


def _ends(draws: Draws, num_groups: int, confidence: float, shares: Sequence[float]) -> list[float]:
    """What the true value does not exceed with the probability of each of ``shares``."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}; more than 0 and less than 1 is allowed")
    value, resamples = float(draws[0]), draws[1:]
    finite = resamples[np.isfinite(resamples)]
    if not (np.isfinite(value) and finite.size):
        return [float("nan")] * len(shares)
    normal = ndtri([widened(share, num_groups) for share in shares]) + 2 * _lean(value, finite)
    ends = np.quantile(finite, ndtr(normal)).tolist()
    return [
        max(value, end) if share >= 0.5 else min(value, end)
        for share, end in zip(shares, ends, strict=True)
    ]


def _lean(value: float, resamples: Float64[np.ndarray, " r"]) -> float:
    """Where the value is among its resamples, as a quantile of the normal: 0 in their middle.

    Resamples lean to one side of the value as the value itself leans from the truth. Beyond
    ``_FURTHEST_LEAN``, which is ours, no more is corrected: both ends would come to lie among the
    few resamples on the value's side, and an interval of a value beyond all would be a point.
    """
    below = ((resamples < value).mean() + (resamples <= value).mean()) / 2
    return float(ndtri(below).clip(-_FURTHEST_LEAN, _FURTHEST_LEAN))


def widened(share: float, num_groups: int) -> float:
    """The share of the resamples of few groups that stands for ``share`` of what can be.

    Resamples of n groups vary too little, by the factor (n - 1) / n in their variance, and the
    normal's quantiles are too near for a variance that is itself estimated; this undoes both.
    """
    if num_groups < 2:
        raise ValueError(f"there are {num_groups} groups; 2 or more are allowed")
    quantile = stdtrit(num_groups - 1, share)
    return float(ndtr(quantile * np.sqrt(num_groups / (num_groups - 1))))
