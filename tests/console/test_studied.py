"""What is said of a training that came to nothing."""

import math

import pytest

from lossproof.console.studied import tell_kept
from lossproof.training.card import Card, Lap
from tests.training.cards import plain_card


def card(*scores: float, score: float, parent: str | None = "0123456789ab") -> Card:
    laps = tuple(Lap(step, math.nan, one) for step, one in enumerate(scores))
    return plain_card(parent=parent, laps=laps, score=score)


@pytest.mark.parametrize(
    ("of", "is_told"),
    [
        (card(0.5, 0.4, math.nan, score=0.5), True),
        (card(0.5, 0.6, score=0.6), False),
        (card(0.0, 0.0, score=0.0), False),
        (card(0.5, 0.4, score=0.5, parent=None), False),
        (card(score=0.5), False),
    ],
)
def test_a_parent_that_is_kept_is_told(
    of: Card, is_told: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    tell_kept("retrain 5", of)
    told = "retrain 5: training made nothing better of 0123456789ab, whose weights are kept"
    assert (told in capsys.readouterr().err.replace("\n", " ")) == is_told
