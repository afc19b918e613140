"""Wrong answers are as rare as stated, where every answer would be wrong."""

import pytest
from benchmarks.find import tallied
from benchmarks.worlds import Made, on_the_edge
from scipy.stats import binom

CONFIDENCE = 0.9
DECISIONS = 400
MOST = binom.ppf(0.999, DECISIONS, 1 - CONFIDENCE)
"""Wrong answers, more of which come once in a thousand times at the stated rate."""


def test_twice_the_stated_rate_would_be_seen() -> None:
    assert binom.cdf(MOST, DECISIONS, 2 * (1 - CONFIDENCE)) < 0.01


@pytest.mark.parametrize("made", on_the_edge(CONFIDENCE), ids=lambda made: made.name)
def test_wrong_answers_are_as_rare_as_stated(made: Made) -> None:
    tally = tallied(made.source, made.arms, made.question, decisions=DECISIONS)
    assert tally.answered == tally.wrong
    assert tally.wrong <= MOST
