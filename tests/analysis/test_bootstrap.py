"""Intervals by resampling samples."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap as scipy_bootstrap
from scipy.stats import norm, t

from lossproof.analysis.bootstrap import (
    FEWEST_GROUPS,
    bound,
    distributions,
    interval,
    resample_weights,
    widened,
)

MANY = 10**6
"""Groups of which nothing need be widened."""


def names(number: int) -> list[str]:
    """Groups of one sample each."""
    return [f"s{index}" for index in range(number)]


def mean(stats: dict[str, np.ndarray], weights: np.ndarray | None) -> dict[str, np.ndarray]:
    values = stats["value"]
    weights = np.ones((1, len(values))) if weights is None else weights
    return {"mean": weights @ values / weights.sum(axis=1)}


def test_every_resample_draws_as_many_samples_as_there_are() -> None:
    weights = np.concatenate(list(resample_weights(names(17), num_resamples=250)))
    assert weights.shape == (250, 17)
    assert (weights.sum(axis=1) == 17).all()


def test_the_same_seed_gives_the_same_draws() -> None:
    first, second, other = (
        np.concatenate(list(resample_weights(names(9), seed=seed))) for seed in (3, 3, 4)
    )
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_the_global_generator_is_left_alone() -> None:
    before = np.random.get_state()[1].copy()
    list(resample_weights(names(5)))
    assert np.array_equal(before, np.random.get_state()[1])


def length(stats: dict[str, np.ndarray], weights: np.ndarray | None) -> dict[str, np.ndarray]:
    """Of the mean of vectors: noise makes it longer, in the samples and in their resamples."""
    values = stats["value"]
    weights = np.ones((1, len(values))) if weights is None else weights
    means = weights @ values / weights.sum(axis=1)[:, None]
    return {"length": np.linalg.norm(means, axis=1)}


def test_agrees_with_scipy_where_resamples_lean() -> None:
    """Its BCa interval is accelerated, too, which is next to nothing here."""
    values = np.random.default_rng(0).normal(0.3, 1.0, size=(200, 4))
    drawn = distributions(length, {"value": values}, names(200), num_resamples=4000)["length"]
    reference = scipy_bootstrap(
        (np.arange(200),),
        lambda places: np.linalg.norm(values[places].mean(axis=0)),
        n_resamples=2000,
        method="BCa",
        vectorized=False,
        rng=np.random.default_rng(1),
    ).confidence_interval
    near = 0.06 * (reference.high - reference.low)
    assert interval(drawn, 200) == pytest.approx(tuple(reference), abs=near)
    assert np.quantile(drawn[1:], [0.025, 0.975]) != pytest.approx(tuple(reference), abs=near)


def test_the_truth_is_held_where_resamples_lean() -> None:
    generator = np.random.default_rng(0)
    true = np.linalg.norm(np.full(4, 0.1))
    held, plainly_held = 0, 0
    for trial in range(100):
        values = generator.normal(0.1, 1.0, size=(60, 4))
        drawn = distributions(length, {"value": values}, names(60), num_resamples=300, seed=trial)
        low, high = interval(drawn["length"], 60)
        held += low <= true <= high
        low, high = np.quantile(drawn["length"][1:], [0.025, 0.975])
        plainly_held += low <= true <= high
    assert plainly_held < 75
    assert held > 80


def test_the_interval_is_that_of_the_quantiles() -> None:
    draws = np.append(500.0, np.arange(1001.0))
    assert interval(draws, MANY, confidence=0.9) == pytest.approx((50, 950), abs=0.01)
    assert bound(draws, MANY, confidence=0.95) == pytest.approx(950, abs=0.01)


def test_a_value_that_its_resamples_lean_from_is_corrected_twice_as_far() -> None:
    """Once back to the value, once from it to what it leans from itself."""
    resamples = norm.ppf((np.arange(100_000) + 0.5) / 100_000)
    low, high = interval(np.append(-0.5, resamples), MANY)
    edge = norm.ppf(0.975)
    assert (low, high) == pytest.approx((-1 - edge, -1 + edge), abs=0.01)


def test_however_far_resamples_lean_the_interval_holds_the_value() -> None:
    resamples = np.arange(1000.0)
    for value in (-1.0, 20.0, 500.0, 998.0, 2000.0):
        for confidence in (0.5, 0.95):
            draws = np.append(value, resamples)
            low, high = interval(draws, MANY, confidence=confidence)
            assert low <= value <= high
            assert low < high
            assert bound(draws, MANY, confidence=confidence) >= value


def test_resamples_that_are_all_the_value_do_not_lean() -> None:
    assert interval(np.full(50, 0.25), 20) == (0.25, 0.25)


def test_an_interval_without_numbers_is_nan() -> None:
    assert np.isnan(interval(np.full(10, np.nan), 0)).all()
    assert np.isnan(interval(np.append(1.0, np.full(10, np.nan)), 0)).all()
    assert np.isnan(interval(np.append(np.nan, np.ones(10)), 9)).all()


@pytest.mark.parametrize("of", [bound, interval])
@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0])
def test_a_confidence_that_is_no_share_is_refused(
    confidence: float, of: Callable[..., object]
) -> None:
    with pytest.raises(ValueError, match=f"confidence is {confidence}; more than 0 and less"):
        of(np.zeros(3), 9, confidence=confidence)


def test_no_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="there are no samples; 1 or more are allowed"):
        list(resample_weights([]))


@pytest.mark.parametrize("num_groups", [1, FEWEST_GROUPS - 1, FEWEST_GROUPS])
def test_few_groups_say_nothing_of_how_others_differ(num_groups: int) -> None:
    groups = [f"video {index % num_groups}" for index in range(20)]
    spread = distributions(mean, {"value": np.arange(20.0)}, groups)
    assert np.isnan(interval(spread["mean"], num_groups)).all() == (num_groups < FEWEST_GROUPS)


def test_samples_of_a_group_are_drawn_together() -> None:
    weights = np.concatenate(list(resample_weights(["a", "b", "a", "c"], num_resamples=200)))
    assert np.array_equal(weights[:, 0], weights[:, 2])
    assert (weights[:, [0, 1, 3]].sum(axis=1) == 3).all()
    assert not np.array_equal(weights[:, 0], weights[:, 1])


def test_clusters_of_copies_are_as_wide_as_their_originals() -> None:
    """Five copies of each sample say nothing more; taking them as independent would."""
    values = np.random.default_rng(0).gamma(2.0, size=40)
    spread = distributions(mean, {"value": values}, names(40))
    copies = {"value": np.repeat(values, 5)}
    clustered = distributions(mean, copies, [name for name in names(40) for _ in range(5)])
    np.testing.assert_allclose(clustered["mean"], spread["mean"])
    independent = distributions(mean, copies, names(200))
    assert independent["mean"].std() < 0.6 * spread["mean"].std()


@given(st.integers(FEWEST_GROUPS, 40), st.integers(0, 1000))
def test_a_constant_has_no_spread(num_samples: int, seed: int) -> None:
    values = {"value": np.full(num_samples, 0.3)}
    spread = distributions(mean, values, names(num_samples), num_resamples=50, seed=seed)
    np.testing.assert_allclose(spread["mean"], 0.3, atol=1e-12)


def test_a_nominal_95_percent_interval_holds_the_truth_about_that_often() -> None:
    generator = np.random.default_rng(5)
    held = 0
    for trial in range(300):
        values = generator.normal(1.0, 1.0, size=60)
        spread = distributions(mean, {"value": values}, names(60), num_resamples=300, seed=trial)
        low, high = interval(spread["mean"], 60)
        held += low <= 1.0 <= high
    assert 0.90 <= held / 300 <= 0.98


@pytest.mark.parametrize("num_groups", [5, 10, 30, 1000])
def test_the_widened_interval_of_a_mean_is_students(num_groups: int) -> None:
    """Resamples of a mean are normal with the variance that divides by n: widened, their quantiles
    are those of Student's interval."""
    edge = norm.ppf(widened(0.975, num_groups))
    spread = np.sqrt((num_groups - 1) / num_groups)
    assert edge * spread == pytest.approx(t.ppf(0.975, num_groups - 1))


def test_one_group_cannot_be_widened() -> None:
    with pytest.raises(ValueError, match="there are 1 groups; 2 or more are allowed"):
        widened(0.95, 1)
