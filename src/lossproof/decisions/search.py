"""The cheapest setting whose drop stays within a tolerance, asked for in the fewest passes.

A first look measures every setting on a few samples and picks a short sequence of each curve, from
safe to cheap. The others of the samples answer: the settings of a sequence are asked in its order,
each in several looks at ever more samples, and the first that does not hold ends it. Each setting
is tested at the full error rate of its curve, which a fixed sequence allows (Maurer, Hothorn and
Lehmacher, 1995): for a wrong answer the first setting that truly loses too much must pass its own
test. Curves share the error rate between them. Nowhere is a curve taken to be monotone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lossproof.analysis.sequential import spending
from lossproof.decisions.evidence import Arm, Evidence
from lossproof.decisions.pilot import Seen, first_look, sequence, split, turns
from lossproof.decisions.question import Drops, Question

LOOKS = (0.25, 0.5, 1.0)
"""Shares of the samples that answer, after which it is decided whether to go on."""
_RESAMPLES = 2000
_HOPELESS = 0.05


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came of one setting: whether it holds, its drop, and the bound that the drop does not
    exceed at the error rate of the look."""

    arm: Arm
    holds: bool
    drops: Drops
    bound: float
    num_samples: int


@dataclass(frozen=True, kw_only=True)
class Decision:
    """``answer`` is the cheapest setting that holds, None where none does.

    ``verdicts`` are of every setting that was asked, ``seen`` of all at the first look. ``turns``
    are settings whose cheaper neighbour loses less. ``full_passes`` is what all settings on all
    samples would take.
    """

    answer: Verdict | None
    verdicts: tuple[Verdict, ...]
    seen: tuple[Seen, ...]
    turns: tuple[tuple[Arm, Arm], ...]
    passes: int
    full_passes: int


def decide(
    evidence: Evidence,
    question: Question,
    *,
    seed: int = 0,
    tell: Callable[[str], None] = lambda words: None,
) -> Decision:
    """Spend predictions where the decision is open, and answer. Raises ValueError for too few
    samples to look at twice."""
    groups = evidence.groups
    if len(set(groups)) < 2:
        raise ValueError(f"{len(set(groups))} samples are there; 2 or more are allowed")
    first, later = split(groups, np.random.default_rng(seed))
    tell("first look at every setting")
    seen = first_look(evidence, first, question)
    curves = {
        arm.curve: [one for one in seen if one.arm.curve == arm.curve] for arm in evidence.arms
    }
    alpha = question.alpha / len(curves)
    verdicts: list[Verdict] = []
    for curve, members in curves.items():
        tell(f"asking {curve}")
        order = sequence(members, tolerance=question.max_drop)
        verdicts += _asked(evidence, question, order, later, alpha=alpha)
    return Decision(
        answer=_cheapest([one for one in verdicts if one.holds], seen),
        verdicts=tuple(verdicts),
        seen=tuple(seen),
        turns=tuple(pair for members in curves.values() for pair in turns(members)),
        passes=evidence.passes,
        full_passes=(len(evidence.arms) + 1) * len(groups),
    )


def _asked(
    evidence: Evidence,
    question: Question,
    order: Sequence[Arm],
    samples: Sequence[int],
    *,
    alpha: float,
) -> Iterator[Verdict]:
    """The settings in their order, until one does not hold."""
    for arm in order:
        verdict = _looked(evidence, question, arm, samples, alpha=alpha)
        yield verdict
        if not verdict.holds:
            return


def _looked(
    evidence: Evidence, question: Question, arm: Arm, samples: Sequence[int], *, alpha: float
) -> Verdict:
    """One setting, look after look, until it holds, is hopeless, or all samples are seen."""
    verdict: Verdict | None = None
    for fraction, spent in zip(LOOKS, spending(LOOKS, alpha=alpha), strict=True):
        some = samples[: max(2, round(fraction * len(samples)))]
        evidence.look([arm], some)
        source, arrived = evidence.pair(arm, some)
        drops = question.drops(source, arrived, num_resamples=_RESAMPLES)
        bound = drops.bound(float(spent))
        verdict = Verdict(
            arm=arm,
            holds=bound <= question.max_drop,
            drops=drops,
            bound=bound,
            num_samples=source.num_samples,
        )
        if verdict.holds or _hopeless(drops, question.max_drop):
            break
    assert verdict is not None
    return verdict


def _hopeless(drops: Drops, tolerance: float) -> bool:
    """Giving up early never makes an answer wrong."""
    return bool(np.mean(drops.draws <= tolerance) < _HOPELESS) and drops.differs


def _cheapest(verdicts: Sequence[Verdict], seen: Sequence[Seen]) -> Verdict | None:
    """By the bytes of the first look, which has all settings on the same samples."""
    num_bytes = {one.arm: one.num_bytes for one in seen}
    return min(verdicts, key=lambda one: num_bytes[one.arm], default=None)
