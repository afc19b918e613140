"""Parts of a drop add up to it."""

import numpy as np
import pytest

from lossproof.analysis.attribution import attributed


def test_parts_by_hand() -> None:
    shares = attributed(np.array([0.8, 0.72, 0.76, 0.4]), higher_is_better=True)
    assert shares == pytest.approx([0.1, -0.05, 0.45])
    assert shares.sum() == pytest.approx(0.5)


def test_of_errors_what_grows_is_lost() -> None:
    scores = np.array([[2.0, 1.0], [3.0, 1.5], [5.0, 1.25]])
    assert attributed(scores, higher_is_better=False) == pytest.approx(
        np.array([[0.5, 0.5], [1.0, -0.25]])
    )


def test_of_nothing_there_is_no_share() -> None:
    assert np.isnan(attributed(np.array([0.0, 0.5]), higher_is_better=True)).all()
