"""Rates and drops, among them those that the paper's text states."""

import numpy as np
import pytest

from lossproof.analysis.rates import bits_per_pixel, drop, saving


@pytest.mark.parametrize(
    ("reference", "value", "higher_is_better", "percent"),
    [
        (0.911, 0.782, True, 14.2),  # Table I A, global accuracy at 5
        (0.911, 0.879, True, 3.5),  # Table I B
        (0.0588, 0.0599, False, 1.9),  # Table II A, RMSE at 15
        (0.703, 0.545, True, 22.5),  # Table III A at 15
        (0.703, 0.187, True, 73.4),  # Table III A at 5
        (0.703, 0.627, True, 10.8),  # Table III B at 10
    ],
)
def test_the_drops_that_the_paper_states(
    reference: float, value: float, higher_is_better: bool, percent: float
) -> None:
    found = drop(value, reference, higher_is_better=higher_is_better)
    assert 100 * float(found) == pytest.approx(percent, abs=0.05)


def test_a_drop_from_nothing_is_nan() -> None:
    assert np.isnan(drop(0.5, 0.0, higher_is_better=True))


def test_bits_are_eight_to_a_byte() -> None:
    assert bits_per_pixel(100, 400) == 2.0
    assert np.isnan(bits_per_pixel(0, 0))


def test_the_saving_is_a_share_of_the_reference() -> None:
    assert saving(25.0, 100.0) == 0.75
    assert np.isnan(saving(1.0, 0.0))
