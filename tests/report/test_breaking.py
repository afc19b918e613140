"""Samples ranked by what each loses, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from lossproof.metrics import depth as metric
from lossproof.records import Result
from lossproof.report.breaking import breaking, rank_by_damage
from lossproof.targets import DepthTarget

from .results import result


def two_classes(level: int, *right: tuple[int, int]) -> Result:
    """A picture for each pair: how many of 10 pixels of either class are right."""
    made = result("jpeg", level, accuracy=0.9)
    confusion = np.array([[[a, 10 - a], [10 - b, b]] for a, b in right], np.int64)
    kept = made.take(np.arange(20) < len(right))
    return replace(kept, stats={"confusion": confusion})


def test_the_sample_that_loses_most_comes_first() -> None:
    best = two_classes(95, (10, 10), (10, 10), (5, 5))
    worse = two_classes(5, (10, 10), (5, 5), (5, 5))
    ranked = rank_by_damage(best, worse)
    assert [one.sample for one in ranked] == ["s1", "s0", "s2"]
    # Of either class 5 pixels are hit, 5 missed and 5 wrongly claimed: 5 / 15.
    assert ranked[0].after == pytest.approx(1 / 3)
    assert ranked[0].lost == pytest.approx(2 / 3)
    assert ranked[1].lost == ranked[2].lost == 0


def test_only_samples_that_both_have_and_that_have_a_score() -> None:
    best = two_classes(95, (10, 10), (10, 10), (10, 10))
    worse = two_classes(5, (10, 10), (5, 5), (5, 5))
    empty = {"confusion": best.stats["confusion"].copy()}  # type: ignore[union-attr]
    empty["confusion"][2] = 0
    best = replace(best, stats=empty)
    fewer = worse.take(np.array([False, True, True]))
    assert [one.sample for one in rank_by_damage(best, fewer)] == ["s1"]


def depths(level: int, *errors: float) -> Result:
    """A picture for each error of 1 m depths, alike at every pixel, in metres."""
    made = result("jpeg", level, accuracy=0.9, task="depth", metric=metric.VERSION)
    target = DepthTarget(np.ones((2, 2), np.float32))
    stats = [metric.sample_stat(np.full((2, 2), 1 + error, np.float32), target) for error in errors]
    kept = made.take(np.arange(20) < len(errors))
    return replace(kept, stats={name: np.stack([one[name] for one in stats]) for name in stats[0]})


def test_an_error_that_grows_is_damage() -> None:
    ranked = rank_by_damage(depths(95, 0.5, 0.25), depths(5, 0.5, 1.25))
    assert [one.sample for one in ranked] == ["s1", "s0"]
    assert ranked[0].lost == pytest.approx(1.0)
    assert ranked[1].lost == 0


def test_each_level_beside_the_sample() -> None:
    best = two_classes(95, (10, 10), (10, 10))
    middle = two_classes(50, (9, 10), (10, 10))
    worse = two_classes(5, (9, 9), (5, 5))
    found = breaking([best, middle, worse], model="net_1", samples="camvid test", most=1)
    assert found is not None
    assert found.levels == (50, 5)
    ((sample, lost),) = found.damages
    assert sample == "s1"
    assert lost == {50: 0.0, 5: pytest.approx(2 / 3)}


def test_one_level_breaks_nothing() -> None:
    assert breaking([two_classes(95, (10, 10))], model="net", samples="x") is None
