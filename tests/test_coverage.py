"""The simulation of coverage: seeded and small, within what its number of repeats can tell."""

from benchmarks.coverage import INTERVALS, Size, drawn, simulate
from scipy.stats import binom

REPEATS = 120


def test_intervals_of_a_hundred_videos_hold_about_as_often_as_they_say() -> None:
    """With 120 repeats, a coverage of 93 to 97% gives a share within these bounds all but once in
    a thousand times."""
    lowest = binom.ppf(0.0005, REPEATS, 0.93) / REPEATS
    highest = binom.ppf(0.9995, REPEATS, 0.97) / REPEATS
    for line in simulate(drawn("action"), Size(100, REPEATS, 200)):
        assert lowest <= line.shares["percentile"] <= highest, line


def test_few_videos_are_held_less_often_and_widening_helps() -> None:
    """Both kinds see the same draws, and the wider one holds what the other one does."""
    for line in simulate(drawn("action"), Size(8, 40, 100)):
        assert line.shares["widened"] >= line.shares["percentile"]
        assert set(line.shares) == set(INTERVALS)
