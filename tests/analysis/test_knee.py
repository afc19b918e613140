"""Where a curve bends."""

import numpy as np

from lossproof.analysis.knee import Knee, knee

RATES = np.exp([0.0, 1.0, 2.0, 3.0, 4.0])
SCORES = np.array([0.0, 0.5, 0.8, 0.9, 1.0])


def test_the_point_that_is_farthest_above_the_chord() -> None:
    """The chord is 0, .25, .5, .75, 1, so the heights are 0, .25, .3, .15, 0."""
    assert knee(RATES, SCORES, SCORES[None], 99) == Knee(2, 2, 2)


def test_the_interval_spans_what_resamples_give_in_any_order_of_points() -> None:
    other = np.array([0.0, 0.8, 0.85, 0.9, 1.0])
    resamples = np.stack([SCORES] * 5 + [other] * 5)
    assert knee(RATES, SCORES, resamples, 99) == Knee(2, 1, 2)
    assert knee(RATES[::-1], SCORES[::-1], resamples[:, ::-1], 99) == Knee(2, 3, 2)


def test_a_curve_that_does_not_rise_has_no_knee() -> None:
    assert knee(RATES, SCORES[::-1], SCORES[None], 99) is None
    assert knee(RATES[:2], SCORES[:2], SCORES[None, :2], 99) is None
