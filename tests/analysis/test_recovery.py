"""Recovery and gain, by hand and by their properties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossproof.analysis.recovery import gain, recovery

scores = st.floats(0.01, 1.0)


def test_by_hand() -> None:
    assert recovery(0.4, 0.7, 0.8) == pytest.approx(0.75)
    assert recovery(0.8, 0.5, 0.4) == pytest.approx(0.75)  # lower is better
    assert gain(0.4, 0.8, higher_is_better=True) == pytest.approx(0.5)
    assert gain(0.8, 0.4, higher_is_better=False) == pytest.approx(0.5)


def test_nothing_lost_and_nothing_there() -> None:
    assert np.isnan(recovery(0.5, 0.6, 0.5))
    assert np.isnan(gain(0.0, 0.0, higher_is_better=True))


@given(before=scores, reference=scores)
def test_all_or_nothing(before: float, reference: float) -> None:
    if before != reference:
        assert recovery(before, reference, reference) == pytest.approx(1)
        assert recovery(before, before, reference) == 0


@given(before=scores, after=scores)
def test_a_gain_is_positive_where_it_is_better(before: float, after: float) -> None:
    assert (gain(before, after, higher_is_better=True) > 0) == (after > before)
    assert (gain(before, after, higher_is_better=False) > 0) == (after < before)


def test_of_every_resample() -> None:
    found = recovery(np.array([0.4, 0.5]), np.array([0.6, 0.5]), np.array([0.8, 0.5]))
    np.testing.assert_allclose(found, [0.5, np.nan])
