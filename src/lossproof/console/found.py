"""What a search came to: one sentence, what it rests on, and what to paste."""

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lossproof.analysis.bootstrap import distributions, interval
from lossproof.analysis.jackknife import FEWEST_PARTS
from lossproof.analysis.rates import bits_per_pixel, kbit_per_second, saving
from lossproof.console.pasting import PYTHON_IMPORTS, RESIZED_OTHERWISE, python_line, shell_line
from lossproof.decisions.evidence import Arm
from lossproof.decisions.measured import Measured
from lossproof.decisions.question import Question
from lossproof.decisions.search import Decision, Verdict
from lossproof.records import MediaKind, Result
from lossproof.report.rows import rows

_MB, _GB = 1e6, 1e9
_SECONDS_PER_HOUR = 3600
_TENTH = 0.001
_MOST_DIGITS = 9
_OWN_LABELS = (
    "the model's own predictions on the source: drops are mostly larger than by a dataset's "
    "labels, often by far where little is lost"
)


def answer_lines(decision: Decision, question: Question, evidence: Measured) -> Iterator[str]:
    """The sentence, then what it rests on, then what to paste."""
    yield sentence(decision, question)
    yield ""
    shown = decision.answer or decision.closest
    assert shown is not None
    yield f"  model    {_model(shown, decision)}"
    yield from _evidence(shown, question)
    if decision.next_cheaper:
        yield f"  cheaper  {_why(decision.next_cheaper, question)}"
    yield from (f"  other    {words}" for words in _others(decision, question))
    yield from (f"  curve    {_turned(one)}" for one in decision.turns)
    yield from (f"  failed   {_failed(arm)}" for arm in decision.unmeasured)
    if _by_itself(shown):
        yield f"  labels   {_OWN_LABELS}"
    yield f"  passes   {_passes(decision)}"
    if decision.answer:
        yield ""
        yield from _to_paste(decision.answer, evidence)


def _to_paste(answer: Verdict, evidence: Measured) -> Iterator[str]:
    point, media = evidence.point(answer.arm), _media(answer.arrived)
    yield f"  {shell_line(point.codec, point.frame_size, media=media)}"
    yield f"  {PYTHON_IMPORTS}"
    yield f"  {python_line(point.codec, point.frame_size, media=media)}"
    if point.frame_size:
        yield f"  {RESIZED_OTHERWISE}"


def sentence(decision: Decision, question: Question) -> str:
    """The answer in one sentence."""
    shown = decision.answer or decision.closest
    assert shown is not None
    whose = ", against the model's own predictions," if _by_itself(shown) else ""
    kept = f"{what(question)}{whose} within {100 * question.max_drop:g}% of the source's"
    sure = f"at {100 * question.confidence:g}% confidence"
    if decision.answer:
        title = decision.answer.arm.title
        found = f"{title} is the cheapest setting found that keeps {kept}, {sure}"
        saved = _saved(decision.answer)
        return f"{found}." if saved > 0 else f"{found}, but the source's own files are no larger."
    closest = decision.closest
    assert closest is not None
    if any(one.outcome == "open" for one in decision.verdicts):
        return (
            f"Not decided: {closest.arm.title} came closest to keeping {kept}, {sure}, but "
            f"{_why_open(closest, question, decision)}."
        )
    return (
        f"No setting was found that keeps {kept}, {sure}: {closest.arm.title} came closest, but "
        f"{_loss(closest, question)}."
    )


def what(question: Question) -> str:
    """What must be kept, as people say it."""
    heading = question.task.score(question.task.headline).heading
    if question.worst is None:
        return heading
    if question.worst == "class":
        return "the score of every class"
    assert isinstance(question.worst, float)
    return f"{heading} of the worst {100 * question.worst:g}% of the samples"


def answer_json(decision: Decision, question: Question, evidence: Measured) -> str:
    """One JSON object: ``rows`` of the source and of every setting that was asked, on the samples
    that it was asked on, and ``answer``, whose level is null when nothing qualifies."""
    verdicts = decision.verdicts
    largest = max(verdicts, key=lambda one: one.source.num_samples)
    found = rows([largest.source, *(one.arrived for one in verdicts)])
    told = {
        "rows": [_alone(row.as_dict()) for row in found],
        "answer": _answer(decision, question, evidence),
    }
    return json.dumps(told, indent=2, allow_nan=False)


def _alone(row: dict[str, Any]) -> dict[str, Any]:
    """A row without what compares it with another, which is of other samples; ``asked`` has the
    drops from the source."""
    beside = {f"{name}_drop" for name in row["scores"]} | {"saving"}
    intervals = {name: ends for name, ends in row["intervals"].items() if name not in beside}
    return {**row, "drops": {}, "saving": None, "reference_level": None, "intervals": intervals}


def _answer(decision: Decision, question: Question, evidence: Measured) -> dict[str, Any]:
    told = decision.answer
    found: dict[str, Any] = {
        "codec": None,
        "level": None,
        "frame_size": None,
        "settings": None,
        "sentence": sentence(decision, question),
        "max_drop": question.max_drop,
        "confidence": question.confidence,
        "worst": question.worst,
        "score": question.task.headline,
        "passes": decision.passes,
        "full_passes": decision.full_passes,
        "monotone": not decision.turns,
        "closest": _told(decision.closest) if decision.closest else None,
        "asked": [_told(one) for one in decision.verdicts],
        "unmeasured": [_setting(arm) for arm in decision.unmeasured],
    }
    if told:
        point, media = evidence.point(told.arm), _media(told.arrived)
        lines = (shell_line, python_line)
        shell, python = (line(point.codec, point.frame_size, media=media) for line in lines)
        note = RESIZED_OTHERWISE if point.frame_size else None
        found |= {**_told(told), "shell": shell, "python": python, "note": note}
    return found


def _told(verdict: Verdict) -> dict[str, Any]:
    return {
        **_setting(verdict.arm),
        "outcome": verdict.outcome,
        "drop": _or_none(verdict.drops.value),
        "at_most": _or_none(verdict.upper),
        "num_samples": verdict.source.num_samples,
        "bytes_per_sample": float(verdict.arrived.num_bytes.mean()),
    }


def _setting(arm: Arm) -> dict[str, Any]:
    return {
        "codec": arm.codec,
        "level": arm.level,
        "frame_size": list(arm.frame_size) if arm.frame_size else None,
        "settings": dict(arm.settings),
    }


def _failed(arm: Arm) -> str:
    return f"{arm.title} could not be measured: all samples of a look at it are damaged"


def _by_itself(verdict: Verdict) -> bool:
    return verdict.source.cell.labels == "model"


def _model(verdict: Verdict, decision: Decision) -> str:
    """Which network on which samples, and what became of these."""
    cell, media = verdict.source.cell, _media(verdict.source)
    first = "" if cell.limit is None else f", first {cell.limit}"
    looked_at = decision.num_samples - decision.num_asked
    samples = f"{cell.data} {cell.split}{first}"
    return (
        f"{cell.model} on {samples}: {decision.num_samples} {media}s, of which {looked_at} were "
        f"for the first look and {decision.num_asked} are to answer"
    )


def _others(decision: Decision, question: Question) -> Iterator[str]:
    """What came of every other codec, setting or frame size that was asked."""
    shown = decision.answer or decision.closest
    assert shown is not None
    for curve, arm in {one.arm.curve: one.arm for one in decision.seen}.items():
        asked = [one for one in decision.verdicts if one.arm.curve == curve]
        holding = [one for one in asked if one.holds]
        if curve == shown.arm.curve:
            continue
        if holding:
            best = holding[-1]
            yield f"{best.arm.title} holds too, {_rate(best.arrived, _media(best.arrived))}"
        elif asked:
            yield _why(asked[-1], question)
        elif not any(one.curve == curve for one in decision.unmeasured):
            name = replace(arm, level=None).title
            yield f"{name} was not asked: after the first look it can hardly be the cheapest"


def _evidence(verdict: Verdict, question: Question) -> Iterator[str]:
    arrived, source = verdict.arrived, verdict.source
    media = _media(arrived)
    scores = f"{_score(arrived, question)}, {_score(source, question)} on the source"
    yield f"  score    {scores}{_all_of(question)}"
    worst = f" (worst: {verdict.drops.worst})" if verdict.drops.worst else ""
    of = f"on {source.num_samples} {media}s"
    yield f"  drop     {_percent(verdict.drops.value)}{worst}, {_between(verdict, question)}, {of}"
    yield f"  rate     {_rate(arrived, media)}"
    yield f"  saving   {_saving(verdict, media)}"


def _all_of(question: Question) -> str:
    """What the scores are of where a part is asked for."""
    if question.worst is None:
        return ""
    return ", of all classes" if question.worst == "class" else ", of all that were asked"


def _score(result: Result, question: Question) -> str:
    task = question.task
    score = task.score(task.headline)
    summarise = task.quick or task.summarise
    draws = distributions(summarise, result.stats, result.groups)[task.headline]
    low, high = interval(draws, len(set(result.groups)))
    shown = [f"{score.shown * one:.{score.digits}f}" for one in (draws[0], low, high)]
    unit = "%" if score.unit == "%" else f" {score.unit}".rstrip()
    return f"{score.heading} {shown[0]}{unit} [{shown[1]}, {shown[2]}]"


def _rate(result: Result, media: MediaKind) -> str:
    num_bytes = int(result.num_bytes.sum())
    each = f"{num_bytes / result.num_samples / 1000:.1f} kB per {media}"
    seconds = float(result.duration_seconds.sum())
    if media == "clip" and seconds > 0:
        hourly = num_bytes / seconds * _SECONDS_PER_HOUR / _GB
        return f"{kbit_per_second(num_bytes, seconds):.0f} kbit/s, {hourly:.3f} GB per hour, {each}"
    bits = bits_per_pixel(num_bytes, int(result.num_pixels.sum()))
    return f"{each}, {bits:.3f} bits per pixel"


def _saved(verdict: Verdict) -> float:
    """The share of the source's bytes that is not needed."""
    return saving(float(verdict.arrived.num_bytes.sum()), float(verdict.source.num_bytes.sum()))


def _saving(verdict: Verdict, media: MediaKind) -> str:
    share, source = _saved(verdict), verdict.source
    num_bytes = abs(share) * float(source.num_bytes.sum())
    seconds = float(source.duration_seconds.sum())
    if media == "clip" and seconds > 0:
        amount = f"{num_bytes / seconds * _SECONDS_PER_HOUR / _GB:.3f} GB per hour"
    else:
        amount = f"{num_bytes / source.num_samples * 1000 / _MB:.1f} MB per 1000 {media}s"
    if share > 0:
        return f"{amount}, {_percent(share)} of the source's files"
    return f"none: {amount} more than the source's files, by {_percent(-share)} of them"


def _passes(decision: Decision) -> str:
    share = decision.passes / decision.full_passes
    return (
        f"{decision.passes} predictions, those in the store included, {_percent(share)} of the "
        f"{decision.full_passes} of a full sweep of {decision.num_settings} settings and the source"
    )


def _turned(turn: Any) -> str:
    return (
        f"not monotone: {turn.cheap.title} loses less than {turn.dear.title}, by "
        f"{_percent(turn.less)} of the source's score at the first look"
    )


def _why(verdict: Verdict, question: Question) -> str:
    reason = {"fails": "loses too much", "open": "is not decided"}[verdict.outcome]
    return f"{verdict.arm.title} {reason}: {_loss(verdict, question)}"


def _loss(verdict: Verdict, question: Question) -> str:
    return f"its drop is {_percent(verdict.drops.value)}, {_between(verdict, question)}"


def _why_open(verdict: Verdict, question: Question, decision: Decision) -> str:
    if len(verdict.drops.parts) > 1 and (unknown := verdict.drops.unknown()):
        return (
            f"{unknown} is in too few samples to tell what it loses: "
            f"{FEWEST_PARTS} or more with it are needed"
        )
    needed, loss = _samples_needed(verdict, question), _loss(verdict, question)
    if needed is None:
        return f"{loss}, and more samples would rather show that it loses too much"
    whole = needed * decision.num_samples / decision.num_asked
    more = max(1, math.ceil(whole) - decision.num_samples)
    if not math.isfinite(verdict.upper):
        return f"{loss}; {more} more samples at the least are needed for one"
    return f"{loss}; about {more} more samples would decide it"


def _samples_needed(verdict: Verdict, question: Question) -> int | None:
    """Of those that are asked, which the first look is not among."""
    if math.isfinite(verdict.upper) or verdict.drops.value > question.max_drop:
        return verdict.samples_needed(question.max_drop)
    share = question.worst if isinstance(question.worst, float) else 1.0
    return math.ceil(FEWEST_PARTS / share)


def _between(verdict: Verdict, question: Question) -> str:
    lower, upper = verdict.lower, verdict.upper
    if not math.isfinite(upper):
        return f"for which {verdict.source.num_samples} {_media(verdict.source)}s give no bound"
    digits = _digits_telling(upper, question.max_drop)
    return f"between {_percent(lower)} and {_percent(upper, digits)}"


def _digits_telling(bound: float, tolerance: float) -> int:
    """The fewest digits of percent that show on which side of the tolerance a bound lies."""
    is_beyond = bound > tolerance
    return next(
        (
            digits
            for digits in range(1, _MOST_DIGITS)
            if (round(100 * bound, digits) > round(100 * tolerance, _MOST_DIGITS)) == is_beyond
        ),
        _MOST_DIGITS,
    )


def _media(result: Result) -> MediaKind:
    return "clip" if int(result.num_frames.sum()) > result.num_samples else "picture"


def _percent(share: float, digits: int = 1) -> str:
    """To a tenth or as many digits, or two where it is less than that."""
    if not math.isfinite(share):
        return "unknown"
    shown = f"{100 * share:.{digits}f}" if abs(share) >= _TENTH else f"{100 * share:.2g}"
    return f"{shown.removesuffix('.0')}%"


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None
