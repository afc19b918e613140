"""The first look: settings from end to end on a few samples, to know what is worth asking."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64
from scipy.stats import norm, t

from lossproof.decisions.drops import Drops
from lossproof.decisions.evidence import Arm, Evidence, NothingMeasured
from lossproof.decisions.question import Question

SHARE = 1 / 8
FEWEST = 8
HOPES = (0.9999, 0.98, 0.9, 0.7, 0.45, 0.2)
"""How likely the settings of a sequence are to hold, as far as the first look tells."""
MOST_LEVELS = 26
"""Levels of a curve that are looked at first."""
_STEPS = 7
_NEIGHBOURS = 1
_DOUBT = 0.05


class Seen(NamedTuple):
    """An arm after the first look: bytes per sample, and what it loses, on these samples."""

    arm: Arm
    num_bytes: float
    drops: Drops
    samples: tuple[str, ...] = ()


class Turn(NamedTuple):
    """Two settings of a curve of which the cheaper one surely loses less, and by how much."""

    dear: Arm
    cheap: Arm
    less: float


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
    """Up to ``MOST_LEVELS`` arms of every curve on these samples, evenly among its levels; without
    those that could not be measured."""
    chosen = looked_at_first(evidence.arms)
    evidence.look(chosen, samples)
    seen = []
    for arm in chosen:
        try:
            source, arrived = evidence.pair(arm, samples)
        except NothingMeasured:
            continue
        drops = question.drops(source, arrived)
        seen.append(Seen(arm, float(arrived.num_bytes.mean()), drops, arrived.sample_ids))
    return seen


def looked_at_first(arms: Sequence[Arm]) -> list[Arm]:
    """Up to ``MOST_LEVELS`` of every curve."""
    return [arm for members in curves(arms).values() for arm in _evenly(members)]


def curves(arms: Sequence[Arm]) -> dict[str, list[Arm]]:
    """The arms of each curve, in their order."""
    found: dict[str, list[Arm]] = {}
    for arm in arms:
        found.setdefault(arm.curve, []).append(arm)
    return found


def _evenly(arms: Sequence[Arm]) -> list[Arm]:
    places = np.linspace(0, len(arms) - 1, min(len(arms), MOST_LEVELS)).round().astype(int)
    return [arms[place] for place in places]


class Asking(NamedTuple):
    """The arms of one curve to be asked one after the other, and the bytes per sample that each
    takes on the samples of the first look, as far as that tells."""

    arms: list[Arm]
    num_bytes: list[float]


def sequence(arms: Sequence[Arm], seen: Sequence[Seen], *, tolerance: float) -> Asking:
    """What to ask of one curve, from the safest arm to the cheapest.

    The dearest; for each of ``HOPES`` the cheapest arm that is as likely to hold; and a few between
    the first and the last of these, evenly apart in the logarithm of their bytes. Levels that were
    not looked at lie between those that were, and neighbours lend each other their drops; that only
    decides what is asked and never what is answered.
    """
    guess = _guessed(arms, seen)
    order = np.argsort(-guess.num_bytes, kind="stable")
    likely = norm.cdf((tolerance - guess.drops) / guess.errors)[order]
    chosen = [np.flatnonzero(likely >= hope) for hope in HOPES]
    likeliest = {int(found[-1]) for found in chosen if found.size}
    # Few samples may call safe what is not, and nothing is asked beyond what does not hold.
    places = {0} | likeliest
    if likeliest:
        places |= _between(guess.num_bytes[order], min(likeliest), max(likeliest))
    asked = [int(order[place]) for place in sorted(places)]
    return Asking([arms[place] for place in asked], guess.num_bytes[asked].tolist())


class _Guess(NamedTuple):
    """What each arm of a curve may take and lose."""

    num_bytes: Float64[np.ndarray, " n"]
    drops: Float64[np.ndarray, " n"]
    errors: Float64[np.ndarray, " n"]


def _guessed(arms: Sequence[Arm], seen: Sequence[Seen]) -> _Guess:
    """The median of up to three neighbours, on a line between those that were looked at.

    Where no drop is known it is taken for total.
    """
    place = {arm: number for number, arm in enumerate(arms)}
    at = np.array([place[one.arm] for one in seen], np.float64)
    logs = np.log(np.maximum([one.num_bytes for one in seen], 1.0))
    drops = np.nan_to_num(_smoothed(np.array([one.drops.value for one in seen])), nan=1.0)
    errors = _smoothed(np.array([one.drops.error for one in seen]))
    errors = np.maximum(np.nan_to_num(errors, nan=1.0), 1e-9)
    every = np.arange(len(arms), dtype=np.float64)
    return _Guess(
        np.exp(np.interp(every, at, logs)),
        np.interp(every, at, drops),
        np.interp(every, at, errors),
    )


def _between(num_bytes: Float64[np.ndarray, " n"], first: int, last: int) -> set[int]:
    """The places whose bytes are nearest to even steps from one to another."""
    logs = np.log(num_bytes)
    steps = np.linspace(logs[first], logs[last], _STEPS)
    nearest = np.abs(logs[first : last + 1, None] - steps).argmin(axis=0)
    return {first + int(place) for place in nearest}


def turn(seen: Sequence[Seen]) -> Turn | None:
    """The surest pair of a curve of which the cheaper setting loses less than the dearer one; None
    where none is sure, for as many pairs as there are: the curve may then be monotone. Settings
    that lack a sample which most of them have are left out."""
    known = _alike([one for one in seen if _known(one)])
    dearest_first = sorted(known, key=lambda one: -one.num_bytes)
    if len(dearest_first) < 2:
        return None
    values = np.array([one.drops.value for one in dearest_first])
    away = np.stack([one.drops.most.away for one in dearest_first])
    parts = away.shape[1]
    dear, cheap = np.triu_indices(len(values), k=1)
    errors = np.sqrt(np.square(away[dear] - away[cheap]).sum(axis=1) / (parts * (parts - 1)))
    less = values[dear] - values[cheap]
    surely = np.divide(less, errors, out=np.zeros_like(less), where=errors > 0)
    place = int(np.argmax(surely))
    if surely[place] <= t.ppf(1 - _DOUBT / len(less), parts - 1):
        return None
    pair = (dearest_first[dear[place]].arm, dearest_first[cheap[place]].arm)
    return Turn(*pair, float(less[place]))


def _alike(seen: Sequence[Seen]) -> list[Seen]:
    """Those of the samples that most of them are of."""
    most = Counter(one.samples for one in seen).most_common(1)
    return [one for one in seen if one.samples == most[0][0]]


def _known(one: Seen) -> bool:
    return bool(np.isfinite(one.drops.value) and np.isfinite(one.drops.error))


def _smoothed(values: Float64[np.ndarray, " n"]) -> Float64[np.ndarray, " n"]:
    """The median of each value and of those on either side; NaN where none is known."""
    around = [
        values[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS + 1]
        for place in range(values.size)
    ]
    known = [some[np.isfinite(some)] for some in around]
    return np.array([np.median(some) if some.size else np.nan for some in known])
