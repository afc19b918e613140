"""What retraining gives back, from scores before and after it; arrays of resamples or single
numbers."""

from typing import Any

import numpy as np
from jaxtyping import Float64

Values = Float64[np.ndarray, "*shape"]


def recovery(before: Values | float, after: Values | float, reference: Values | float) -> Values:
    """The share of the loss that came back: (after - before) / (reference - before).

    1 is all of it, more than 1 is better than the reference, below 0 is worse than before; the
    direction of the score does not matter. NaN where nothing was lost.
    """
    before, after, reference = (np.asarray(one, np.float64) for one in (before, after, reference))
    return _share(after - before, reference - before)


def gain(before: Values | float, after: Values | float, *, higher_is_better: bool) -> Values:
    """How much better it became, as a share of the larger value where it became better.

    That is (after - before) / after, the 78.4% of the paper; of scores that are better when lower
    (before - after) / before, its 20%. NaN where that value is 0.
    """
    before, after = (np.asarray(one, np.float64) for one in (before, after))
    if higher_is_better:
        return _share(after - before, after)
    return _share(before - after, before)


def _share(part: Any, whole: Any) -> Values:
    shares = np.full(np.broadcast_shapes(np.shape(part), np.shape(whole)), np.nan)
    np.divide(part, whole, out=shares, where=whole != 0)
    return shares
