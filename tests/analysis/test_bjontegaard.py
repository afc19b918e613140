"""BD-rate and BD-score, on curves of which they are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossproof.analysis.bjontegaard import Curve, bd_rate, bd_score

RATES = np.array([0.2, 0.4, 0.9, 1.6, 3.0])
SCORES = np.array([0.30, 0.45, 0.58, 0.63, 0.66])
CURVE = Curve(RATES, SCORES)


def test_a_curve_differs_by_nothing_from_itself() -> None:
    assert bd_rate(CURVE, CURVE) == pytest.approx(0)
    assert bd_score(CURVE, CURVE) == pytest.approx(0)


@given(st.floats(0.5, 2.0))
def test_a_codec_that_needs_a_factor_more_everywhere(factor: float) -> None:
    assert bd_rate(CURVE, Curve(RATES * factor, SCORES)) == pytest.approx(factor - 1)


def test_a_codec_that_scores_more_everywhere() -> None:
    assert bd_score(CURVE, Curve(RATES, SCORES + 0.07)) == pytest.approx(0.07)


def test_straight_lines_by_hand() -> None:
    """Over log rate 0 to 2 the first has s = x, the second s = x/2 + 1: the mean of 1 - x/2 is
    0.5; at score s from 1 to 2 the second is at x = 2s - 2, the first at s: the mean is -0.5."""
    rates = np.exp([0.0, 1.0, 2.0])
    one = Curve(rates, np.array([0.0, 1.0, 2.0]))
    other = Curve(rates, np.array([1.0, 1.5, 2.0]))
    assert bd_score(one, other) == pytest.approx(0.5)
    assert bd_rate(one, other) == pytest.approx(np.exp(-0.5) - 1)


def test_the_order_of_points_and_unknown_scores_do_not_matter() -> None:
    mixed = [3, 0, 4, 1, 2]
    more = Curve(np.append(RATES[mixed], 9.0), np.append(SCORES[mixed], np.nan))
    assert bd_rate(more, Curve(RATES * 1.5, SCORES)) == pytest.approx(0.5)


def test_a_curve_that_falls_somewhere_has_no_bd_rate_but_a_bd_score() -> None:
    bent = Curve(RATES, np.array([0.30, 0.45, 0.44, 0.63, 0.66]))
    assert np.isnan(bd_rate(bent, CURVE))
    assert bd_score(bent, CURVE) > 0


def test_curves_with_nothing_in_common_and_curves_of_two_points() -> None:
    assert np.isnan(bd_score(CURVE, Curve(RATES * 100, SCORES)))
    assert np.isnan(bd_score(Curve(RATES[:2], SCORES[:2]), CURVE))


def test_rates_are_positive_and_differ() -> None:
    with pytest.raises(ValueError, match="positive ones that differ"):
        bd_score(Curve(np.zeros(3), SCORES[:3]), CURVE)
