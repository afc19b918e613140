"""Charts from comparisons and curves, and the tables of their numbers."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lossproof.analysis.bootstrap import Interval
from lossproof.report.compared import BEFORE, Compared, Line
from lossproof.report.curves import Curve, curve_titles, is_drawn, knee_of
from lossproof.report.page.chart import Bend, Chart, Point, Series, span
from lossproof.report.page.words import heading_of, level_words, score_words, way
from lossproof.report.rate_axis import RateAxis, axis_of_one_size, rate_axis
from lossproof.report.rows import Row
from lossproof.report.tables import LEVEL, Table, Traced, level_text, plain
from lossproof.report.titles import frame_size_title
from lossproof.tasks import Score


class Plot(NamedTuple):
    """A chart, the table of its numbers, and what is to be said of its knees."""

    chart: Chart
    numbers: Traced
    remarks: tuple[str, ...]


def plot_of(compared: Compared, known: Mapping[str, Curve], *, id_: str) -> Plot:
    """A comparison's headline score, a curve for every way; ``known`` are curves by their cells."""
    score = compared.headline
    lines = [one for one in compared.lines if one.score == score.name]
    axis = axis_of_one_size(lines)
    methods = list(dict.fromkeys(one.method for one in lines))
    series = []
    for method in methods:
        own = [one for one in lines if one.method == method and axis.rate(one) > 0]
        points = tuple(_point_of_line(one, score, axis) for one in own)
        bend = _bend_of_lines(own, known, axis) if method == BEFORE else None
        series.append(Series(way(method), points, bend))
    chart = _chart(
        id_,
        f"{score.heading} of {compared.study.title}, {compared.comparison.title}",
        series,
        axis.unit,
        score,
    )
    numbers = Table(
        ("model", LEVEL, axis.unit, heading_of(score), "saved %"),
        (False, True, True, True, True),
        tuple(
            (
                way(one.method),
                level_text(one.level),
                plain(axis.rate(one), digits=3),
                score_words(*one.value, score),
                plain(100 * one.saving, digits=1),
            )
            for one in lines
        ),
    )
    traced = Traced(numbers, tuple(one.cell for one in lines))
    return Plot(chart, traced, _remarks(series))


def plot_of_curves(group: Sequence[Curve], *, id_: str) -> Plot:
    """Curves of the same samples in one chart."""
    drawn = [one for one in group if is_drawn(one)]
    axis, score = rate_axis([row for one in drawn for row in one.rows]), drawn[0].score
    titles = curve_titles(drawn)
    series = [
        Series(title, _points_of_curve(one, axis), _bend(one, axis))
        for one, title in zip(drawn, titles, strict=True)
    ]
    models = {one.model for one in drawn}
    who = models.pop() if len(models) == 1 else f"{len(models)} models"
    title = f"{score.heading} of {who} on {drawn[0].samples}"
    numbers = Table(
        ("curve", LEVEL, "frame size", axis.unit, heading_of(score), "saved %"),
        (False, True, False, True, True, True),
        tuple(
            (
                name,
                level_text(row.cell.level),
                frame_size_title(row),
                plain(axis.rate(row), digits=3),
                score_words(row.scores[score.name], row.intervals[score.name], score),
                plain(100 * row.saving, digits=1),
            )
            for one, name in zip(drawn, titles, strict=True)
            for row in one.rows
        ),
    )
    traced = Traced(numbers, tuple(row.cell.hash for one in drawn for row in one.rows))
    return Plot(_chart(id_, title, series, axis.unit, score), traced, _remarks(series))


def _point_of_line(line: Line, score: Score, axis: RateAxis) -> Point:
    return _point(axis.rate(line), line.value.value, line.value.interval, score, line.level)


def _points_of_curve(curve: Curve, axis: RateAxis) -> tuple[Point, ...]:
    name = curve.score.name
    return tuple(
        _point(
            axis.rate(row),
            row.scores[name],
            row.intervals[name],
            curve.score,
            row.cell.level,
        )
        for row in curve.rows
        if axis.rate(row) > 0
    )


def _point(
    rate: float, value: float, interval: Interval, score: Score, level: float | None
) -> Point:
    low, high = interval
    ends = (score.shown * low, score.shown * high)
    return Point(rate, score.shown * value, *ends, level_text(level))


def _bend(curve: Curve, axis: RateAxis) -> Bend | None:
    knee = knee_of(curve)
    if knee is None:
        return None
    rates = [axis.rate(curve.rows[place]) for place in (knee.low, knee.high)]
    return Bend(knee.place, rates[0], rates[1])


def _bend_of_lines(
    lines: Sequence[Line], known: Mapping[str, Curve], axis: RateAxis
) -> Bend | None:
    """That of the curve on which the lines lie, where it has the same points and no more."""
    curve = known.get(lines[0].cell) if lines else None
    if curve is None or [row.cell.hash for row in curve.rows] != [one.cell for one in lines]:
        return None
    return _bend(curve, axis)


def _chart(id_: str, title: str, series: Sequence[Series], heading: str, score: Score) -> Chart:
    better = "" if score.higher_is_better else ", lower is better"
    values = [point.value for one in series for point in one.points]
    rates = [point.rate for one in series for point in one.points]
    description = (
        f"{len(series)} curves of {heading_of(score)}{better} against {heading}, with 95% "
        f"intervals: {'; '.join(one.title for one in series)}. The score goes from "
        f"{span([round(one, score.digits) for one in values])}, the rate from "
        f"{span([round(one, 3) for one in rates])}. The table below the chart has every number."
    )
    return Chart(id_, title, description, heading, f"{heading_of(score)}{better}", tuple(series))


def _remarks(series: Sequence[Series]) -> tuple[str, ...]:
    """Where each curve bends."""
    remarks = []
    for one in series:
        if one.knee is None:
            continue
        at = {point.rate: point.label for point in one.points}
        ends = (at.get(one.knee.high_rate), at.get(one.knee.low_rate))
        sure = (
            "in 95% of resamples at that level too"
            if ends[0] == ends[1]
            else f"95% interval: level {ends[0]} to {ends[1]}"
        )
        remarks.append(f"{one.title}: level {one.points[one.knee.place].label} ({sure})")
    return tuple(remarks)


def point_words(row: Row) -> str:
    """Codec, level and frame size of a row."""
    return f"{level_words(row.cell.codec, row.cell.level)}, {frame_size_title(row)}"
