"""Which points no other beats in both rate and score."""

import numpy as np
from jaxtyping import Bool, Float64


def pareto_front(
    rates: Float64[np.ndarray, " n"], scores: Float64[np.ndarray, " n"]
) -> Bool[np.ndarray, " n"]:
    """True for each point for which none has at most its rate and at least its score, one of them
    strictly. Scores are better when higher; a point whose score is NaN is never on the front."""
    known = np.isfinite(scores) & np.isfinite(rates)
    cheaper = rates[:, None] <= rates[None]
    better = scores[:, None] >= scores[None]
    strictly = (rates[:, None] < rates[None]) | (scores[:, None] > scores[None])
    beaten = (cheaper & better & strictly & known[:, None]).any(axis=0)
    front: Bool[np.ndarray, " n"] = known & ~beaten
    return front
