"""Results to rows: rate, scores, drops from the reference level, and an interval for each."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lossproof.analysis.bootstrap import Interval, interval
from lossproof.analysis.rates import bits_per_pixel, drop, kbit_per_second, saving
from lossproof.records import Cell, Failure, FrameSize, Level, MediaKind, Result, Setting
from lossproof.report.kept import Kept
from lossproof.report.summary import Summary, common, summary_of
from lossproof.tasks import Score, Task, task_of

Scores = Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a table. ``drops`` are shares of the score at ``reference_level``.

    ``saving`` is the share of the reference level's bytes per sample that is not needed.
    ``intervals`` has an entry per score, and one per drop under the name ``SCORE_drop``.
    """

    cell: Cell
    level_unit: str
    num_samples: int
    num_bytes: int
    num_pixels: int
    num_frames: int
    duration_seconds: float
    failures: tuple[Failure, ...]
    scores: Scores
    saving: float
    drops: Scores
    intervals: Mapping[str, Interval]
    reference_level: Level

    @property
    def bits_per_pixel(self) -> float:
        return bits_per_pixel(self.num_bytes, self.num_pixels)

    @property
    def kbit_per_second(self) -> float:
        return kbit_per_second(self.num_bytes, self.duration_seconds)

    @property
    def task(self) -> Task:
        return task_of(self.cell)

    @property
    def media(self) -> MediaKind:
        return "clip" if self.num_frames > self.num_samples else "picture"

    @property
    def bytes_per_sample(self) -> float:
        """Comparable over frame sizes, which bits per pixel are not."""
        return self.num_bytes / self.num_samples

    @property
    def frame_size(self) -> FrameSize | None:
        return self.cell.frame_size

    def as_dict(self) -> dict[str, Any]:
        """The form of ``--json``: NaN becomes None, names as the design fixes them."""
        cell = self.cell
        return {
            "task": cell.task,
            "metric_settings": dict(cell.metric_settings),
            "data": cell.data,
            "split": cell.split,
            "labels": cell.labels,
            "model": cell.model,
            "codec": cell.codec,
            "level": cell.level,
            "settings": dict(cell.settings),
            "frame_size": list(cell.frame_size) if cell.frame_size else None,
            "num_samples": self.num_samples,
            "num_failures": len(self.failures),
            "failures": [asdict(failure) for failure in self.failures],
            "num_bytes": self.num_bytes,
            "num_pixels": self.num_pixels,
            "num_frames": self.num_frames,
            "duration_seconds": _or_none(self.duration_seconds),
            "bits_per_pixel": _or_none(self.bits_per_pixel),
            "kbit_per_second": _or_none(self.kbit_per_second),
            "scores": {name: _or_none(value) for name, value in self.scores.items()},
            "saving": _or_none(self.saving),
            "drops": {name: _or_none(value) for name, value in self.drops.items()},
            "intervals": {
                name: [_or_none(low), _or_none(high)]
                for name, (low, high) in self.intervals.items()
            },
            "reference_level": self.reference_level,
            "cell": cell.hash,
        }


Progress = Callable[[int, int], None]
"""Called with rows done and rows in all; the intervals of a large set take minutes."""


def no_progress(done: int, total: int) -> None:
    """For those who do not want to know."""


def rows(
    results: Iterable[Result], *, kept: Kept | None = None, progress: Progress = no_progress
) -> list[Row]:
    """A row per result, in their order; each level is compared with its series' reference.

    That is the best level of the codec's ladder, or the best that was measured where it was not. A
    level that stands alone has no drop. ``kept`` is where distributions are kept for another time.
    """
    summaries = [summary_of(result, kept) for result in results]
    references = _references(summaries)
    sizes = Counter(series_of(summary.result.cell) for summary in summaries)
    found = []
    for summary in summaries:
        series = series_of(summary.result.cell)
        found.append(_row(summary, references[series], compared=sizes[series] > 1))
        progress(len(found), len(summaries))
    return found


def headline(rows: Sequence[Row]) -> Score:
    """The score that drops and plots are of: the task's, or the first column that has values."""
    return rows[0].task.headline_of(
        lambda name: any(math.isfinite(row.scores[name]) for row in rows)
    )


def by_samples(rows: Iterable[Row]) -> list[list[Row]]:
    """Rows that may share a table: those measured on the same samples, in their order."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(str(_samples(row.cell)), []).append(row)
    return list(groups.values())


def ordered(results: Iterable[Result]) -> list[Result]:
    """Results as a table lists them: source first, then each series from its best level down."""
    return sorted(results, key=_place)


def _place(result: Result) -> tuple[Any, ...]:
    cell = result.cell
    codec = (cell.codec != "source", cell.codec, _in_order(cell.settings))
    size = cell.frame_size or (math.inf, math.inf)
    largest_first = (-size[0], -size[1])
    return (*_samples(cell), cell.model, largest_first, codec, _rank(result))


def _samples(cell: Cell) -> tuple[Any, ...]:
    limit = math.inf if cell.limit is None else cell.limit
    settings = _in_order(cell.metric_settings)
    return (cell.task, settings, cell.labels, cell.data, cell.split, -limit, cell.fingerprint)


def _in_order(settings: Mapping[str, Setting]) -> list[tuple[str, str, float]]:
    """By name; of one name the numbers by their value, then the words."""
    return [
        (name, value, 0.0) if isinstance(value, str) else (name, "", value)
        for name, value in sorted(settings.items())
    ]


def _rank(result: Result) -> float:
    """Smaller is better."""
    level = result.cell.level
    if level is None:
        return 0.0
    return -level if result.context.better == "higher" else level


def _fitness(result: Result) -> tuple[bool, float]:
    """Smaller is a better reference: the ladder's own first, then the best level."""
    return (result.cell.level != result.context.reference_level, _rank(result))


def series_of(cell: Cell) -> tuple[str, ...]:
    """What all levels of one curve have in common."""
    fields = {name: value for name, value in vars(cell).items() if name != "level"}
    return tuple(str(value) for _, value in sorted(fields.items()))


def _references(summaries: Sequence[Summary]) -> dict[tuple[str, ...], Summary]:
    best: dict[tuple[str, ...], Summary] = {}
    for summary in summaries:
        series = series_of(summary.result.cell)
        if series not in best or _fitness(summary.result) < _fitness(best[series].result):
            best[series] = summary
    return best


def _row(summary: Summary, reference: Summary, *, compared: bool) -> Row:
    result = summary.result
    pair = _pair(summary, reference) if compared else None
    drops, drop_intervals = _drops(*pair) if pair else ({}, {})
    own = {
        name: interval(values, summary.num_groups) for name, values in summary.distributions.items()
    }
    return Row(
        cell=result.cell,
        level_unit=result.context.level_unit,
        num_samples=result.num_samples,
        failures=result.failures,
        num_bytes=int(result.num_bytes.sum()),
        num_pixels=int(result.num_pixels.sum()),
        num_frames=int(result.num_frames.sum()),
        duration_seconds=float(result.duration_seconds.sum()),
        scores=summary.scores,
        saving=_saving(*pair) if pair else math.nan,
        drops=drops,
        intervals=own | drop_intervals,
        reference_level=reference.result.cell.level,
    )


def _pair(summary: Summary, reference: Summary) -> tuple[Summary, Summary] | None:
    """Both on the samples that both have; None where they share none."""
    shared = set(summary.result.sample_ids) & set(reference.result.sample_ids)
    return common(summary, reference) if shared else None


def _saving(summary: Summary, reference: Summary) -> float:
    spent, reference_spent = (one.result.num_bytes.mean() for one in (summary, reference))
    return saving(float(spent), float(reference_spent))


def _drops(summary: Summary, reference: Summary) -> tuple[Scores, dict[str, Interval]]:
    lost = {
        name: drop(
            draws,
            reference.distributions[name],
            higher_is_better=summary.task.score(name).higher_is_better,
        )
        for name, draws in summary.distributions.items()
    }
    groups = summary.num_groups
    intervals = {f"{name}_drop": interval(draws, groups) for name, draws in lost.items()}
    return {name: float(draws[0]) for name, draws in lost.items()}, intervals


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None
