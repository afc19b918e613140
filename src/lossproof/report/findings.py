"""What a comparison comes to: how far one can compress, what that saves, what retraining gives
back."""

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from lossproof.analysis.bootstrap import CONFIDENCE
from lossproof.analysis.safe_level import safe_level
from lossproof.codecs import parse_codec
from lossproof.records import Level
from lossproof.report.compared import BEFORE, Compared, Line
from lossproof.report.paper import RETRAINED
from lossproof.tasks import Score, parse_task

TOLERANCES = (0.01, 0.05, 0.10)


class Found(NamedTuple):
    """The safe level of one way at one tolerance, None where none is, and the share of the
    reference level's bytes that it saves. ``interrupted`` is as in ``Safe``."""

    method: str
    tolerance: float
    level: Level
    saving: float
    interrupted: bool


def findings(compared: Compared, *, tolerances: Sequence[float] = TOLERANCES) -> list[Found]:
    """For the headline score, every way and every tolerance."""
    return [
        _found(lines, method, tolerance)
        for method, lines in _by_method(compared)
        for tolerance in tolerances
    ]


def sentence(compared: Compared, *, tolerances: Sequence[float] = TOLERANCES) -> str:
    """The findings before retraining, and what retraining gives back, in words."""
    score = compared.headline
    codec = parse_codec(compared.comparison.codec)[0]
    (_, lines), *_ = _by_method(compared)
    task = parse_task(compared.study.task).name.capitalize()
    of_what = f"{task}, {score.heading} of {compared.study.title}"
    best = lines[0].value.value
    if not math.isfinite(best):
        at = _point(codec, lines[0].level)
        return f"{of_what}: not known at {at}, so that nothing can be said of what is lost."
    if score.higher_is_better and round(best * score.shown, score.digits) <= 0:
        at = f"{_shown(best, score)} at {_point(codec, lines[0].level)}"
        return f"{of_what}: {at}, so there is nothing to lose."
    found = [_found(lines, BEFORE, tolerance) for tolerance in tolerances]
    safe = in_words(found, codec, reference=lines[0].level)
    return f"{of_what}: {safe}. {_back_words(compared, score)}"


def in_words(found: Sequence[Found], codec: str, *, reference: Level) -> str:
    """Safe levels of one way, for tolerances that rise; ``reference`` is the best level, at which
    nothing is saved."""
    unsure = [one.tolerance for one in found if one.level in (None, reference)]
    words = []
    if unsure:
        beyond = _point(codec, reference)
        words.append(
            f"no measured level beyond {beyond} is sure to lose less than {unsure[-1]:.0%}"
        )
    safe = (one for one in found if one.level not in (None, reference))
    for level, group in groupby(safe, key=lambda one: one.level):
        first, *others = group
        words.append(
            f"less than {first.tolerance:.0%} is lost down to {codec} {level:g} "
            f"({first.saving:.0%} fewer bytes){_no_further(others)}"
        )
    return "; ".join(words)


def _point(codec: str, level: Level) -> str:
    return codec if level is None else f"{codec} {level:g}"


def _no_further(found: Sequence[Found]) -> str:
    if not found:
        return ""
    more = " or ".join(f"{one.tolerance:.0%}" for one in found)
    return f", and no stronger level is sure to lose less than {more}"


def _by_method(compared: Compared) -> Iterator[tuple[str, list[Line]]]:
    """Lines of the headline score; a way back begins with the line before at the best level."""
    name = compared.headline.name
    lines = [line for line in compared.lines if line.score == name]
    reference = next(line for line in lines if line.method == BEFORE)
    for method in dict.fromkeys(line.method for line in lines):
        own = [line for line in lines if line.method == method]
        yield method, own if method == BEFORE else [reference, *own]


def _found(lines: Sequence[Line], method: str, tolerance: float) -> Found:
    known = [line.highest_drop if math.isfinite(line.value.value) else math.nan for line in lines]
    highest = np.array(known, np.float64)
    safe = safe_level(highest, tolerance=tolerance)
    if safe.place is None:
        return Found(method, tolerance, None, math.nan, interrupted=False)
    line = lines[safe.place]
    return Found(method, tolerance, line.level, line.saving, safe.interrupted)


def _back_words(compared: Compared, score: Score) -> str:
    """At the strongest level that was retrained for."""
    lines = [
        line for line in compared.lines if line.method == RETRAINED and line.score == score.name
    ]
    if not lines:
        return "Nothing was retrained."
    last = lines[-1]
    before = next(
        line
        for line in compared.lines
        if (line.method, line.score, line.level) == (BEFORE, score.name, last.level)
    )
    from_to = f"from {_shown(before.value.value, score)} to {_shown(last.value.value, score)}"
    moved = f"Retrained for {last.level:g} it goes {from_to}"
    if math.isnan(last.recovery.value):
        return f"{moved}; what was lost there is too little to be sure of."
    low, high = last.recovery.interval
    if low == high == 0:
        unchanged = _shown(last.value.value, score)
        return f"Retrained for {last.level:g} it is no better, and stays at {unchanged}."
    if last.recovery.value < 0:
        return f"{moved}, which is worse still."
    return (
        f"{moved}: {last.recovery.value:.0%} of what was lost comes back "
        f"({CONFIDENCE:.0%} interval {low:.0%} to {high:.0%})."
    )


def _shown(value: float, score: Score) -> str:
    unit = "" if not score.unit else score.unit if score.unit == "%" else f" {score.unit}"
    return f"{value * score.shown:.{score.digits}f}{unit}"
