"""Which points nothing beats."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lossproof.analysis.pareto import pareto_front

POINTS = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), min_size=1, max_size=12)


def test_points_by_hand() -> None:
    rates = np.array([1.0, 2.0, 2.0, 3.0, 0.5])
    scores = np.array([0.5, 0.4, 0.7, 0.7, np.nan])
    np.testing.assert_array_equal(pareto_front(rates, scores), [True, False, True, False, False])


@given(POINTS)
def test_every_point_is_on_the_front_or_beaten_by_one_that_is(
    points: list[tuple[int, int]],
) -> None:
    rates, scores = np.array(points, np.float64).T
    front = pareto_front(rates, scores)
    assert front.any()
    for place in np.flatnonzero(~front):
        beats = (rates <= rates[place]) & (scores >= scores[place])
        beats &= (rates < rates[place]) | (scores > scores[place])
        assert (beats & front).any()
