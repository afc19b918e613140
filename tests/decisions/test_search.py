"""The search: answers, what they cost, and how seldom they are wrong."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np
import pytest
from benchmarks.find import tallied
from benchmarks.worlds import (
    NUM_LEVELS,
    RISING,
    Arms,
    arms,
    clips,
    question,
    result,
    rising,
    source,
    stored,
    true_drops,
)

from lossproof.decisions.evidence import Arm, NothingMeasured
from lossproof.decisions.pilot import MOST_LEVELS, first_look, sequence, split, turn
from lossproof.decisions.question import Question
from lossproof.decisions.search import Outcome, Verdict, _cheapest, decide
from lossproof.decisions.stored import Stored
from lossproof.records import Result
from lossproof.tasks import make_task


def verdict(outcome: Outcome, asked: Question, source: Result, arrived: Result) -> Verdict:
    """Of one setting, looked at once."""
    cell = arrived.cell
    return Verdict(
        arm=Arm(cell.codec, cell.codec, cell.level, arrived.context.level_unit),
        outcome=outcome,
        drops=asked.drops(source, arrived),
        look_alpha=0.05,
        alpha=0.05,
        source=source,
        arrived=arrived,
    )


def test_the_answer_holds_and_is_near_the_cheapest_that_does() -> None:
    found = arms(num_samples=400, losses=RISING)
    asked = question()
    decision = decide(stored(found), asked)
    assert decision.answer is not None
    true = true_drops(found, asked)
    assert true[decision.answer.arm] <= asked.max_drop
    assert decision.answer.upper <= asked.max_drop
    cheapest = min(arm.level for arm, drop in true.items() if drop <= asked.max_drop)
    assert cheapest <= decision.answer.arm.level <= cheapest + 8
    assert decision.passes < decision.full_passes / 3
    assert decision.full_passes == 400 * (NUM_LEVELS + 1)


def test_answers_on_sets_drawn_anew_take_few_passes() -> None:
    made = rising(120, confidence=0.9)
    tally = tallied(made.source, made.arms, made.question, decisions=5)
    assert tally.answered > 0
    assert np.median(tally.passes) <= 1 / 3


def test_a_better_level_that_loses_more_is_told_and_not_trusted() -> None:
    losses = RISING.copy()
    losses[10:15] = 0.1
    found = arms(num_samples=400, losses=losses)
    decision = decide(stored(found), question())
    assert decision.answer is not None
    (told,) = decision.turns
    assert told.dear.level in range(NUM_LEVELS - 14, NUM_LEVELS - 9), told
    assert told.cheap.level < told.dear.level
    assert true_drops(found, question())[decision.answer.arm] <= 0.05


def test_a_monotone_curve_is_not_told() -> None:
    assert decide(stored(arms(num_samples=200, losses=RISING)), question()).turns == ()


def test_where_nothing_holds_it_says_what_came_closest() -> None:
    found = arms(num_samples=200, losses=np.linspace(0.1, 0.4, 10))
    decision = decide(stored(found), question())
    assert decision.answer is None
    assert decision.closest is not None
    assert decision.closest.outcome == "fails"
    assert decision.closest.samples_needed(0.05) is None


def test_too_few_samples_leave_it_open_and_say_how_many_would_do() -> None:
    losses = np.linspace(0.02, 0.021, 10)
    few = decide(stored(arms(num_samples=24, losses=losses)), question())
    assert few.answer is None
    assert few.closest is not None
    assert few.closest.outcome == "open"
    needed = few.closest.samples_needed(0.05)
    assert needed is None or needed > 21
    assert decide(stored(arms(num_samples=2000, losses=losses)), question()).answer is not None


def test_what_never_lost_is_decided_by_few_more() -> None:
    """A share that none of n showed is bounded by about 3 / n."""
    decision = decide(stored(arms(num_samples=40, losses=np.zeros(10))), question())
    assert decision.closest is not None
    assert decision.closest.outcome == "open"
    assert decision.closest.drops.value == 0
    needed = decision.closest.samples_needed(0.05)
    assert needed is not None
    whole = needed * decision.num_samples / decision.num_asked
    for factor, holds in ((0.7, False), (1.3, True)):
        tried = arms(num_samples=round(factor * whole), losses=np.zeros(10))
        assert (decide(stored(tried), question()).answer is not None) == holds


def test_where_gains_make_up_for_losses_many_more_are_needed() -> None:
    """The drop is 0 there too, but an error bounds it, which falls as the root of the samples."""
    before, after = np.ones(40), np.ones(40)
    before[:3] = after[-3:] = 0
    asked = question(task=make_task("action"))
    open_one = verdict("open", asked, clips("source", before), clips("h264", after))
    assert open_one.drops.value == 0
    assert open_one.upper > 0.05
    needed = open_one.samples_needed(0.05)
    assert needed == pytest.approx(40 * (open_one.upper / 0.05) ** 2, abs=1)


def test_so_few_that_nothing_can_be_said() -> None:
    with pytest.raises(ValueError, match="too few samples: there are 8 independent ones; 12 more"):
        decide(stored(arms(num_samples=8, losses=RISING)), question())


def test_a_share_of_too_few_samples_is_refused_before_anything_is_spent() -> None:
    evidence = stored(arms(num_samples=80, losses=RISING))
    with pytest.raises(
        ValueError, match=r"too few samples: the worst 5% of \d+ are 3; 10 or more .* as 15%"
    ):
        decide(evidence, question(worst=0.05))
    assert evidence.passes == 0
    assert decide(evidence, question(worst=0.15)).passes > 0


def two_curves(**more: object) -> Arms:
    dear = arms(num_samples=300, losses=RISING, curve="jpeg")
    cheap = arms(num_samples=300, losses=RISING, curve="webp", **more)
    for one in cheap.values():
        one.num_bytes[:] //= 10
    return dear | cheap


def test_the_cheapest_of_several_curves_by_measured_bytes() -> None:
    found = two_curves()
    decision = decide(stored(found), question())
    assert decision.answer is not None
    assert decision.answer.arm.codec == "webp"
    asked = {verdict.arm.codec for verdict in decision.verdicts}
    assert asked == {"webp"}, "a curve that cannot be cheaper is not asked"


def test_what_it_does_is_told_with_how_much_there_is_to_do() -> None:
    told: list[str] = []
    decision = decide(stored(arms(num_samples=400, losses=RISING)), question(), tell=told.append)
    first, *asked = told
    assert first == "first look"
    most = int(asked[0].rpartition(" ")[2])
    assert len(decision.verdicts) <= most
    assert asked == [
        f"asking {verdict.arm.title}, {number} of at most {most}"
        for number, verdict in enumerate(decision.verdicts, start=1)
    ]


def test_curves_are_compared_on_the_same_samples() -> None:
    """Those of the first look take ten times the bytes of the others."""
    first, _ = split(source(300).groups, np.random.default_rng(0))
    sizes = np.ones(300)
    sizes[first] = 10
    dear = arms(num_samples=300, losses=RISING, sizes=sizes)
    alone = decide(stored(dear), question())
    assert alone.answer is not None
    *_, last = alone.verdicts
    assert not last.holds
    between = (alone.answer.arm.level + last.arm.level) / 2
    cheap = arms(num_samples=300, losses=np.zeros(1), curve="webp")
    for one in cheap.values():
        one.num_bytes[:] = np.round(1000 * between * sizes)
    decision = decide(stored(dear | cheap), question())
    assert decision.answer is not None
    assert decision.answer.arm.codec == "webp"
    assert [verdict.arm.codec for verdict in decision.verdicts].index("webp") > 0


@final
class Broken:
    """Stored evidence in which some settings are damaged on all samples that are asked."""

    def __init__(self, whole: Stored, broken: Callable[[Arm, int], bool]) -> None:
        self._whole, self._broken = whole, broken

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)

    def pair(self, arm: Arm, samples: Sequence[int]) -> tuple[Result, Result]:
        if self._broken(arm, len(samples)):
            raise NothingMeasured(f"{arm.title} could not be measured")
        return self._whole.pair(arm, samples)


@pytest.mark.parametrize("measurable", [0, 40])
def test_a_setting_that_cannot_be_measured_is_told_and_the_others_answer(measurable: int) -> None:
    """At the first look, or when it is asked."""
    evidence = Broken(
        stored(two_curves()), lambda arm, count: arm.codec == "webp" and count > measurable
    )
    decision = decide(evidence, question())
    assert decision.answer is not None
    assert decision.answer.arm.codec == "jpeg"
    assert {arm.codec for arm in decision.unmeasured} == {"webp"}


def test_where_nothing_can_be_measured_it_says_so() -> None:
    evidence = Broken(stored(arms(num_samples=30, losses=RISING)), lambda arm, count: True)
    with pytest.raises(NothingMeasured, match="no setting could be measured"):
        decide(evidence, question())


def test_a_class_that_only_the_first_look_has_leaves_it_open() -> None:
    found = arms(num_samples=100, losses=np.zeros(3))
    whole = source(100)
    first, _ = split(whole.groups, np.random.default_rng(0))
    rest = np.setdiff1d(np.arange(100), first)
    for one in (whole, *found.values()):
        one.stats["confusion"][rest, 1] = one.stats["confusion"][rest, :, 1] = 0
    decision = decide(Stored(whole, found), question(worst="class"))
    assert decision.answer is None
    assert decision.closest is not None
    assert (decision.closest.outcome, decision.closest.drops.unknown()) == ("open", "sky")


def test_looks_go_on_with_the_same_samples() -> None:
    groups = [str(place // 2) for place in range(101)]
    first, later = split(groups, np.random.default_rng(0))
    assert sorted(first + later) == list(range(101))
    whole = {groups[place] for place in first}
    assert not whole & {groups[place] for place in later}


def test_a_sequence_runs_from_safe_to_cheap() -> None:
    found = arms(num_samples=400, losses=RISING)
    evidence = stored(found)
    seen = first_look(evidence, range(50), question())
    assert len(seen) == MOST_LEVELS
    asking = sequence(evidence.arms, seen, tolerance=0.05)
    assert 3 <= len(asking.arms) <= 13
    assert all(a.level > b.level for a, b in itertools.pairwise(asking.arms))
    measured = [found[arm].num_bytes[:50].mean() for arm in asking.arms]
    assert asking.num_bytes == pytest.approx(measured, rel=0.05)
    assert turn(seen) is None


def test_the_same_seed_decides_the_same() -> None:
    found = arms(num_samples=100, losses=RISING)
    first, again = (decide(stored(found), question(), seed=3) for _ in range(2))
    assert first.passes == again.passes
    assert [one.arm for one in first.verdicts] == [one.arm for one in again.verdicts]


@final
class Lacking:
    """Stored evidence in which some settings are damaged on some samples, by place."""

    def __init__(self, whole: Stored, lacks: Callable[[Arm], set[int]]) -> None:
        self._whole, self._lacks = whole, lacks

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)

    def pair(self, arm: Arm, samples: Sequence[int]) -> tuple[Result, Result]:
        lacks = self._lacks(arm)
        return self._whole.pair(arm, [place for place in samples if place not in lacks])


def test_bytes_are_compared_without_samples_that_are_damaged_in_one_of_them() -> None:
    """Of the dearer setting the largest sample is damaged."""
    sizes = np.ones(40)
    sizes[3] = 1000
    whole, asked = source(40), question()
    dear, cheap = (result("jpeg", level, np.full(40, 0.1), sizes=sizes) for level in (60, 50))
    kept = np.delete(np.arange(40), 3)
    groups = tuple(whole.groups[place] for place in kept)
    lacking = [one.at(kept, groups=groups) for one in (whole, dear)]
    pairs = (lacking, (whole, cheap))
    answer = _cheapest([verdict("holds", asked, *pair) for pair in pairs])
    assert answer is not None
    assert answer.arm.level == 50
    assert _cheapest([]) is None


def test_settings_of_other_samples_are_not_compared_for_a_turn() -> None:
    """Every other setting is damaged on one sample of the first look."""
    losses = RISING.copy()
    losses[10:15] = 0.1
    whole = stored(arms(num_samples=400, losses=losses))
    first, _ = split(whole.groups, np.random.default_rng(0))
    evidence = Lacking(whole, lambda arm: {first[0]} if arm.level % 3 == 0 else set())
    decision = decide(evidence, question())
    assert decision.answer is not None
    (told,) = decision.turns
    assert all(arm.level % 3 for arm in (told.dear, told.cheap))


@pytest.mark.parametrize("right_later", [True, False])
def test_a_first_look_without_a_score_is_not_the_whole(right_later: bool) -> None:
    right = np.full(100, float(right_later))
    names = clips("source", right).groups
    first, _ = split(names, np.random.default_rng(0))
    right[first] = 0
    evidence = Stored(
        clips("source", right), {Arm("h264", "h264", 30, "crf"): clips("h264", right)}
    )
    asked = question(task=make_task("action"))
    if right_later:
        assert decide(evidence, asked).answer is not None
    else:
        with pytest.raises(ValueError, match="the drop is not defined: top1_fusion of the source"):
            decide(evidence, asked)
