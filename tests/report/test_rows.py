"""Rows: rates, scores, drops and their intervals."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lossproof.analysis.bootstrap import interval
from lossproof.records import Result
from lossproof.report import summary
from lossproof.report.kept import Kept
from lossproof.report.rows import Row, ordered, rows
from lossproof.report.summary import Summary, is_current

from .results import result, without

SOURCE = result("source", None, accuracy=0.95, num_bytes=1000)
BEST = result("jpeg", 95, accuracy=0.94, num_bytes=300)
WORST = result("jpeg", 5, accuracy=0.60, num_bytes=20)


def test_rates_come_from_bytes_and_pixels_of_all_samples() -> None:
    row = rows([BEST])[0]
    assert (row.num_bytes, row.num_pixels, row.num_frames) == (6000, 2000, 20)
    assert row.bits_per_pixel == 24.0


def test_the_reference_is_the_best_level_of_the_series() -> None:
    found = rows([WORST, SOURCE, BEST])
    assert [row.reference_level for row in found] == [95, None, 95]
    expected = 1 - found[0].scores["miou"] / found[2].scores["miou"]
    assert found[0].drops["miou"] == pytest.approx(expected, abs=1e-12)
    assert found[2].drops["miou"] == 0.0
    assert found[1].drops == {}


def test_a_level_above_the_ladder_is_not_the_reference() -> None:
    above = result("jpeg", 100, accuracy=0.97)
    assert [row.reference_level for row in rows([above, BEST, WORST])] == [95, 95, 95]


def test_without_the_ladders_best_it_is_the_best_that_was_measured() -> None:
    assert [row.reference_level for row in rows([WORST, result("jpeg", 50, accuracy=0.8)])] == [
        50,
        50,
    ]


def test_the_saving_is_that_of_bytes_per_sample_against_the_reference() -> None:
    source, best, worst = rows([SOURCE, BEST, WORST])
    assert math.isnan(source.saving)
    assert best.saving == 0.0
    assert worst.saving == pytest.approx(1 - 20 / 300)


def test_results_of_another_version_of_the_metric_are_known() -> None:
    assert is_current(result("jpeg", 95, accuracy=0.9))
    assert not is_current(result("jpeg", 95, accuracy=0.9, metric="segmentation-0"))


def test_a_level_that_shares_no_sample_with_its_reference_has_no_drop() -> None:
    alone = Result(**{**vars(WORST), "sample_ids": tuple(f"t{index}" for index in range(20))})
    assert rows([BEST, alone])[1].drops == {}


def test_where_a_lower_level_is_better_the_reference_is_the_lowest() -> None:
    found = rows(
        [
            result("jpegxl", 8.0, accuracy=0.6, better="lower"),
            result("jpegxl", 0.5, accuracy=0.9, better="lower"),
        ]
    )
    assert {row.reference_level for row in found} == {0.5}


def test_series_of_other_settings_and_sizes_have_references_of_their_own() -> None:
    small = result("jpeg", 50, accuracy=0.7, frame_size=(24, 16))
    other = result("jpeg", 75, accuracy=0.7, settings={"subsampling": "4:4:4"})
    assert [row.reference_level for row in rows([BEST, WORST, small, other])] == [95, 95, 50, 75]


def test_intervals_hold_their_scores_and_a_drop_from_itself_is_exactly_nothing() -> None:
    for row in rows([SOURCE, BEST, WORST]):
        for name, value in row.scores.items():
            low, high = row.intervals[name]
            assert low <= value <= high
    assert rows([BEST, WORST])[0].intervals["miou_drop"] == (0.0, 0.0)


def told(lines: list[Row]) -> list[dict[str, object]]:
    return [line.as_dict() for line in lines]


def test_kept_distributions_are_taken_and_damaged_ones_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = told(rows([BEST, WORST]))
    assert told(rows([BEST, WORST], kept=Kept(tmp_path))) == expected
    with monkeypatch.context() as patch:
        patch.setattr(summary, "distributions", lambda *_: pytest.fail("computed again"))
        assert told(rows([BEST, WORST], kept=Kept(tmp_path))) == expected
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[:100])
    assert told(rows([BEST, WORST], kept=Kept(tmp_path))) == expected
    part = without(WORST, 3)
    assert told(rows([BEST, part], kept=Kept(tmp_path))) == told(rows([BEST, part]))


def test_a_level_that_stands_alone_has_no_drop_and_no_saving() -> None:
    (alone,) = rows([WORST])
    assert alone.drops == {}
    assert np.isnan(alone.saving)


def test_drops_are_paired_over_samples() -> None:
    """Samples that differ alike in both results make no spread in their ratio's sign."""
    low, high = rows([BEST, WORST])[1].intervals["global_accuracy_drop"]
    scores = rows([BEST, WORST])[1].intervals["global_accuracy"]
    assert 0 < high - low < scores[1] - scores[0]


def test_samples_that_only_one_has_are_left_out_of_the_drop() -> None:
    whole, part = rows([BEST, without(WORST, 3)])
    assert part.num_samples == 19
    assert [failure.sample_id for failure in part.failures] == ["s3"]
    kept = np.arange(20) != 3
    confusion = {
        name: found.stats["confusion"][kept].sum(0) for name, found in (("a", BEST), ("b", WORST))
    }
    accuracy = {name: np.trace(matrix) / matrix.sum() for name, matrix in confusion.items()}
    expected = 1 - accuracy["b"] / accuracy["a"]
    assert part.drops["global_accuracy"] == pytest.approx(expected, abs=1e-12)
    assert whole.num_samples == 20


def test_classes_go_by_their_names() -> None:
    assert set(rows([BEST])[0].scores) == {
        *("global_accuracy", "mean_class_accuracy", "miou"),
        *("iou/sky", "iou/road & kerb"),
    }


def test_what_is_missing_is_null_in_json() -> None:
    confusion = BEST.stats["confusion"].copy()
    confusion[:, 1, :] = confusion[:, :, 1] = 0
    empty = Result(**{**vars(BEST), "stats": {"confusion": confusion}})
    row = rows([empty])[0]
    assert math.isnan(row.scores["iou/road & kerb"])
    text = json.dumps(row.as_dict(), allow_nan=False)
    assert json.loads(text)["scores"]["iou/road & kerb"] is None
    assert json.loads(text)["intervals"]["iou/road & kerb"] == [None, None]


def test_a_table_runs_from_source_to_the_worst_level_native_size_first() -> None:
    small = result("jpeg", 95, accuracy=0.7, frame_size=(24, 16))
    found: list[Row] = rows(ordered([WORST, small, BEST, SOURCE]))
    assert [(row.cell.codec, row.cell.level, row.frame_size) for row in found] == [
        ("source", None, None),
        ("jpeg", 95, None),
        ("jpeg", 5, None),
        ("jpeg", 95, (24, 16)),
    ]


def test_intervals_are_as_wide_as_their_groups_are_few() -> None:
    """Twenty samples of six groups, of which five are left where one level lacks a whole group."""
    groups = tuple(f"video {place % 6}" for place in range(20))
    better, worse = (
        replace(result("jpeg", level, accuracy=accuracy), groups=groups)
        for level, accuracy in ((95, 0.9), (10, 0.7))
    )
    summaries = [Summary(one) for one in (better, worse)]
    drawn = [one.distributions["miou"] for one in summaries]
    _, found = rows([better, worse])
    assert found.intervals["miou"] == interval(drawn[1], 6)
    assert found.intervals["miou_drop"] == pytest.approx(interval(1 - drawn[1] / drawn[0], 6))
    kept = np.array([group != "video 5" for group in groups])
    fewer = better.take(kept)
    _, found = rows([fewer, worse])
    drawn = [Summary(one).distributions["miou"] for one in (fewer, worse.take(kept))]
    assert found.intervals["miou"] == interval(summaries[1].distributions["miou"], 6)
    assert found.intervals["miou_drop"] == pytest.approx(interval(1 - drawn[1] / drawn[0], 5))


def test_a_setting_may_be_a_word_here_and_a_number_there() -> None:
    values = ("auto", 16, 0, 3)
    made = [result("h264", 23, accuracy=0.9, settings={"bframes": one}) for one in values]
    assert [one.cell.settings["bframes"] for one in ordered(made)] == [0, 3, 16, "auto"]
    scored = [
        result("jpeg", 95, accuracy=0.9, metric_settings={"cap": one}) for one in ("none", 80.0)
    ]
    assert [one.cell.metric_settings["cap"] for one in ordered(scored)] == [80.0, "none"]


def test_kept_distributions_with_any_byte_wrong_are_made_again(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.put(BEST, {"miou": np.linspace(0.0, 1.0, 50)})
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    found = []
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 8]) + whole[place + 1 :])
        found.append(kept.get(BEST))
    assert sum(one is None for one in found) > len(whole) // 2
