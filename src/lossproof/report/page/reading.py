"""How charts are read: a sentence for each kind of mark that is drawn, and for no other."""

from collections.abc import Iterator, Sequence

from lossproof.report.page.chart import Chart, spreads

_POINTS = "Each point was measured; lines only join them."
_LEVELS = "The number beside a point is the codec's level."
_RING = "A ring marks the knee: the point beyond which more bytes buy little more score{more}."
_REACH = "; the thick line at the bottom is its 95% interval"
_SPREADS = {
    frozenset({"band"}): "Shaded areas are 95% intervals.",
    frozenset({"bar"}): "Bars through points are 95% intervals.",
    frozenset({"band", "bar"}): "Shaded areas, or bars through points, are 95% intervals.",
}


def how_to_read(charts: Sequence[Chart]) -> str:
    """What the marks of these charts mean."""
    return " ".join(_sentences(charts))


def _sentences(charts: Sequence[Chart]) -> Iterator[str]:
    series = [one for chart in charts for one in chart.series]
    yield _POINTS
    drawn = frozenset(spread for chart in charts for spread in spreads(chart) if spread)
    if drawn:
        yield _SPREADS[drawn]
    if any(point.label != "-" for one in series for point in one.points):
        yield _LEVELS
    knees = [one.knee for one in series if one.knee]
    if knees:
        yield _RING.format(more="" if all(one.is_sure for one in knees) else _REACH)
