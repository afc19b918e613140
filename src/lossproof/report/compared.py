"""A comparison as lines: every score before and after, what was lost, and what came back."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from lossproof.analysis.bootstrap import CONFIDENCE, Interval, bound, interval
from lossproof.analysis.rates import bits_per_pixel, drop, kbit_per_second, saving
from lossproof.analysis.recovery import gain, recovery
from lossproof.codecs import codec_class, parse_codec
from lossproof.records import Level, Result
from lossproof.report.kept import Kept
from lossproof.report.summary import Summary, common, summary_of
from lossproof.studies.record import KeptStudy
from lossproof.studies.study import Comparison
from lossproof.tasks import Score, parse_task

BEFORE = "before"


class Estimate(NamedTuple):
    """A number and its 95% interval; NaN where it is not known."""

    value: float
    interval: Interval = (math.nan, math.nan)


UNKNOWN = Estimate(math.nan)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One score of one model at one level.

    ``method`` is ``before``, or how the model came of that one. ``drop`` is against the model
    before at the reference level; ``recovery`` and ``gain`` are against the model before at the
    same level, NaN for itself. Recovery is NaN, too, where no loss is sure: its interval holds 0;
    drop and gain are NaN where the score that they are a share of is not sure to be more than 0.
    Rates are NaN where they are not known. ``highest_drop`` is what the drop does not exceed at 95%
    confidence. ``cell`` is empty for the paper's.
    """

    method: str
    level: Level
    score: str
    value: Estimate
    drop: Estimate = UNKNOWN
    highest_drop: float = math.nan
    recovery: Estimate = UNKNOWN
    gain: Estimate = UNKNOWN
    bits_per_pixel: float = math.nan
    kbit_per_second: float = math.nan
    saving: float = math.nan
    num_samples: int = 0
    model: str = ""
    cell: str = ""


@dataclass(frozen=True)
class Compared:
    """The lines of a comparison, level by level from the best down, and what they are of."""

    study: KeptStudy
    comparison: Comparison
    lines: tuple[Line, ...]

    @property
    def headline(self) -> Score:
        """The task's, or the first column that has values."""
        return parse_task(self.study.task).headline_of(self._known.__contains__)

    @property
    def is_known(self) -> bool:
        """Whether any line has the headline score: pictures without objects have none."""
        return self.headline.name in self._known

    @property
    def _known(self) -> set[str]:
        return {line.score for line in self.lines if math.isfinite(line.value.value)}


def compare(
    study: KeptStudy,
    comparison: Comparison,
    results: Mapping[str, Result],
    *,
    kept: Kept | None = None,
) -> Compared:
    """The lines of one of a study's comparisons, from results by their cells' hashes.

    They are of every score that is not of one class.

    Raises ValueError where a result is missing.
    """
    found = partial(_found, study, comparison, results)
    before = found(comparison.before)
    if not before:
        raise ValueError(
            f"study {study.name} has no results of {comparison.before} with {comparison.codec}; "
            "run the study again"
        )
    best = _best_first(comparison.codec, before)
    summaries = {level: summary_of(before[level], kept) for level in best}
    reference = summaries[best[0]]
    lines = [line for level in best for line in _lines(BEFORE, summaries[level], reference, None)]
    for method, levels in comparison.after.items():
        for level in (one for one in best if one in levels):
            result = found(levels[level][0]).get(level)
            if result is None:
                missing = f"{levels[level][0]} at {level}"
                raise ValueError(f"study {study.name} has no result of {missing}; run it again")
            lines += _lines(method, summary_of(result, kept), reference, summaries[level])
    return Compared(study, comparison, tuple(lines))


def _found(
    study: KeptStudy, comparison: Comparison, results: Mapping[str, Result], model: str
) -> dict[Level, Result]:
    """A model's results by their level. Raises ValueError for two at one level."""
    name, _ = parse_codec(comparison.codec)
    cells = (results[cell] for cell in study.cells[model] if cell in results)
    found: dict[Level, Result] = {}
    for result in cells:
        cell = result.cell
        if cell.codec != name or cell.split == comparison.chosen_on:
            continue
        if cell.level in found:
            raise ValueError(
                f"study {study.name} has two results of {model} with {name} at {cell.level}; a "
                "comparison is of one frame size, one split and one setting of the codec"
            )
        found[cell.level] = result
    return found


def _best_first(codec: str, levels: Mapping[Level, Any]) -> list[Level]:
    sign = -1 if codec_class(parse_codec(codec)[0]).better == "higher" else 1
    return sorted(levels, key=lambda level: sign * (level or 0))


def _lines(
    method: str, summary: Summary, reference: Summary, before: Summary | None
) -> Iterator[Line]:
    own, compared = common(summary, reference)
    result = summary.result
    num_bytes = int(result.num_bytes.sum())
    for score in (name for name in summary.scores if "/" not in name):
        higher = summary.task.score(score).higher_is_better
        loss = partial(drop, higher_is_better=higher)
        lost = loss(own.distributions[score], compared.distributions[score])
        yield Line(
            method=method,
            level=result.cell.level,
            score=score,
            value=Estimate(summary.scores[score], _interval(score, summary)),
            drop=_estimate(loss, score, own, compared) if _is_sure(compared, score) else UNKNOWN,
            highest_drop=(
                0.0
                if own.result is compared.result
                else bound(lost, own.num_groups, confidence=CONFIDENCE)
            ),
            recovery=_recovered(score, summary, before, reference, higher_is_better=higher),
            gain=_gained(score, summary, before, higher_is_better=higher),
            bits_per_pixel=bits_per_pixel(num_bytes, int(result.num_pixels.sum())),
            kbit_per_second=kbit_per_second(num_bytes, float(result.duration_seconds.sum())),
            saving=saving(_bytes_per_sample(own), _bytes_per_sample(compared)),
            num_samples=result.num_samples,
            model=result.cell.model,
            cell=result.cell.hash,
        )


def _bytes_per_sample(summary: Summary) -> float:
    return float(summary.result.num_bytes.mean())


def _estimate(formula: Any, score: str, *summaries: Summary) -> Estimate:
    """A formula of scores, and its interval over resamples that are paired."""
    drawn = formula(*(one.distributions[score] for one in summaries))
    return Estimate(float(drawn[0]), interval(drawn, summaries[0].num_groups))


def _interval(score: str, summary: Summary) -> Interval:
    return interval(summary.distributions[score], summary.num_groups)


def _is_sure(summary: Summary, score: str) -> bool:
    """Whether a score is more than 0, as it is shown, at the low end of its interval too."""
    shown = summary.task.score(score)
    low, _ = _interval(score, summary)
    return not round(low * shown.shown, shown.digits) <= 0


def _recovered(
    score: str,
    after: Summary,
    before: Summary | None,
    reference: Summary,
    *,
    higher_is_better: bool,
) -> Estimate:
    if before is None:
        return UNKNOWN
    after, before = common(after, before)
    before, reference = common(before, reference)
    after, before = common(after, before)
    loss = partial(drop, higher_is_better=higher_is_better)
    if not _estimate(loss, score, before, reference).interval[0] > 0:
        return UNKNOWN
    return _estimate(recovery, score, before, after, reference)


def _gained(
    score: str, after: Summary, before: Summary | None, *, higher_is_better: bool
) -> Estimate:
    if before is None or not _is_sure(after, score):
        return UNKNOWN
    after, before = common(after, before)
    return _estimate(partial(gain, higher_is_better=higher_is_better), score, before, after)
