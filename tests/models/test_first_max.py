"""The quick argmax is NumPy's, ties included."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lossproof.models.first_max import first_max


@settings(deadline=None, max_examples=50)
@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(1, 12), st.integers(1, 6), st.integers(1, 6)),
        elements=st.sampled_from([-np.inf, -1.0, -0.0, 0.0, 1.0, 2.5, np.inf]),
    )
)
def test_it_is_numpys_argmax(logits: np.ndarray) -> None:
    np.testing.assert_array_equal(first_max(logits), logits.argmax(axis=0))


@pytest.mark.parametrize(("num_classes", "dtype"), [(256, np.uint8), (257, np.int64)])
def test_many_classes(num_classes: int, dtype: type) -> None:
    logits = np.random.default_rng(0).normal(size=(num_classes, 4, 5)).astype(np.float32)
    logits[-1, 0, 0] = 100
    assert first_max(logits).dtype == dtype
    np.testing.assert_array_equal(first_max(logits), logits.argmax(axis=0))


def test_more_pixels_than_a_block_and_other_strides() -> None:
    logits = np.random.default_rng(0).normal(size=(300, 500, 4)).astype(np.float32)
    planes = np.moveaxis(logits, -1, 0)
    np.testing.assert_array_equal(first_max(planes), planes.argmax(axis=0))


def test_a_row_wider_than_a_block() -> None:
    logits = np.random.default_rng(0).normal(size=(2, 3, 70_000)).astype(np.float32)
    np.testing.assert_array_equal(first_max(logits), logits.argmax(axis=0))


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("num_classes", [3, 300])
def test_nan_is_refused_in_any_class(place: int, num_classes: int) -> None:
    logits = np.zeros((num_classes, 2, 2), np.float32)
    logits[place, 1, 1] = np.nan
    with pytest.raises(ValueError, match="logits hold NaN"):
        first_max(logits)
