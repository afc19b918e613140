"""A chart of score against rate as inline SVG, in the colours of the page."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from lossproof.report.page.html import tag, text

_WIDTH, _HEIGHT = 520, 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 14, 18, 46
_STEPS = (1, 2, 2.5, 5, 10)
_RATE_STEPS = (1, 2, 5)
_MOST_BANDS = 4
NUM_STYLES = 8
"""Colours and markers that tell series apart; further ones begin again with other dashes."""
_MARKERS = (
    "M0,-4.6A4.6,4.6 0 1 1 0,4.6A4.6,4.6 0 1 1 0,-4.6Z",
    "M-4.2,-4.2H4.2V4.2H-4.2Z",
    "M0,-5.6L5.2,4H-5.2Z",
    "M0,-6L6,0L0,6L-6,0Z",
    "M0,5.6L5.2,-4H-5.2Z",
    "M-1.6,-5H1.6V-1.6H5V1.6H1.6V5H-1.6V1.6H-5V-1.6H-1.6Z",
    "M0,-6L1.6,-1.8L6,-1.8L2.6,1L3.8,5.4L0,2.8L-3.8,5.4L-2.6,1L-6,-1.8L-1.6,-1.8Z",
    "M-5.4,-2.2H5.4V2.2H-5.4Z",
)
_DASHES = ("", "7 4", "2 3", "9 3 2 3")


Spread = Literal["band", "bar", ""]


class Point(NamedTuple):
    """Rate, score as shown with its interval (NaN where not known), and the level's name."""

    rate: float
    value: float
    low: float
    high: float
    label: str


class Bend(NamedTuple):
    """The knee as a place among a series' points, and the rates between which it lies."""

    place: int
    low_rate: float
    high_rate: float

    @property
    def is_sure(self) -> bool:
        """Whether it lies at its place alone."""
        return self.low_rate == self.high_rate


@dataclass(frozen=True)
class Series:
    """Points of one curve in the order of their levels; ``knee`` None where it has none."""

    title: str
    points: tuple[Point, ...]
    knee: Bend | None = None


@dataclass(frozen=True)
class Chart:
    """Series over a logarithmic axis of rates."""

    id: str
    title: str
    description: str
    rate_heading: str
    score_heading: str
    series: tuple[Series, ...]


class Scale(NamedTuple):
    """From a range of numbers to a range of pixels."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


def draw(chart: Chart) -> str:
    """The chart with its legend; nothing is told by colour alone."""
    points = [point for one in chart.series for point in one.points]
    x = _rates(points)
    y = _scores(points)
    body = [
        text("title", chart.title, id=f"{chart.id}-title"),
        text("desc", chart.description, id=f"{chart.id}-desc"),
        *_grid(chart, x, y),
        *(
            _spread(one, place, x, y, kind=kind)
            for place, (one, kind) in enumerate(zip(chart.series, spreads(chart), strict=True))
        ),
        *(_knee(one, place, x, y) for place, one in enumerate(chart.series) if one.knee),
        *(_curve(one, place, x, y) for place, one in enumerate(chart.series)),
        *_labels(chart.series, x, y),
    ]
    svg = tag(
        "svg",
        *body,
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        role="img",
        aria_labelledby=f"{chart.id}-title {chart.id}-desc",
    )
    return svg + _legend(chart.series)


def spreads(chart: Chart) -> list[Spread]:
    """How each curve's intervals are drawn: as a band where few curves are, else as a bar through
    each point; "" where none is known."""
    few = len(chart.series) <= _MOST_BANDS
    return [_kind(len(_with_interval(one)), few=few) for one in chart.series]


def _kind(num_points: int, *, few: bool) -> Spread:
    if not num_points:
        return ""
    return "band" if few and num_points > 1 else "bar"


def _with_interval(series: Series) -> list[Point]:
    return [point for point in _known(series) if math.isfinite(point.low)]


def _rates(points: Sequence[Point]) -> Scale:
    """Of the logarithm of the rate."""
    logs = [math.log10(point.rate) for point in points]
    margin = max(0.04, 0.06 * (max(logs) - min(logs)))
    return Scale(min(logs) - margin, max(logs) + margin, _LEFT, _WIDTH - _RIGHT)


def _scores(points: Sequence[Point]) -> Scale:
    ends = [one for point in points for one in point[1:4] if math.isfinite(one)]
    low, high = min(ends), max(ends)
    margin = 0.08 * (high - low) or 0.05 * abs(high) or 1.0
    # What cannot be negative has no axis that is.
    start = max(0.0, low - margin) if low >= 0 else low - margin
    return Scale(start, high + margin, _HEIGHT - _BOTTOM, _TOP)


def _grid(chart: Chart, x: Scale, y: Scale) -> Iterator[str]:
    bottom = _HEIGHT - _BOTTOM
    for value, words in _even_ticks(y.low, y.high):
        at = f"{y.at(value)}"
        yield tag("line", x1=f"{_LEFT}", x2=f"{_WIDTH - _RIGHT}", y1=at, y2=at, class_="grid")
        yield text("text", words, x=f"{_LEFT - 8}", y=at, dy="0.35em", class_="end")
    for value in _rate_ticks(x.low, x.high):
        at = f"{x.at(math.log10(value))}"
        yield tag("line", x1=at, x2=at, y1=f"{_TOP}", y2=f"{bottom}", class_="grid")
        yield text("text", f"{value:g}", x=at, y=f"{bottom + 17}", class_="middle")
    middle = f"{(_LEFT + _WIDTH - _RIGHT) / 2}"
    name = f"{chart.rate_heading} (log scale)"
    yield text("text", name, x=middle, y=f"{_HEIGHT - 8}", class_="middle")
    height = (_TOP + bottom) / 2
    turned = f"rotate(-90 14 {height})"
    yield text(
        "text", chart.score_heading, x="14", y=f"{height}", transform=turned, class_="middle"
    )


def _even_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Four to eight round numbers within, and how they are written."""
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(one * power for one in _STEPS if one * power >= rough * 0.999)
    digits = max(0, -math.floor(math.log10(step) + 1e-9) + (1 if step / power == 2.5 else 0))
    first = math.ceil(low / step)
    values = [step * place for place in range(first, math.floor(high / step) + 1)]
    return [(value, f"{value + 0.0:.{digits}f}") for value in values]


def _rate_ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 times the powers of ten within; of many powers only these themselves."""
    powers = range(math.floor(low), math.ceil(high) + 1)
    steps = _RATE_STEPS if high - low < 2.2 else _RATE_STEPS[:1]
    ticks = [float(f"{step}e{power}") for power in powers for step in steps]
    return [one for one in ticks if low <= math.log10(one) <= high]


def _known(series: Series) -> list[Point]:
    """By rate, those whose score is known."""
    known = [point for point in series.points if math.isfinite(point.value)]
    return sorted(known, key=lambda point: point.rate)


def _path(pairs: Sequence[tuple[float, float]], x: Scale, y: Scale) -> str:
    return "M" + "L".join(f"{x.at(math.log10(rate))},{y.at(value)}" for rate, value in pairs)


def _spread(series: Series, place: int, x: Scale, y: Scale, *, kind: Spread) -> str:
    """The intervals of one curve."""
    known = _with_interval(series)
    if not kind:
        return ""
    style = f"s{place % NUM_STYLES}"
    if kind == "band":
        there = [(point.rate, point.low) for point in known]
        back = [(point.rate, point.high) for point in reversed(known)]
        return tag("path", d=_path([*there, *back], x, y) + "Z", class_=f"band {style}")
    bars = (_path([(one.rate, one.low), (one.rate, one.high)], x, y) for one in known)
    return tag("path", d="".join(bars), class_=f"bar {style}")


def _curve(series: Series, place: int, x: Scale, y: Scale) -> str:
    known = _known(series)
    if not known:
        return ""
    style = f"s{place % NUM_STYLES}"
    path = _path([(point.rate, point.value) for point in known], x, y)
    dashes = _DASHES[place // NUM_STYLES % len(_DASHES)]
    parts = [tag("path", d=path, class_=f"line {style}", stroke_dasharray=dashes or "none")]
    for point in known:
        at = f"translate({x.at(math.log10(point.rate))},{y.at(point.value)})"
        parts.append(
            tag(
                "path",
                text("title", f"{series.title}, {point.label}: {point.value:g}"),
                d=_MARKERS[place % NUM_STYLES],
                transform=at,
                class_=f"marker {style}",
            )
        )
    return "".join(parts)


def _knee(series: Series, place: int, x: Scale, y: Scale) -> str:
    """A ring around the point, and how far the knee may lie to either side."""
    assert series.knee
    point = series.points[series.knee.place]
    style = f"s{place % NUM_STYLES}"
    cx, cy = x.at(math.log10(point.rate)), y.at(point.value)
    ring = tag("circle", cx=f"{cx}", cy=f"{cy}", r="10", class_=f"ring {style}")
    if series.knee.is_sure:
        return ring
    ends = [x.at(math.log10(one)) for one in (series.knee.low_rate, series.knee.high_rate)]
    low, high = min(ends), max(ends)
    at = f"{_HEIGHT - _BOTTOM - 6 - 5 * place}"
    return ring + tag("line", x1=f"{low}", x2=f"{high}", y1=at, y2=at, class_=f"reach {style}")


class _Box(NamedTuple):
    left: float
    right: float
    top: float
    bottom: float

    def meets(self, other: "_Box") -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


def _labels(series: Sequence[Series], x: Scale, y: Scale) -> Iterator[str]:
    """The levels beside their points, wherever there is room for them."""
    points = [
        (x.at(math.log10(one.rate)), y.at(one.value), one.label)
        for curve in series
        for one in _known(curve)
    ]
    taken = [_Box(left - 4, left + 4, top - 4, top + 4) for left, top, _ in points]
    named: set[tuple[float, str]] = set()
    for left, top, label in points:
        if (left, label) in named:
            continue
        half = 3.4 * len(label) + 1
        for middle in (top - 14, top + 15):
            box = _Box(left - half, left + half, middle - 6, middle + 6)
            inside = box.top > _TOP - 12 and box.bottom < _HEIGHT - _BOTTOM
            if inside and not any(box.meets(other) for other in taken):
                taken.append(box)
                named.add((left, label))
                yield text(
                    "text", label, x=f"{left}", y=f"{middle:.1f}", dy="0.35em", class_="level"
                )
                break


def _legend(series: Sequence[Series]) -> str:
    return tag("ul", *(_entry(one, place) for place, one in enumerate(series)), class_="legend")


def _entry(series: Series, place: int) -> str:
    style = f"s{place % NUM_STYLES}"
    dashes = _DASHES[place // NUM_STYLES % len(_DASHES)] or "none"
    line = tag("path", d="M0,8H28", class_=f"line {style}", stroke_dasharray=dashes)
    marker = tag(
        "path",
        d=_MARKERS[place % NUM_STYLES],
        transform="translate(14,8)",
        class_=f"marker {style}",
    )
    key = tag("svg", line, marker, viewBox="0 0 28 16", aria_hidden="true", class_="key")
    return tag("li", key, text("span", series.title))


def span(values: Sequence[float]) -> str:
    """The lowest and highest of the finite ones, for a description."""
    finite = np.array([one for one in values if math.isfinite(one)])
    return f"{finite.min():g} to {finite.max():g}" if finite.size else "not known"
