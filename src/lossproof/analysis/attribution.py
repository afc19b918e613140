"""How much of a drop comes from what: frame size, colour at half resolution, quantisation."""

import numpy as np
from jaxtyping import Float64


def attributed(
    scores: Float64[np.ndarray, "steps ..."], *, higher_is_better: bool
) -> Float64[np.ndarray, "causes ..."]:
    """What each step loses, as a share of the first score.

    ``scores`` are those before any damage, then after each further one; the shares add up to the
    drop of the last. NaN where the first is 0.
    """
    sign = 1.0 if higher_is_better else -1.0
    lost = -sign * np.diff(scores, axis=0)
    shares = np.full(lost.shape, np.nan)
    first = np.broadcast_to(scores[:1], lost.shape)
    np.divide(lost, first, out=shares, where=first != 0)
    return shares
