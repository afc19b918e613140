"""Where a curve of score against rate bends: from there on little rate buys little score."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float64, Int64

from lossproof.analysis.bootstrap import CONFIDENCE, widened


class Knee(NamedTuple):
    """Places among the points: the knee's, and the lowest and highest that resamples give it."""

    place: int
    low: int
    high: int


def knee(
    rates: Float64[np.ndarray, " n"],
    scores: Float64[np.ndarray, " n"],
    resamples: Float64[np.ndarray, "r n"],
    num_groups: int,
    *,
    confidence: float = CONFIDENCE,
) -> Knee | None:
    """The measured point that lies highest above the line between the ends, over log rate.

    That is the Kneedle of Satopää et al. (ICDCS workshops 2011) without smoothing: rate and score
    are brought to 0..1 between the ends. ``scores`` are better when higher, and ``resamples`` are
    the same with samples in ``num_groups`` groups drawn anew, a row each; their places are few and
    tie, so that no lean is corrected. None where fewer than 3 points are there or the score does
    not rise from the lowest rate to the highest.
    """
    if rates.size < 3 or not (places := _places(rates, scores[None])).size:
        return None
    drawn = _places(rates, resamples)
    if not drawn.size:
        return Knee(int(places[0]), int(places[0]), int(places[0]))
    order = np.argsort(np.argsort(rates))
    back = np.argsort(rates)
    tail = (1 - confidence) / 2
    shares = [widened(share, num_groups) for share in (tail, 1 - tail)]
    low, high = np.quantile(order[drawn], shares, method="nearest")
    return Knee(int(places[0]), int(back[int(low)]), int(back[int(high)]))


def _places(
    rates: Float64[np.ndarray, " n"], scores: Float64[np.ndarray, "r n"]
) -> Int64[np.ndarray, " k"]:
    """The place of the knee of each row that rises."""
    log_rates = np.log(rates)
    first, last = int(np.argmin(rates)), int(np.argmax(rates))
    span = scores[:, last] - scores[:, first]
    rising = span > 0
    x = (log_rates - log_rates[first]) / (log_rates[last] - log_rates[first])
    y = (scores[rising] - scores[rising, first][:, None]) / span[rising][:, None]
    places: Int64[np.ndarray, " k"] = np.argmax(y - x, axis=1).astype(np.int64)
    return places
