"""Charts: where points stand, and what else is drawn."""

import re

import pytest

from lossproof.report.page.chart import Bend, Chart, Point, Series, draw
from lossproof.report.page.reading import how_to_read

from .made import Seen


def series(title: str, *points: Point, knee: Bend | None = None) -> Series:
    return Series(title, points, knee)


def chart(*drawn: Series) -> Chart:
    return Chart("c", "A <title>", "What is drawn", "bits per pixel", "mIoU %", drawn)


POINTS = (
    Point(4.0, 60.0, 55.0, 65.0, "95"),
    Point(2.0, 58.0, 50.0, 62.0, "50"),
    Point(0.5, 30.0, 25.0, 35.0, "5"),
)


def markers(svg: str) -> list[tuple[float, float]]:
    found = re.findall(r'transform="translate\(([\d.-]+),([\d.-]+)\)" class="marker', svg)
    return [(float(x), float(y)) for x, y in found]


def test_points_stand_where_they_were_measured() -> None:
    svg = draw(chart(series("one", *POINTS))).partition("</svg><ul")[0]
    (low, bottom), (middle, _), (high, top) = markers(svg)
    assert low < middle < high
    assert top < bottom
    # Rates stand by their logarithm: 0.5 to 2 is two doublings, 2 to 4 one.
    assert (middle - low) / (high - low) == pytest.approx(2 / 3, abs=0.01)


def test_it_has_words_and_is_drawn_in_the_pages_colours() -> None:
    page = draw(chart(series("one", *POINTS), series("two", *POINTS[:2])))
    seen = Seen(page)
    assert "A <title>" in seen.text
    assert "What is drawn" in seen.text
    assert {"one", "two"} <= set(seen.words)
    assert not re.search(r'(fill|stroke)="#', page)
    shapes = {given["d"] for given in seen.all("path") if "marker" in given["class"]}
    assert len(shapes) == 2


def test_a_knee_is_a_ring_and_its_reach() -> None:
    bent = series("one", *POINTS, knee=Bend(1, 0.5, 2.0))
    seen = Seen(draw(chart(bent)))
    (ring,) = seen.all("circle")
    assert (float(ring["cx"]), float(ring["cy"])) == pytest.approx(markers(draw(chart(bent)))[1])
    assert len([one for one in seen.all("line") if "reach" in one["class"]]) == 1
    sure = series("one", *POINTS, knee=Bend(1, 2.0, 2.0))
    assert not [one for one in Seen(draw(chart(sure))).all("line") if "reach" in one["class"]]


def test_many_curves_have_bars_and_few_have_bands() -> None:
    few, many = (draw(chart(*[series(f"{n}", *POINTS) for n in range(count)])) for count in (2, 6))
    assert ("band" in few, "bar " in few) == (True, False)
    assert ("band" in many, "bar " in many) == (False, True)


def test_the_axis_says_that_it_is_logarithmic() -> None:
    assert "bits per pixel (log scale)" in Seen(draw(chart(series("one", *POINTS)))).text


def test_only_what_is_drawn_is_explained() -> None:
    nan = float("nan")
    bare = series("one", Point(1.0, 50.0, nan, nan, "-"), Point(2.0, 60.0, nan, nan, "-"))
    assert how_to_read([chart(bare)]) == "Each point was measured; lines only join them."
    few = how_to_read([chart(series("one", *POINTS))])
    assert few.endswith(
        "Shaded areas are 95% intervals. The number beside a point is the codec's level."
    )
    many = how_to_read([chart(*[series(f"{n}", *POINTS) for n in range(6)])])
    assert "Bars through points are" in many
    sure, wide = Bend(1, 2.0, 2.0), Bend(1, 0.5, 2.0)
    ringed = how_to_read([chart(series("one", *POINTS, knee=sure))])
    assert ringed.endswith(
        "A ring marks the knee: the point beyond which more bytes buy little more score."
    )
    assert "thick line" in how_to_read([chart(series("one", *POINTS, knee=wide))])


def test_what_is_not_known_is_not_drawn() -> None:
    nan = float("nan")
    unknown = Point(1.0, nan, nan, nan, "15")
    bare = Point(1.5, 50.0, nan, nan, "30")
    svg = draw(chart(series("one", *POINTS, unknown, bare))).partition("</svg><ul")[0]
    assert len(markers(svg)) == 4
    assert "nan" not in svg


def test_scores_that_are_all_zero_have_no_negative_axis() -> None:
    nan = float("nan")
    svg = draw(chart(series("one", *(Point(rate, 0.0, nan, nan, "5") for rate in (1.0, 2.0)))))
    assert re.search(r">0\.0<", svg)
    assert not re.search(r">-[\d.]+<", svg)


def test_a_flat_curve_of_one_rate_can_be_drawn() -> None:
    nan = float("nan")
    svg = draw(chart(series("one", Point(1.0, 0.0, nan, nan, "5"))))
    assert len(markers(svg.partition("</svg><ul")[0])) == 1
