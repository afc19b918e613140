"""What a comparison comes to, in numbers and in a sentence."""

import math
import re
from dataclasses import replace

from lossproof.report.compared import Estimate, compare
from lossproof.report.findings import Found, findings, in_words, sentence
from lossproof.studies.record import KeptStudy
from lossproof.studies.study import Comparison

from .results import result


def compared(*, before: dict[float, float], after: dict[float, float]):  # type: ignore[no-untyped-def]
    """A study of a model at levels with accuracies, of which some were retrained for."""
    made = {
        "baseline": [result("jpeg", q, accuracy=a, num_bytes=int(q)) for q, a in before.items()],
        **{
            f"retrain {q:g}": [
                result("jpeg", q, accuracy=a, num_bytes=int(q), model=f"net {q:g}", weights=f"{q}")
            ]
            for q, a in after.items()
        },
    }
    comparison = Comparison(
        title="retrained",
        codec="jpeg",
        before="baseline",
        after={"retrain": {q: (f"retrain {q:g}",) for q in after}} if after else {},
    )
    study = KeptStudy(
        name="s",
        title="net on pictures",
        task="segmentation",
        data="",
        notes="",
        models=tuple(made),
        ids={},
        cells={name: tuple(one.cell.hash for one in found) for name, found in made.items()},
        comparisons=(comparison,),
    )
    results = {one.cell.hash: one for found in made.values() for one in found}
    return compare(study, comparison, results)


def test_safe_levels_before_and_after_retraining() -> None:
    found = findings(
        compared(before={100: 0.9, 50: 0.89, 20: 0.6}, after={50: 0.9, 20: 0.89}),
        tolerances=(0.001, 0.05),
    )
    assert [(one.method, one.tolerance, one.level) for one in found] == [
        ("before", 0.001, 100),
        ("before", 0.05, 50),
        ("retrain", 0.001, 50),
        ("retrain", 0.05, 20),
    ]
    assert found[0].saving == 0
    assert found[3] == Found("retrain", 0.05, 20, 0.8, interrupted=False)


def test_a_sentence_says_levels_savings_and_what_came_back() -> None:
    words = sentence(
        compared(before={100: 0.9, 50: 0.89, 20: 0.6}, after={20: 0.8}), tolerances=(0.1, 0.2, 0.25)
    )
    assert words.startswith(
        "Segmentation, mIoU of net on pictures: less than 10% is lost down to jpeg 50 "
        "(50% fewer bytes), and no stronger level is sure to lose less than 20% or 25%. "
        "Retrained for 20 it goes from "
    )
    assert "of what was lost comes back (95% interval " in words


def test_a_sentence_where_nothing_was_lost_or_it_got_worse() -> None:
    same = sentence(compared(before={100: 0.9, 20: 0.9}, after={20: 0.9}))
    assert same.endswith("what was lost there is too little to be sure of.")
    worse = sentence(compared(before={100: 0.9, 20: 0.8}, after={20: 0.7}))
    assert worse.endswith("which is worse still.")
    kept = sentence(compared(before={100: 0.9, 20: 0.6}, after={20: 0.6}))
    assert re.search(r"Retrained for 20 it is no better, and stays at \d+\.\d%\.$", kept)
    assert sentence(compared(before={100: 0.9}, after={})).endswith("Nothing was retrained.")


def test_a_model_that_finds_nothing_has_nothing_to_lose() -> None:
    none_right = -0.1  # not even the few pixels by which pictures differ
    words = sentence(compared(before={100: none_right, 20: none_right}, after={}))
    assert words.endswith(" at jpeg 100, so there is nothing to lose.")


def test_what_more_may_be_lost_for_is_told_and_the_best_level_is_no_finding() -> None:
    found = [
        Found("", 0.01, 95, 0.0, interrupted=False),
        Found("", 0.02, 95, 0.0, interrupted=False),
        Found("", 0.05, 50, 0.7, interrupted=False),
        Found("", 0.10, 50, 0.7, interrupted=False),
    ]
    assert in_words(found, "jpeg", reference=95) == (
        "no measured level beyond jpeg 95 is sure to lose less than 2%; "
        "less than 5% is lost down to jpeg 50 (70% fewer bytes), and no stronger level is sure to "
        "lose less than 10%"
    )


def test_the_reference_level_itself_is_always_safe() -> None:
    (one,) = findings(compared(before={100: 0.9, 20: 0.2}, after={}), tolerances=(0.0,))
    assert (one.level, one.saving) == (100, 0)
    assert not math.isnan(one.tolerance)


def test_without_a_score_nothing_is_known() -> None:
    known = compared(before={100: 0.9, 20: 0.6}, after={20: 0.8})
    nothing = Estimate(math.nan)
    lines = tuple(
        replace(one, value=nothing, highest_drop=0.0 if one.level == 100 else math.nan)
        for one in known.lines
    )
    unknown = replace(known, lines=lines)
    assert (known.is_known, unknown.is_known) == (True, False)
    assert {one.level for one in findings(unknown)} == {None}
    assert sentence(unknown).endswith(
        ": not known at jpeg 100, so that nothing can be said of what is lost."
    )
