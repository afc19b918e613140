"""The strongest level within a tolerance, on curves made by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossproof.analysis.safe_level import Safe, safe_level

DROPS = st.lists(st.floats(-0.5, 1.0), min_size=1, max_size=9).map(np.array)


def test_the_last_level_within_the_tolerance() -> None:
    highest = np.array([0.0, 0.004, 0.03, 0.2])
    assert safe_level(highest, tolerance=0.01) == Safe(1, interrupted=False)
    assert safe_level(highest, tolerance=0.05) == Safe(2, interrupted=False)
    assert safe_level(highest, tolerance=0.5) == Safe(3, interrupted=False)


def test_a_curve_that_comes_back_is_named() -> None:
    assert safe_level(np.array([0.0, 0.08, 0.02]), tolerance=0.05) == Safe(2, interrupted=True)


def test_nothing_is_safe_where_nothing_is_known() -> None:
    assert safe_level(np.array([np.nan, 0.2]), tolerance=0.05) == Safe(None, interrupted=False)


@given(DROPS, st.floats(0, 0.5), st.floats(0, 0.49))
def test_more_tolerance_never_allows_less(
    highest: np.ndarray, tolerance: float, more: float
) -> None:
    less, wider = (
        safe_level(highest, tolerance=share).place for share in (tolerance, tolerance + more)
    )
    assert (-1 if less is None else less) <= (-1 if wider is None else wider)


@pytest.mark.parametrize("tolerance", [-0.1, 1.0])
def test_a_tolerance_is_a_share(tolerance: float) -> None:
    with pytest.raises(ValueError, match="tolerance is"):
        safe_level(np.zeros(2), tolerance=tolerance)
