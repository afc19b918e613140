"""Curves of score against rate: the rows of one model and codec, with resamples that pair."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64

from lossproof.analysis.bjontegaard import Curve as Points
from lossproof.analysis.bjontegaard import bd_rate, bd_score
from lossproof.analysis.bootstrap import CONFIDENCE, bound, interval
from lossproof.analysis.knee import Knee, knee
from lossproof.analysis.pareto import pareto_front
from lossproof.analysis.rates import drop
from lossproof.analysis.safe_level import Safe, safe_level
from lossproof.records import Result
from lossproof.report.compared import UNKNOWN, Estimate
from lossproof.report.kept import Kept
from lossproof.report.rows import Row, by_samples, headline, series_of
from lossproof.report.summary import Summary, summary_of
from lossproof.report.titles import model_titles, samples_titles_by_task, series_titles_of
from lossproof.tasks import Score

_FEWEST = 2
_RESAMPLES_OF_DIFFERENCES = 200
"""The curves are joined anew for each, and more would take seconds; of so few an end of an interval
is known to a fifth of a standard error."""
_SHARE_NEEDED = 0.95


@dataclass(frozen=True)
class Curve:
    """Rows of one model, codec, setting and frame size, the best level first.

    ``score`` is what is drawn; ``draws`` has it and its resamples, a line for each row, all of the
    samples that every curve of the same samples has, in ``num_groups`` that are drawn together.
    Where a row has failed samples, its value among ``values`` is of those that it has. ``model``
    and ``samples`` are titles that tell apart what other curves, too, are of.
    """

    rows: tuple[Row, ...]
    score: Score
    draws: Float64[np.ndarray, "levels n"]
    num_groups: int
    model: str
    samples: str

    @property
    def values(self) -> Float64[np.ndarray, " levels"]:
        return np.array([row.scores[self.score.name] for row in self.rows], np.float64)

    @property
    def sizes(self) -> Float64[np.ndarray, " levels"]:
        """Bytes per sample."""
        return np.array([row.bytes_per_sample for row in self.rows], np.float64)

    @property
    def reference(self) -> int:
        """The place of the row that drops are against."""
        levels = [row.cell.level for row in self.rows]
        return levels.index(self.rows[0].reference_level)


def curves(
    rows: Sequence[Row], results: Iterable[Result], *, kept: Kept | None = None
) -> list[Curve]:
    """All curves of rows in the order of a table; a level that stands alone is one of one point.

    ``results`` are what the rows were made of.
    """
    summaries = {one.cell.hash: summary_of(one, kept) for one in results}
    titles = _titles(rows)
    return [
        curve for group in by_samples(rows) for curve in _of_same_samples(group, summaries, titles)
    ]


def curve_titles(group: Sequence[Curve]) -> list[str]:
    """The codec of each curve, and its frame size and model where they differ."""
    return series_titles_of([one.rows[0] for one in group], [one.model for one in group])


def safe(curve: Curve, *, tolerance: float) -> Safe:
    """The strongest level whose drop stays within the tolerance at 95% confidence."""
    higher = curve.score.higher_is_better
    reference = curve.draws[curve.reference]
    lost = [drop(draws, reference, higher_is_better=higher) for draws in curve.draws]
    highest = np.array([bound(one, curve.num_groups, confidence=CONFIDENCE) for one in lost])
    highest[curve.reference] = 0.0
    return safe_level(highest, tolerance=tolerance)


def knee_of(curve: Curve) -> Knee | None:
    """The place of the knee among the rows; None where the curve has none."""
    sign = 1.0 if curve.score.higher_is_better else -1.0
    values = sign * curve.values
    if len(set(curve.sizes.tolist())) < len(curve.rows) or not np.isfinite(values).all():
        return None
    return knee(curve.sizes, values, sign * curve.draws.T[1:], curve.num_groups)


def front(group: Sequence[Curve]) -> list[Bool[np.ndarray, " levels"]]:
    """Of each curve, which points no point of any of the curves beats in bytes and in score."""
    signs = [1.0 if one.score.higher_is_better else -1.0 for one in group]
    values = np.concatenate([sign * one.values for sign, one in zip(signs, group, strict=True)])
    kept = pareto_front(np.concatenate([one.sizes for one in group]), values)
    ends = np.cumsum([len(one.rows) for one in group])[:-1]
    return list(np.split(kept, ends))


def score_difference(one: Curve, other: Curve) -> Estimate:
    """How much higher the other's score is at the same bytes, on average."""
    return _difference(one, other, bd_score)


def rate_difference(one: Curve, other: Curve) -> Estimate:
    """How many more bytes the other needs for the same score, as a share."""
    return _difference(one, other, bd_rate)


def _difference(one: Curve, other: Curve, measure: Callable[[Points, Points], float]) -> Estimate:
    if any(len(set(curve.sizes.tolist())) < len(curve.rows) for curve in (one, other)):
        return UNKNOWN
    sign = 1.0 if one.score.higher_is_better else -1.0

    def measured(first: Float64[np.ndarray, " n"], second: Float64[np.ndarray, " m"]) -> float:
        return measure(Points(one.sizes, sign * first), Points(other.sizes, sign * second))

    pairs = zip(one.draws.T, other.draws.T, strict=True)
    value = measured(*next(pairs))
    if not math.isfinite(value):
        return UNKNOWN
    drawn = np.array([measured(*pair) for pair in islice(pairs, _RESAMPLES_OF_DIFFERENCES)])
    if np.isfinite(drawn).mean() < _SHARE_NEEDED:
        return Estimate(value)
    return Estimate(value, interval(np.append(value, drawn), one.num_groups))


class _Titles(NamedTuple):
    model: str
    samples: str


def _titles(rows: Sequence[Row]) -> dict[str, _Titles]:
    """Of each row by its cell's hash."""
    pairs = zip(model_titles(rows), samples_titles_by_task(rows), strict=True)
    return {row.cell.hash: _Titles(*pair) for row, pair in zip(rows, pairs, strict=True)}


def _of_same_samples(
    rows: Sequence[Row], summaries: Mapping[str, Summary], titles: Mapping[str, _Titles]
) -> list[Curve]:
    shared = _shared(rows, summaries)
    score = headline(rows)
    series: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        series.setdefault(series_of(row.cell), []).append(row)
    return [
        _curve(tuple(own), score, shared, summaries, titles[own[0].cell.hash])
        for own in series.values()
    ]


def _shared(rows: Sequence[Row], summaries: Mapping[str, Summary]) -> set[str] | None:
    """The samples that all rows have; None where none lacks any."""
    ids = [summaries[row.cell.hash].result.sample_ids for row in rows]
    if len(set(ids)) == 1:
        return None
    return set.intersection(*map(set, ids))


def _curve(
    rows: tuple[Row, ...],
    score: Score,
    shared: set[str] | None,
    summaries: Mapping[str, Summary],
    titles: _Titles,
) -> Curve:
    if shared is not None and not shared:
        return Curve(rows, score, np.full((len(rows), 1), np.nan), 0, *titles)
    found = [summaries[row.cell.hash] for row in rows]
    if shared is not None:
        found = [one.only(shared) for one in found]
    draws = np.stack([one.distributions[score.name] for one in found])
    return Curve(rows, score, draws, found[0].num_groups, *titles)


def is_drawn(curve: Curve) -> bool:
    """Whether it has points enough to be a curve."""
    return len(curve.rows) >= _FEWEST and bool(np.isfinite(curve.values).any())
