"""Score and picture quality against rate, as pictures."""

import io
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill
from typing import Literal, NamedTuple

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from lossproof.atomic import write_bytes
from lossproof.records import Level
from lossproof.report.rate_axis import BITS_PER_PIXEL, RateAxis, rate_axis
from lossproof.report.rows import Row, headline
from lossproof.report.titles import models_title, samples_title, series_titles
from lossproof.tasks import Score

# Okabe and Ito's colours, told apart also by people who do not see all of them.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = "osD^vPX*"
ENDINGS = (".png", ".svg")
as_written = rc_context({"text.parse_math": False})
"""Decorates what draws: a name with dollar signs in it is no formula."""
_TITLE_WIDTH = 90  # characters that fit above the axes

_LARGEST_SHIFT = 0.015
_SAME_RATE = 0.001

# Where labels do not stand on a line that rises or falls to the right: x and y in points.
_BESIDE_RISING = ((5.0, -11.0), (-5.0, 4.0))
_BESIDE_FALLING = ((5.0, 4.0), (-5.0, -11.0))
_NUM_SIDES = 4


@as_written
def score_against_rate(rows: Sequence[Row]) -> Figure:
    """The headline score over the rate, a line per series, with 95% intervals.

    The rate is bits per pixel, or kB per picture where frame sizes differ, which can be compared
    between them; for clips whose length is known it is kbit/s. A source, which was not compressed,
    is a dashed line across, and left out where it is itself the target. Points at a rate that an
    earlier series has too are drawn up to 1.5% to the right of it. All rows must be of the same
    samples.
    """
    drawn = _drawn(rows)
    figure = Figure(figsize=(8, 5), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    shown, axis = headline(drawn), rate_axis(drawn)
    curves = list(_apart(_curves(drawn, axis)))
    for number, curve in enumerate(curves):
        num_labelled = sum(not earlier.is_source for earlier in curves[:number])
        side = _sides(shown)[num_labelled % _NUM_SIDES]
        _draw(axes, curve, score=shown, style=_style(number, side))
    axes.set_ylabel(f"{shown.heading} ({shown.unit})" if shown.unit else shown.heading)
    axes.set_title(fill(_title(drawn), _TITLE_WIDTH))
    _draw_rates(axes, axis.unit)
    return figure


def _drawn(rows: Sequence[Row]) -> Sequence[Row]:
    """Where the source is the target it is perfect, and would only stretch the axis."""
    if rows[0].task.target != "source":
        return rows
    return [row for row in rows if row.cell.codec != "source"] or rows


def _title(rows: Sequence[Row]) -> str:
    # The identity gives back the frames that arrive, so there is no model to speak of.
    bare = {row.cell.model for row in rows} == {"identity"}
    of_models = "" if bare else f" of {models_title(rows)}"
    return f"{headline(rows).heading}{of_models} on {samples_title(rows[0])}, 95% intervals"


@dataclass(frozen=True)
class CodecPoint:
    """A codec at one level: rate and picture quality over some photographs."""

    codec: str
    level: Level
    bits_per_pixel: float
    psnr_db: float
    ssim: float


@as_written
def quality_against_rate(points: Sequence[CodecPoint]) -> Figure:
    """PSNR and SSIM over bits per pixel, side by side, a line per codec."""
    figure = Figure(figsize=(11, 5), dpi=150, layout="constrained")
    panels = zip(figure.subplots(1, 2), (("psnr_db", "PSNR (dB)"), ("ssim", "SSIM")), strict=True)
    for axes, (name, heading) in panels:
        for number, codec in enumerate(dict.fromkeys(point.codec for point in points)):
            members = [point for point in points if point.codec == codec]
            axes.plot(
                [point.bits_per_pixel for point in members],
                [getattr(point, name) for point in members],
                color=COLOURS[number % len(COLOURS)],
                marker=MARKERS[number % len(MARKERS)],
                label=codec,
            )
        axes.set_ylabel(heading)
        _draw_rates(axes, BITS_PER_PIXEL.unit)
    return figure


def save(figure: Figure, stem: Path) -> list[Path]:
    """The figure as PNG and as SVG. Raises OSError."""
    paths = [stem.with_suffix(ending) for ending in ENDINGS]
    for path in paths:
        save_as(figure, path)
    return paths


def save_as(figure: Figure, path: Path) -> None:
    """The figure in the form that the path's ending names. Raises ValueError and OSError."""
    if path.suffix not in ENDINGS:
        raise ValueError(f"figure {str(path)!r} ends in {path.suffix!r}; .png and .svg are allowed")
    buffer = io.BytesIO()
    figure.savefig(buffer, format=path.suffix[1:])
    write_bytes(path, buffer.getbuffer())


def _draw_rates(axes: Axes, unit: str) -> None:
    axes.set_xscale("log")
    axes.set_xlabel(f"{unit} (log scale)")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend(frameon=False)


class Curve(NamedTuple):
    """A series of rows, and the rate of each."""

    title: str
    rows: Sequence[Row]
    rates: Sequence[float]

    @property
    def is_source(self) -> bool:
        return all(row.cell.codec == "source" for row in self.rows)


def _curves(rows: Sequence[Row], axis: RateAxis) -> list[Curve]:
    series: dict[str, list[Row]] = defaultdict(list)
    for row, title in zip(rows, series_titles(rows), strict=True):
        series[title].append(row)
    return [
        Curve(title, members, [axis.rate(row) for row in members])
        for title, members in series.items()
    ]


def _apart(curves: Sequence[Curve]) -> Iterator[Curve]:
    """The curves, with points to the right where an earlier curve has a point at their rate."""
    taken: list[float] = []
    for number, curve in enumerate(curves):
        # Another amount for each curve, so that also three points at one rate are apart.
        factor = 1 + _LARGEST_SHIFT * number / max(1, len(curves) - 1)
        yield curve._replace(
            rates=[factor * rate if _near(rate, taken) else rate for rate in curve.rates]
        )
        taken += [] if curve.is_source else curve.rates


def _near(rate: float, others: Sequence[float]) -> bool:
    return any(math.isclose(rate, other, rel_tol=_SAME_RATE) for other in others)


class Style(NamedTuple):
    """How a curve looks, and where its labels stand: x and y in points, and what is aligned."""

    colour: str
    marker: str
    label_at: tuple[float, float]
    aligned: Literal["left", "right"]


def _sides(score: Score) -> Sequence[tuple[float, float]]:
    """Where the labels of each curve stand, at first beside the line: x and y in points."""
    if score.higher_is_better:
        return (*_BESIDE_RISING, *_BESIDE_FALLING)
    return (*_BESIDE_FALLING, *_BESIDE_RISING)


def _style(number: int, label_at: tuple[float, float]) -> Style:
    return Style(
        COLOURS[number % len(COLOURS)],
        MARKERS[number % len(MARKERS)],
        label_at=label_at,
        aligned="left" if label_at[0] > 0 else "right",
    )


def _draw(axes: Axes, curve: Curve, *, score: Score, style: Style) -> None:
    title, rows, rates = curve
    factor, colour = score.shown, style.colour
    if curve.is_source:
        axes.axhline(factor * rows[0].scores[score.name], color=colour, linestyle="--", label=title)
        return
    values = [factor * row.scores[score.name] for row in rows]
    limits = [row.intervals[score.name] for row in rows]
    below, above = (
        [_distance(value, factor * limit[end]) for value, limit in zip(values, limits, strict=True)]
        for end in (0, 1)
    )
    axes.errorbar(
        rates,
        values,
        yerr=(below, above),
        color=colour,
        marker=style.marker,
        capsize=2,
        label=title,
    )
    for row, rate, value in zip(rows, rates, values, strict=True):
        _label(axes, row, at=(rate, value), style=style)


def _label(axes: Axes, row: Row, *, at: tuple[float, float], style: Style) -> None:
    if row.cell.level is None:
        return
    axes.annotate(
        f"{row.cell.level:g}",
        at,
        xytext=style.label_at,
        textcoords="offset points",
        horizontalalignment=style.aligned,
        color=style.colour,
        fontsize=8,
    )


def _distance(value: float, limit: float) -> float:
    return abs(limit - value) if math.isfinite(limit) else 0.0
