"""What is said of a training that came to nothing."""

import math

import pytest

from lossproof.console.studied import tell_kept
from lossproof.training.card import Card, Lap


def card(*scores: float, score: float, parent: str | None = "0123456789ab") -> Card:
    numbers = {"num_classes": 2, "num_training": 1, "num_validation": 1}
    texts = dict.fromkeys(("weights", "data", "validation_data", "score_name"), "")
    return Card(
        id="ba9876543210",
        arch="segnet",
        classes=(),
        network_settings={},
        recipe={},
        family_settings={},
        parent=parent,
        parent_weights=None,
        laps=tuple(Lap(step, math.nan, one) for step, one in enumerate(scores)),
        duration_seconds=1.0,
        score=score,
        **numbers,  # type: ignore[arg-type]
        **texts,  # type: ignore[arg-type]
    )


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
