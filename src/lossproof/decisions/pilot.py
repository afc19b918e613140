"""The first look: every setting on a few samples, to know what is worth asking."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64
from scipy.stats import norm

from lossproof.decisions.evidence import Arm, Evidence
from lossproof.decisions.question import Question

SHARE = 1 / 8
FEWEST = 8
HOPES = (0.99, 0.9, 0.7, 0.4, 0.15)
"""How likely the settings of a sequence are to hold, as far as the first look tells."""
_RESAMPLES = 200
_NEIGHBOURS = 2
_SURE = 3.0


class Seen(NamedTuple):
    """An arm after the first look: bytes per sample, its drop and the drop's standard error."""

    arm: Arm
    num_bytes: float
    drop: float
    error: float


def split(groups: Sequence[str], generator: np.random.Generator) -> tuple[list[int], list[int]]:
    """Places of samples for the first look, and all others in the order of later looks; whole
    groups, drawn at random."""
    names = list(dict.fromkeys(groups))
    drawn = [names[place] for place in generator.permutation(len(names))]
    num_first = min(max(FEWEST, round(SHARE * len(names))), len(names) // 2)
    members: dict[str, list[int]] = {name: [] for name in names}
    for place, group in enumerate(groups):
        members[group].append(place)
    first, later = (
        [place for name in part for place in members[name]]
        for part in (drawn[:num_first], drawn[num_first:])
    )
    return first, later


def first_look(evidence: Evidence, samples: Sequence[int], question: Question) -> list[Seen]:
    """Every arm on these samples."""
    evidence.look(evidence.arms, samples)
    seen = []
    for arm in evidence.arms:
        source, arrived = evidence.pair(arm, samples)
        drops = question.drops(source, arrived, num_resamples=_RESAMPLES)
        error = float(np.nanstd(drops.draws))
        seen.append(Seen(arm, float(arrived.num_bytes.mean()), drops.value, error))
    return seen


def sequence(seen: Sequence[Seen], *, tolerance: float) -> list[Arm]:
    """The arms of one curve to be asked one after the other, from the safest to the cheapest.

    For each of ``HOPES`` the cheapest arm that is as likely to hold. Neighbours in bytes lend each
    other their drops, which only decides what is asked and never what is answered.
    """
    dearest_first = sorted(seen, key=lambda one: -one.num_bytes)
    drops = _smoothed(np.array([one.drop for one in dearest_first]))
    errors = np.maximum(_smoothed(np.array([one.error for one in dearest_first])), 1e-9)
    likely = norm.cdf((tolerance - drops) / errors)
    chosen = [np.flatnonzero(likely >= hope) for hope in HOPES]
    places = sorted({int(found[-1]) for found in chosen if found.size})
    return [dearest_first[place].arm for place in places or [int(np.nanargmax(likely))]]


def turns(seen: Sequence[Seen]) -> list[tuple[Arm, Arm]]:
    """Neighbours of a curve of which the cheaper one surely loses less: it is not monotone."""
    dearest_first = sorted(seen, key=lambda one: -one.num_bytes)
    return [
        (dear.arm, cheap.arm)
        for dear, cheap in itertools.pairwise(dearest_first)
        if dear.drop - cheap.drop > _SURE * np.hypot(dear.error, cheap.error)
    ]


def _smoothed(values: Float64[np.ndarray, " n"]) -> Float64[np.ndarray, " n"]:
    """The median of each value and of up to two on either side."""
    around = [
        values[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS + 1]
        for place in range(values.size)
    ]
    return np.array([np.nanmedian(some) for some in around])
