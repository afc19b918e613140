"""Bootstrap intervals, paired over samples and clustered by groups of them.

The percentile bootstrap of Efron and Tibshirani (An Introduction to the Bootstrap, 1993, ch. 13):
groups of samples that resemble each other are drawn with replacement, as counts, and the summary is
computed from the weighted statistics. Two results on the same samples get the same draws, so that
what they share cancels in their difference. Its quantiles are widened for few groups as Hesterberg
has it (What Teachers Should Know About the Bootstrap, The American Statistician 69(4), 2015).
"""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float64, Int64
from scipy.stats import norm, t

from lossproof.records import Stat, Summarise

NUM_RESAMPLES = 1000
CONFIDENCE = 0.95
FEWEST_GROUPS = 5
_BLOCK = 25

Interval = tuple[float, float]


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
) -> dict[str, Float64[np.ndarray, " r"]]:
    """Every score of ``summarise`` over the resamples; NaN where there are fewer than 5 groups.

    So few say next to nothing of how others would differ: of 2 there are but 3 different resamples.
    """
    if len(set(groups)) < FEWEST_GROUPS:
        return {name: np.full(num_resamples, np.nan) for name in summarise(stats, None)}
    weights = resample_weights(groups, num_resamples=num_resamples, seed=seed)
    blocks = [summarise(stats, block) for block in weights]
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def interval(
    distribution: Float64[np.ndarray, " r"], num_groups: int, *, confidence: float = CONFIDENCE
) -> Interval:
    """The central interval at this confidence of resamples of so many groups.

    NaN when no resample is finite. Raises ValueError for a confidence that is none.
    """
    _check(confidence)
    tail = (1 - confidence) / 2
    return (
        bound(distribution, num_groups, confidence=tail),
        bound(distribution, num_groups, confidence=1 - tail),
    )


def bound(distribution: Float64[np.ndarray, " r"], num_groups: int, *, confidence: float) -> float:
    """What the value does not exceed at this confidence: the one-sided bound of its resamples.

    NaN when no resample is finite. Raises ValueError for a confidence that is none.
    """
    _check(confidence)
    finite = distribution[np.isfinite(distribution)]
    if not finite.size:
        return float("nan")
    return float(np.quantile(finite, widened(confidence, num_groups)))


def _check(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}; more than 0 and less than 1 is allowed")


def widened(share: float, num_groups: int) -> float:
    """The share of the resamples of few groups that stands for ``share`` of what can be.

    Resamples of n groups vary too little, by the factor (n - 1) / n in their variance, and the
    normal's quantiles are too near for a variance that is itself estimated; this undoes both.
    """
    if num_groups < 2:
        raise ValueError(f"there are {num_groups} groups; 2 or more are allowed")
    quantile = t.ppf(share, num_groups - 1)
    return float(norm.cdf(quantile * np.sqrt(num_groups / (num_groups - 1))))
