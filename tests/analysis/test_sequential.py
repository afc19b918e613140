"""Looking several times at samples that come in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from lossproof.analysis.sequential import chance, rare, spending


@given(st.lists(st.floats(0.05, 0.95), min_size=1, max_size=5, unique=True), st.floats(0.01, 0.4))
def test_looks_spend_what_there_is(early: list[float], alpha: float) -> None:
    spent = spending([*sorted(early), 1.0], alpha=alpha)
    assert spent.sum() == pytest.approx(alpha)
    assert (spent >= 0).all()


def test_the_first_looks_get_next_to_nothing() -> None:
    first, _, last = spending([0.25, 0.5, 1.0], alpha=0.05)
    assert first < 1e-3
    assert last > 0.04


@pytest.mark.parametrize("fractions", [[], [0.5], [0.5, 0.5, 1.0], [0.0, 1.0], [0.5, 1.0, 0.7]])
def test_other_fractions_are_refused(fractions: list[float]) -> None:
    with pytest.raises(ValueError, match="rising ones that end with 1"):
        spending(fractions, alpha=0.05)


@pytest.mark.parametrize(("changed", "groups"), [(0, 50), (3, 40)])
def test_so_few_changes_are_as_unlikely_as_said(changed: int, groups: int) -> None:
    share = rare(changed, groups, alpha=0.05)
    assert binom.cdf(changed, groups, share) == pytest.approx(0.05)


def test_where_all_change_all_may() -> None:
    assert rare(4, 4, alpha=0.05) == 1


def test_chance_is_that_of_a_simulation() -> None:
    """The mean of 100 normal values, 25 of which are known, and tell of the true mean what they
    can."""
    generator = np.random.default_rng(0)
    quantile, room, error, repeats = 1.645, 0.1, 1 / np.sqrt(25), 200_000
    true = generator.normal(-room, error, repeats)
    rest = generator.normal(true, 1 / np.sqrt(75))
    final = 0.25 * -room + 0.75 * rest
    simulated = np.mean(final + quantile / np.sqrt(100) <= 0)
    told = chance(room=room, error=error, fraction=0.25, quantile=quantile)
    assert told == pytest.approx(simulated, abs=0.01)


def test_at_the_end_there_is_no_chance_left() -> None:
    assert chance(room=2.0, error=1.0, fraction=1.0, quantile=1.6) == 1
    assert chance(room=1.0, error=1.0, fraction=1.0, quantile=1.6) == 0
    assert chance(room=0.0, error=0.0, fraction=0.5, quantile=1.6) == 1
