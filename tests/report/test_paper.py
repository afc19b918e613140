"""The paper's own numbers give back every claim of its text."""

import math

import pytest

from lossproof.report.compared import BEFORE, Line
from lossproof.report.paper import RETRAINED, paper_tables
from lossproof.tasks import make_task

TASKS = {1: "segmentation", 2: "depth", 3: "detection", 4: "pose", 5: "action"}


def line(number: int, method: str, level: int, score: str) -> Line:
    (found,) = [
        one
        for table in paper_tables()
        for one in table.lines
        if (table.number, one.method, one.level, one.score) == (number, method, level, score)
    ]
    return found


@pytest.mark.parametrize(
    ("number", "method", "level", "score", "drop"),
    [
        (1, BEFORE, 5, "global_accuracy", 0.142),  # "reduces by 14%"
        (1, RETRAINED, 5, "global_accuracy", 0.035),
        (2, BEFORE, 15, "rmse", 0.019),  # "no more than 1.9%"
        (3, BEFORE, 15, "ap", 0.225),
        (3, BEFORE, 5, "ap", 0.734),
        (3, RETRAINED, 10, "ap", 0.108),
        (4, BEFORE, 15, "oks_ap", 0.419),
    ],
)
def test_drops(number: int, method: str, level: int, score: str, drop: float) -> None:
    assert line(number, method, level, score).drop.value == pytest.approx(drop, abs=5e-4)


def test_gains() -> None:
    assert line(2, RETRAINED, 5, "rmse").gain.value == pytest.approx(0.200, abs=5e-4)
    assert line(4, RETRAINED, 5, "oks_ap").gain.value == pytest.approx(0.784, abs=5e-4)


def test_fusion_is_worse_after_retraining_except_at_50() -> None:
    gains = {level: line(5, RETRAINED, level, "top1_fusion").gain.value for level in (25, 30, 40)}
    assert all(gain < 0 for gain in gains.values())
    assert line(5, BEFORE, 50, "top1_fusion").value.value == pytest.approx(0.414777)
    assert line(5, RETRAINED, 50, "top1_fusion").value.value == pytest.approx(0.562279)


def test_the_reference_is_the_first_level_and_loses_nothing() -> None:
    for table in paper_tables():
        for score in table.scores:
            assert line(table.number, BEFORE, int(table.levels[0] or 0), score).drop.value == 0


def test_scores_have_our_names_and_directions() -> None:
    for table in paper_tables():
        task = make_task(TASKS[table.number])
        for score in table.scores:
            worst = line(table.number, BEFORE, int(table.levels[-1] or 0), score)
            first = line(table.number, BEFORE, int(table.levels[0] or 0), score)
            fell = worst.value.value < first.value.value
            assert task.score(score).higher_is_better == fell
            assert worst.drop.value > 0


def test_a_table_has_all_its_lines() -> None:
    for table in paper_tables():
        per_score = 2 * len(table.levels) - 1
        assert len(table.lines) == per_score * len(table.scores)
        assert all(math.isfinite(one.value.value) for one in table.lines)
