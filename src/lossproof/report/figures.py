"""Score and picture quality against rate, as pictures."""

import io
import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from lossproof.atomic import write_bytes
from lossproof.records import Level
from lossproof.report.rows import Row, headline
from lossproof.report.titles import models_title, samples_title, series_titles
from lossproof.tasks import Score

# Okabe and Ito's colours, told apart also by people who do not see all of them.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = "osD^vPX*"


def score_against_rate(rows: Sequence[Row]) -> Figure:
    """The headline score over the rate, a line per series, with 95% intervals.

    The rate is bits per pixel, or kB per picture where frame sizes differ, which can be compared
    between them; for clips whose length is known it is kbit/s. A source, which was not compressed,
    is a dashed line across. All rows must be of the same samples.
    """
    figure = Figure(figsize=(8, 5), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    shown = headline(rows)
    axis = _axis(rows)
    series: dict[str, list[Row]] = defaultdict(list)
    for row, title in zip(rows, series_titles(rows), strict=True):
        series[title].append(row)
    for number, (title, members) in enumerate(series.items()):
        style = (COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)])
        curve = Curve(title, members, [axis.rate(row) for row in members])
        _draw(axes, curve, score=shown, style=style)
    axes.set_ylabel(f"{shown.heading} ({shown.unit})" if shown.unit else shown.heading)
    axes.set_title(
        f"{shown.heading} of {models_title(rows)} on {samples_title(rows[0])}, 95% intervals"
    )
    _rate_axis(axes, axis.unit)
    return figure


class RateAxis(NamedTuple):
    """What stands on the horizontal axis, and its value for a row."""

    unit: str
    rate: Callable[[Row], float]


def _axis(rows: Sequence[Row]) -> RateAxis:
    """kbit/s for clips, bits per pixel for pictures of one frame size, else kB per sample."""
    if all(math.isfinite(row.kbit_per_second) for row in rows):
        return RateAxis("kbit/s", lambda row: row.kbit_per_second)
    if len({row.frame_size for row in rows}) == 1:
        return RateAxis("bits per pixel", lambda row: row.bits_per_pixel)
    return RateAxis(f"kB per {rows[0].media}", lambda row: row.bytes_per_sample / 1000)


@dataclass(frozen=True)
class CodecPoint:
    """A codec at one level: rate and picture quality over some photographs."""

    codec: str
    level: Level
    bits_per_pixel: float
    psnr_db: float
    ssim: float


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
        _rate_axis(axes, "bits per pixel")
    return figure


def save(figure: Figure, stem: Path) -> list[Path]:
    """The figure as PNG and as SVG. Raises OSError."""
    paths = [stem.with_suffix(".png"), stem.with_suffix(".svg")]
    for path in paths:
        buffer = io.BytesIO()
        figure.savefig(buffer, format=path.suffix[1:])
        write_bytes(path, buffer.getbuffer())
    return paths


def _rate_axis(axes: Axes, unit: str) -> None:
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


def _draw(axes: Axes, curve: Curve, *, score: Score, style: tuple[str, str]) -> None:
    title, rows, rates = curve
    colour, marker = style
    factor = score.shown
    if all(row.cell.codec == "source" for row in rows):
        axes.axhline(factor * rows[0].scores[score.name], color=colour, linestyle="--", label=title)
        return
    values = [factor * row.scores[score.name] for row in rows]
    limits = [row.intervals[score.name] for row in rows]
    below, above = (
        [_distance(value, factor * limit[end]) for value, limit in zip(values, limits, strict=True)]
        for end in (0, 1)
    )
    axes.errorbar(
        rates, values, yerr=(below, above), color=colour, marker=marker, capsize=2, label=title
    )
    for row, rate, value in zip(rows, rates, values, strict=True):
        if row.cell.level is not None:
            axes.annotate(
                f"{row.cell.level:g}",
                (rate, value),
                xytext=(5, -11),
                textcoords="offset points",
                color=colour,
                fontsize=8,
            )


def _distance(value: float, limit: float) -> float:
    return abs(limit - value) if math.isfinite(limit) else 0.0
