"""Curves of a store's rows, and where their drops come from."""

from dataclasses import replace

import numpy as np
import pytest

from lossproof.records import Result
from lossproof.report.causes import BOTH, COLOUR, FRAME_SIZE, REST, causes
from lossproof.report.compared import Estimate
from lossproof.report.curves import (
    Curve,
    curve_titles,
    curves,
    front,
    is_drawn,
    knee_of,
    rate_difference,
    safe,
    score_difference,
)
from lossproof.report.rows import ordered, rows
from lossproof.report.titles import model_titles

from .clip_results import one_stream
from .page.made import sweep
from .results import result, without


@pytest.fixture(scope="module")
def made() -> list[Curve]:
    results = ordered(sweep())
    return curves(rows(results), results)


def of(made: list[Curve], codec: str, *, small: bool = False) -> Curve:
    return next(
        one
        for one in made
        if one.rows[0].cell.codec == codec and (one.rows[0].frame_size is not None) == small
    )


def test_a_curve_for_each_codec_and_size_the_best_level_first(made: list[Curve]) -> None:
    assert len(made) == 8
    jpeg = of(made, "jpeg")
    assert [row.cell.level for row in jpeg.rows] == [95, 75, 50, 5]
    assert jpeg.sizes.tolist() == [400, 200, 120, 40]
    assert jpeg.draws.shape == (4, 1001)
    assert (jpeg.model, jpeg.samples) == ("net_1", "camvid test")
    assert is_drawn(jpeg)
    assert not is_drawn(of(made, "source"))


def test_safe_levels_are_those_of_the_drops(made: list[Curve]) -> None:
    # Accuracies 0.93, 0.92, 0.90, 0.60 are mIoUs of about 0.87, 0.85, 0.82, 0.43.
    jpeg = of(made, "jpeg")
    places = [safe(jpeg, tolerance=tolerance).place for tolerance in (0.01, 0.05, 0.1, 0.9)]
    assert places == [0, 1, 2, 3]


def test_the_knee_is_where_the_curve_bends(made: list[Curve]) -> None:
    found = knee_of(of(made, "jpeg"))
    assert found is not None
    assert found.place == 2
    assert knee_of(of(made, "source")) is None


def test_the_front_holds_what_nothing_beats(made: list[Curve]) -> None:
    jpeg, other = of(made, "jpeg"), of(made, "jpeg2000")
    kept = front([jpeg, other])
    # 300 bytes give jpeg2000 the score that jpeg has with 400; 50 bytes a better one than 40.
    assert kept[0].tolist() == [False, True, True, True]
    assert kept[1].tolist() == [True, True, True]


def test_a_curve_does_not_differ_from_itself(made: list[Curve]) -> None:
    jpeg = of(made, "jpeg")
    assert rate_difference(jpeg, jpeg).value == pytest.approx(0)
    assert score_difference(jpeg, jpeg).interval == pytest.approx((0, 0))


def test_half_the_bytes_are_half_the_rate(made: list[Curve]) -> None:
    jpeg = of(made, "jpeg")
    half = replace(
        jpeg, rows=tuple(replace(row, num_bytes=row.num_bytes // 2) for row in jpeg.rows)
    )
    found = rate_difference(jpeg, half)
    assert found.value == pytest.approx(-0.5)
    assert found.interval == pytest.approx((-0.5, -0.5))
    assert score_difference(jpeg, half).value > 0


def test_of_errors_less_is_better(made: list[Curve]) -> None:
    jpeg = of(made, "jpeg")
    errors = replace(jpeg, score=replace(jpeg.score, better="lower"))
    assert score_difference(errors, errors).value == pytest.approx(0)
    assert np.isnan(rate_difference(errors, errors).value)


def test_draws_pair_where_a_sample_failed() -> None:
    results = ordered(
        [result("jpeg", 95, accuracy=0.93), without(result("jpeg", 5, accuracy=0.93), 3)]
    )
    (curve,) = curves(rows(results), results)
    # On the 19 that both have nothing is lost, in any resample.
    assert (curve.draws[0] == curve.draws[1]).all()


def test_curves_differ_on_the_samples_that_all_have() -> None:
    points = {95: (400, 0.93), 75: (200, 0.92), 50: (120, 0.9), 5: (40, 0.6)}
    whole = [
        result(codec, level, accuracy=accuracy - less, num_bytes=num_bytes)
        for codec, less in (("jpeg", 0.0), ("webp", 0.05))
        for level, (num_bytes, accuracy) in points.items()
    ]
    part = [*whole[:-1], without(whole[-1], 3)]
    fewer = [without(one, 3) for one in whole]

    def difference(results: list[Result]) -> Estimate:
        one, other = curves(rows(results), results)
        return score_difference(one, other)

    assert difference(part).value == difference(fewer).value != difference(whole).value


def test_the_parts_of_a_drop(made: list[Curve]) -> None:
    found = {
        (one.row.cell.codec, one.row.frame_size, one.row.cell.level): one for one in causes(made)
    }
    native, small = found["jpeg", None, 5], found["jpeg", (10, 10), 5]
    assert list(native.parts) == [COLOUR, REST]
    assert list(small.parts) == [FRAME_SIZE, COLOUR, REST]
    assert sum(part.value for part in small.parts.values()) == pytest.approx(small.total.value)
    source, jpeg = of(made, "source").values[0], of(made, "jpeg", small=True).values[3]
    assert small.total.value == pytest.approx((source - jpeg) / source)
    low, high = small.total.interval
    assert low < small.total.value < high
    # JPEG 2000 keeps all of the colour, so that there is nothing to tell apart at the native size.
    assert ("jpeg2000", None, 30) not in found
    assert list(found["jpeg2000", (10, 10), 30].parts) == [FRAME_SIZE, REST]


def test_without_the_colour_alone_it_is_part_of_the_rest(made: list[Curve]) -> None:
    fewer = [one for one in made if one.rows[0].cell.codec != "yuv420"]
    found = causes(fewer)
    assert {one.row.frame_size for one in found} == {(10, 10)}
    assert {tuple(one.parts) for one in found if one.row.cell.codec == "jpeg"} == {
        (FRAME_SIZE, BOTH)
    }


def test_without_the_source_nothing_is_known(made: list[Curve]) -> None:
    assert causes([one for one in made if one.rows[0].cell.codec != "source"]) == []


def named_alike() -> list[Curve]:
    """Of two models of one name, and of two contents of one name, one of them by one model."""
    results = ordered([*sweep(), *sweep(weights="v"), *sweep(fingerprint="g")])
    return curves(rows(results), results)


def test_names_are_told_apart_over_all_curves(made: list[Curve]) -> None:
    assert {(one.model, one.samples) for one in made} == {("net_1", "camvid test")}
    assert {(one.model, one.samples) for one in named_alike()} == {
        ("net_1@w", "camvid test, content f"),
        ("net_1@v", "camvid test, content f"),
        ("net_1@w", "camvid test, content g"),
    }


def test_data_of_one_name_is_told_by_its_task_alone() -> None:
    results = ordered([result("jpeg", 95, accuracy=0.9), one_stream("jpeg", 95, accuracy=0.9)])
    results[0] = replace(results[0], cell=replace(results[0].cell, fingerprint="g"))
    found = curves(rows(results), results)
    assert {one.rows[0].cell.fingerprint for one in found} == {"f", "g"}
    assert {one.samples for one in found} == {"camvid test"}


def test_a_title_of_a_curve_names_its_model_as_the_curve_does() -> None:
    found = [one for one in named_alike() if one.rows[0].cell.codec == "jpeg"]
    one, other = found[0], next(one for one in found if one.model != found[0].model)
    titles = curve_titles([one, other])
    assert [title.rpartition(", ")[2] for title in titles] == [one.model, other.model]


def test_models_without_weights_are_told_apart() -> None:
    found = [
        result("jpeg", 95, accuracy=0.9, weights=f"untrained: {number} classes, seed 0, net-1")
        for number in (2, 3)
    ]
    assert model_titles(rows(found)) == [
        "net_1@untrained: 2 classes, seed 0, net-1",
        "net_1@untrained: 3 classes, seed 0, net-1",
    ]
