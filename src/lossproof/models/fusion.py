"""Late fusion of the two streams of a network."""

import math

import numpy as np
from jaxtyping import Float
from scipy.special import log_softmax


def fused_logits(
    spatial: Float[np.ndarray, " c"], motion: Float[np.ndarray, " c"], *, weight: float
) -> Float[np.ndarray, " c"]:
    """The logarithm of (1 - ``weight``) softmax(``spatial``) + ``weight`` softmax(``motion``).

    The softmax of the answer is the fused scores themselves, so it may stand beside the streams'
    logits. Simonyan and Zisserman (NeurIPS 2014) average the streams' softmax scores: 0.5.
    Raises ValueError for a weight outside 0 to 1.
    """
    if not 0 <= weight <= 1:
        raise ValueError(f"weight is {weight}; 0 to 1 is allowed")
    parts = (
        log_softmax(logits.astype(np.float64)) + (math.log(share) if share else -math.inf)
        for logits, share in ((spatial, 1 - weight), (motion, weight))
    )
    fused: Float[np.ndarray, " c"] = np.logaddexp(*parts).astype(spatial.dtype)
    return fused
