"""Bounds from what an estimate is without each part."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from lossproof.analysis.jackknife import FEWEST_PARTS, MOST_PARTS, estimate, left_out_weights


def of_mean(values: np.ndarray) -> np.ndarray:
    weights = left_out_weights([str(place) for place in range(len(values))])
    return weights @ values / weights.sum(axis=1)


@given(st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=30), st.integers(2, 9))
def test_every_group_is_left_out_once_and_whole(groups: list[str], most: int) -> None:
    weights = left_out_weights(groups, most_parts=most)
    assert len(weights) == min(len(set(groups)), most)
    assert ((1 - weights).sum(axis=0) == 1).all()
    for name in set(groups):
        mine = [place for place, group in enumerate(groups) if group == name]
        assert (weights[:, mine] == weights[:, mine[:1]]).all()


def test_of_a_mean_the_error_is_the_usual_one() -> None:
    values = np.random.default_rng(0).normal(3, 2, MOST_PARTS)
    found = estimate(values.mean(), of_mean(values))
    assert found.error == pytest.approx(values.std(ddof=1) / np.sqrt(values.size))
    assert found.bias == pytest.approx(0, abs=1e-9)


def test_without_skewness_the_bound_is_students() -> None:
    values = np.concatenate([np.arange(10.0), -np.arange(10.0)])
    found = estimate(values.mean(), of_mean(values))
    expected = found.error * t.ppf(0.95, 19)
    assert found.upper(0.05) == pytest.approx(expected)
    assert found.lower(0.05) == pytest.approx(-expected)


def test_a_long_tail_takes_the_bound_on_its_side_further() -> None:
    values = np.random.default_rng(0).exponential(size=30)
    found = estimate(values.mean(), of_mean(values))
    assert found.skewness > 0
    assert found.upper(0.05) - found.value > found.value - found.lower(0.05)


def test_bias_only_ever_widens() -> None:
    """The squared mean is estimated too high by its variance."""
    values = np.random.default_rng(0).normal(0, 1, 30)
    found = estimate(values.mean() ** 2, of_mean(values) ** 2)
    assert found.bias > 0
    assert found.lower(0.05) < found.value - found.bias
    assert found.upper(0.05) == found._replace(bias=0.0).upper(0.05)


def test_bounds_miss_as_seldom_as_they_say() -> None:
    """On skewed values, where bounds without the skewness miss twice as often."""
    generator = np.random.default_rng(0)
    found = []
    for _ in range(600):
        values = generator.exponential(size=MOST_PARTS)
        found.append(estimate(values.mean(), of_mean(values)).upper(0.05))
    assert np.mean(np.array(found) < 1) <= 0.075


def test_too_little_is_no_bound() -> None:
    few = np.arange(FEWEST_PARTS - 1.0)
    assert estimate(few.mean(), of_mean(few)).upper(0.05) == np.inf
    many = np.arange(20.0)
    left_out = of_mean(many)
    left_out[3] = np.nan
    assert estimate(many.mean(), left_out).upper(0.05) == np.inf
    assert estimate(many.mean(), left_out).lower(0.05) == -np.inf


def test_no_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="no samples"):
        left_out_weights([])
