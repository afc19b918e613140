"""Late fusion: the mean of the streams' scores."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import softmax

from lossproof.models.fusion import fused_logits

LOGITS = arrays(np.float32, 5, elements=st.floats(-50, 50, width=32))


def test_worked_by_hand() -> None:
    # Scores of 1/4, 3/4 and of 1/2, 1/2.
    spatial, motion = np.log(np.array([1, 3], np.float32)), np.zeros(2, np.float32)
    fused = fused_logits(spatial, motion, weight=0.5)
    np.testing.assert_allclose(np.exp(fused), [0.375, 0.625], rtol=1e-6)


@given(LOGITS, LOGITS, st.floats(0, 1))
def test_its_softmax_is_the_weighted_mean_of_the_streams(
    spatial: np.ndarray, motion: np.ndarray, weight: float
) -> None:
    fused = fused_logits(spatial, motion, weight=weight)
    assert fused.dtype == np.float32
    assert np.isfinite(fused).all()
    wanted = (1 - weight) * softmax(spatial.astype("f8")) + weight * softmax(motion.astype("f8"))
    np.testing.assert_allclose(softmax(fused.astype("f8")), wanted, rtol=1e-4, atol=1e-7)


@given(LOGITS, LOGITS)
def test_a_weight_of_one_is_one_stream(spatial: np.ndarray, motion: np.ndarray) -> None:
    for weight, stream in ((0.0, spatial), (1.0, motion)):
        fused = fused_logits(spatial, motion, weight=weight)
        np.testing.assert_allclose(fused - fused.max(), stream - stream.max(), atol=1e-4)


@pytest.mark.parametrize("weight", [-0.1, 1.5])
def test_weights_that_are_no_share(weight: float) -> None:
    zeros = np.zeros(2, np.float32)
    with pytest.raises(ValueError, match=f"weight is {weight}; 0 to 1 is allowed"):
        fused_logits(zeros, zeros, weight=weight)
