"""The cheapest setting whose drop stays within a tolerance, asked for in few passes.

A first look measures levels from end to end of every curve on a few samples and picks a short
sequence of each, from safe to cheap, of any of its levels. The others of the samples answer: the
settings of a sequence are asked in its order, each in several looks at ever more samples, and the
first that does not hold ends it. Each setting is tested at the full error rate of its curve, which
a fixed sequence allows (Maurer, Hothorn and Lehmacher, 1995): for a wrong answer the first setting
that truly loses too much must pass its own test. Curves share the error rate between them; one that
can hardly be cheaper than what holds already is not asked, which makes no answer wrong. Nowhere is
a curve taken to be monotone.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Literal

import numpy as np
from scipy.stats import norm

from lossproof.analysis.jackknife import FEWEST_PARTS
from lossproof.analysis.sequential import chance, spending
from lossproof.decisions.drops import Drops
from lossproof.decisions.evidence import Arm, Evidence, NothingMeasured
from lossproof.decisions.pilot import (
    Seen,
    Turn,
    curves,
    first_look,
    looked_at_first,
    sequence,
    split,
    turn,
)
from lossproof.decisions.question import Question
from lossproof.records import Result

LOOKS = (0.25, 0.5, 1.0)
"""Shares of the samples that answer, after which it is decided whether to go on."""
FEWEST_GROUPS = 20
"""Fewer independent samples, first look included, cannot carry an answer."""
_HOPELESS = 0.1
_SURE = 0.05

Outcome = Literal["holds", "fails", "open"]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came of one setting.

    It ``holds`` where its drop is within the tolerance at the error rate ``look_alpha`` of its
    look, ``fails`` where it surely is not, and is ``open`` otherwise. ``alpha`` is that of all
    looks. ``source`` and ``arrived`` are of the samples that it was asked on.
    """

    arm: Arm
    outcome: Outcome
    drops: Drops
    look_alpha: float
    alpha: float
    source: Result
    arrived: Result

    @property
    def holds(self) -> bool:
        return self.outcome == "holds"

    @property
    def upper(self) -> float:
        """What the drop does not exceed; where that does not answer, as if looked at once."""
        return self.drops.upper(self.look_alpha if self.holds else self.alpha)

    @property
    def lower(self) -> float:
        """What the drop does not fall below, as if looked at once."""
        return self.drops.lower(self.alpha)

    def samples_needed(self, tolerance: float) -> int | None:
        """About how many samples would decide that it holds, if the drop stays what it is; None
        where it is beyond the tolerance or the bound is not known.

        What no sample changes is bounded by a share that falls as samples grow; all else by an
        error that falls as their root does.
        """
        room = tolerance - self.drops.value
        short = self.upper - self.drops.value
        if not room > 0 or not math.isfinite(short):
            return None
        falls_as = 1 if self.drops.error == 0 else 2
        return math.ceil(self.source.num_samples * (short / room) ** falls_as)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """``answer`` is the cheapest setting that holds, None where none does.

    ``closest`` is the setting that came nearest where there is no answer, ``next_cheaper`` the one
    that ended the answer's sequence. ``verdicts`` are of every setting that was asked, ``seen`` of
    those of the first look, ``turns`` of curves that are surely not monotone. ``num_asked`` of the
    ``num_samples`` answer, the others are the first look's. ``unmeasured`` are settings with a look
    of which all samples are damaged. ``full_passes`` is what all settings on all samples would
    take.
    """

    answer: Verdict | None
    closest: Verdict | None
    next_cheaper: Verdict | None
    verdicts: tuple[Verdict, ...]
    seen: tuple[Seen, ...]
    turns: tuple[Turn, ...]
    unmeasured: tuple[Arm, ...]
    num_samples: int
    num_asked: int
    passes: int
    num_settings: int
    full_passes: int


def decide(
    evidence: Evidence,
    question: Question,
    *,
    seed: int = 0,
    tell: Callable[[str], None] = lambda words: None,
) -> Decision:
    """Spend predictions where the decision is open, and answer.

    Raises ValueError for too few samples to answer, and where the drop is not defined.
    """
    groups = evidence.groups
    lacking = FEWEST_GROUPS - len(set(groups))
    if lacking > 0:
        raise ValueError(
            f"too few samples: there are {len(set(groups))} independent ones; {lacking} more are "
            "needed for any answer"
        )
    question = _of_all(evidence, question)
    first, later = split(groups, np.random.default_rng(seed))
    _check_worst(question, num_asked=len(later))
    tell("first look")
    seen = first_look(evidence, first, question)
    if seen and not any(np.isfinite(one.drops.value) for one in seen):
        _check_defined(evidence, question)
    asked = list(_asked_curves(evidence, question, seen, later, tell))
    verdicts = [one for one in asked if isinstance(one, Verdict)]
    if not verdicts:
        raise NothingMeasured("no setting could be measured: all samples of a look are damaged")
    answer = _cheapest([one for one in verdicts if one.holds])
    return Decision(
        answer=answer,
        closest=None if answer else _closest(verdicts, question.max_drop),
        next_cheaper=_after(answer, verdicts),
        verdicts=tuple(verdicts),
        seen=tuple(seen),
        turns=tuple(found for members in _by_curve(seen) if (found := turn(members))),
        unmeasured=(
            *_left_out(evidence.arms, seen),
            *(one for one in asked if not isinstance(one, Verdict)),
        ),
        num_samples=len(groups),
        num_asked=len(later),
        passes=evidence.passes,
        num_settings=len(evidence.arms),
        full_passes=(len(evidence.arms) + 1) * len(groups),
    )


def _check_worst(question: Question, *, num_asked: int) -> None:
    """Raises ValueError for a share of so few samples that nothing bounds it."""
    if not isinstance(question.worst, float):
        return
    among = int(question.worst * num_asked)
    if among < FEWEST_PARTS:
        enough = math.ceil(100 * FEWEST_PARTS / num_asked)
        raise ValueError(
            f"too few samples: the worst {100 * question.worst:g}% of {num_asked} are {among}; "
            f"{FEWEST_PARTS} or more are needed for any answer, as {enough}% of them are"
        )


def _check_defined(evidence: Evidence, question: Question) -> None:
    """Raises ValueError where the source as a whole has nothing to lose; a few samples may not."""
    every = range(len(evidence.groups))
    evidence.look([], every)
    source = evidence.source(every)
    if not np.isfinite(question.drops(source, source).value):
        raise ValueError(
            f"the drop is not defined: {question.task.headline} of the source is 0 or there is none"
        )


def _of_all(evidence: Evidence, question: Question) -> Question:
    """Of all classes that the source has: a look may lack one, which is then open."""
    if question.worst != "class":
        return question
    every = range(len(evidence.groups))
    evidence.look([], every)
    return question.of(evidence.source(every))


def _asked_curves(
    evidence: Evidence,
    question: Question,
    seen: Sequence[Seen],
    later: Sequence[int],
    tell: Callable[[str], None],
) -> Iterator[Verdict | Arm]:
    """The curves in the order of how cheap they may turn out to be; an arm by itself could not be
    measured."""
    every = curves(evidence.arms)
    askings = [
        sequence(every[members[0].arm.curve], members, tolerance=question.max_drop)
        for members in _by_curve(seen)
    ]
    most = sum(len(asking.num_bytes) for asking in askings)
    best, number = math.inf, count(1)
    for asking in sorted(askings, key=lambda one: one.num_bytes[-1]):
        # Bytes are compared on the same samples, those of the first look.
        if asking.num_bytes[-1] >= best:
            continue
        for arm, num_bytes in zip(*asking, strict=True):
            tell(f"asking {arm.title}, {next(number)} of at most {most}")
            verdict = _looked(evidence, question, arm, later, alpha=question.alpha / len(askings))
            yield verdict or arm
            if verdict is None or not verdict.holds:
                break
            best = min(best, num_bytes)


def _left_out(arms: Sequence[Arm], seen: Sequence[Seen]) -> list[Arm]:
    """Those that the first look could not measure."""
    known = {one.arm for one in seen}
    return [arm for arm in looked_at_first(arms) if arm not in known]


def _by_curve(seen: Sequence[Seen]) -> list[list[Seen]]:
    by_arm = {one.arm: one for one in seen}
    return [[by_arm[arm] for arm in arms] for arms in curves(list(by_arm)).values()]


def _looked(
    evidence: Evidence, question: Question, arm: Arm, samples: Sequence[int], *, alpha: float
) -> Verdict | None:
    """One setting, look after look, until it holds, is hopeless, or all samples are seen; None
    where all samples of a look are damaged."""
    verdict: Verdict | None = None
    spent = spending(LOOKS, alpha=alpha)
    for fraction, share in zip(LOOKS, spent, strict=True):
        some = samples[: _num_at(fraction, samples)]
        evidence.look([arm], some)
        try:
            source, arrived = evidence.pair(arm, some)
        except NothingMeasured:
            return None
        drops = question.drops(source, arrived)
        verdict = Verdict(
            arm=arm,
            outcome=_outcome(drops, question.max_drop, float(share)),
            drops=drops,
            look_alpha=float(share),
            alpha=alpha,
            source=source,
            arrived=arrived,
        )
        room = question.max_drop - drops.value
        if verdict.outcome != "open" or _hopeless(drops, room, fraction, float(spent[-1])):
            break
    return verdict


def _num_at(fraction: float, samples: Sequence[int]) -> int:
    return max(2, round(fraction * len(samples)))


def _outcome(drops: Drops, tolerance: float, alpha: float) -> Outcome:
    if drops.upper(alpha) <= tolerance:
        return "holds"
    # Giving up early never makes an answer wrong.
    return "fails" if drops.lower(_SURE) > tolerance else "open"


def _hopeless(drops: Drops, room: float, fraction: float, last_alpha: float) -> bool:
    """Whether all samples would hardly let it hold."""
    if not np.isfinite(drops.upper(last_alpha)):
        return False
    quantile = float(norm.isf(last_alpha))
    likely = chance(room=room, error=drops.error, fraction=fraction, quantile=quantile)
    return likely < _HOPELESS


def _cheapest(holding: Sequence[Verdict]) -> Verdict | None:
    """The one of fewest bytes on the samples that all of them have."""
    if not holding:
        return None
    shared = set.intersection(*(set(one.arrived.sample_ids) for one in holding))

    def num_bytes(one: Verdict) -> float:
        is_shared = [sample in shared for sample in one.arrived.sample_ids]
        return float(one.arrived.num_bytes[is_shared].mean()) if shared else math.inf

    return min(holding, key=num_bytes)


def _closest(verdicts: Sequence[Verdict], tolerance: float) -> Verdict:
    """The open one that needs the fewest samples, else the one that loses least."""
    never = math.inf

    def place(one: Verdict) -> tuple[float, float]:
        needed = one.samples_needed(tolerance)
        return (never if needed is None else needed, one.drops.value)

    return min(verdicts, key=place)


def _after(answer: Verdict | None, verdicts: Sequence[Verdict]) -> Verdict | None:
    """What was asked behind the answer and did not hold."""
    if answer is None:
        return None
    behind = [one for one in verdicts if one.arm.curve == answer.arm.curve and not one.holds]
    return behind[0] if behind else None
