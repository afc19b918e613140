"""The simulation of coverage: seeded and small, within what its number of repeats can tell."""

import numpy as np
import pytest
from benchmarks.coverage import INTERVALS, Size, drawn, simulate, stored
from benchmarks.worlds import result
from scipy.stats import binom

from lossproof.records import Result

REPEATS = 120


def test_intervals_of_a_hundred_videos_hold_about_as_often_as_they_say() -> None:
    """With 120 repeats, a coverage of 93 to 97% gives a share within these bounds all but once in
    a thousand times."""
    lowest = binom.ppf(0.0005, REPEATS, 0.93) / REPEATS
    highest = binom.ppf(0.9995, REPEATS, 0.97) / REPEATS
    for line in simulate(drawn("action"), Size(100, REPEATS, 200)):
        assert lowest <= line.shares["reported"] <= highest, line


def test_few_videos_are_held_less_often_and_what_is_reported_helps() -> None:
    lowest = binom.ppf(0.01, REPEATS, 0.95) / REPEATS
    for line in simulate(drawn("action"), Size(8, REPEATS, 100)):
        assert line.shares["percentile"] < lowest, line
        assert line.shares["reported"] > line.shares["percentile"]
        assert set(line.shares) == set(INTERVALS)


def level(codec: str, level: int, error: float, *, num_samples: int = 12) -> Result:
    return result(codec, level, np.full(num_samples, error))


def test_levels_of_one_series_are_compared_and_no_others() -> None:
    found = [
        level(codec, one, error + 0.001 * (90 - one))
        for one in (10, 90, 50)
        for codec, error in (("jpeg", 0.1), ("webp", 0.3))
    ]
    jpeg, webp = stored([*found, level("avif", 10, 0.5)])
    assert (jpeg.name, webp.name) == ("made on made, jpeg 10", "made on made, webp 10")
    wrong = [stats["confusion"][0, 0, 1] for stats in (webp.reference, webp.worse)]
    assert wrong == [1500, 1900]


def test_levels_of_different_samples_are_refused() -> None:
    found = [level("jpeg", 90, 0.1), level("jpeg", 10, 0.2, num_samples=11)]
    with pytest.raises(ValueError, match="jpeg 90 and made on made, jpeg 10 are of different samp"):
        list(stored(found))
