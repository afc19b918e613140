"""Figures: what is drawn is what was measured."""

import io
from pathlib import Path

import numpy as np
import pytest

from lossproof.report.figures import CodecPoint, quality_against_rate, save, score_against_rate
from lossproof.report.grids import grid
from lossproof.report.rows import rows
from lossproof.tasks import Look

from .clip_results import clips
from .results import result

ROWS = rows(
    [
        result("source", None, accuracy=0.95, num_bytes=1000),
        result("jpeg", 95, accuracy=0.94, num_bytes=300),
        result("jpeg", 5, accuracy=0.60, num_bytes=20),
        result("webp", 75, accuracy=0.90, num_bytes=90),
    ]
)


def test_every_point_lies_at_its_rate_and_score() -> None:
    axes = score_against_rate(ROWS).axes[0]
    lines = {container.get_label(): container[0] for container in axes.containers}
    assert set(lines) == {"jpeg", "webp"}
    assert list(lines["jpeg"].get_xdata()) == [24.0, 1.6]
    assert list(lines["jpeg"].get_ydata()) == [100 * row.scores["miou"] for row in ROWS[1:3]]
    assert {text.get_text() for text in axes.texts} == {"95", "5", "75"}
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["source", "jpeg", "webp"]


def test_over_several_frame_sizes_the_rate_is_kilobytes_per_picture() -> None:
    small = result("jpeg", 95, accuracy=0.8, num_bytes=60, frame_size=(8, 6))
    axes = score_against_rate([*ROWS[:2], *rows([small])]).axes[0]
    assert axes.get_xlabel().startswith("kB per picture")
    lines = {container.get_label(): container[0] for container in axes.containers}
    assert list(lines["jpeg, 8x6"].get_xdata()) == [0.06]
    assert list(lines["jpeg, native"].get_xdata()) == [0.3]


def test_the_bars_are_the_intervals() -> None:
    axes = score_against_rate(ROWS[1:2]).axes[0]
    (segment,) = axes.containers[0][2][0].get_segments()
    low, high = ROWS[1].intervals["miou"]
    np.testing.assert_allclose(segment[:, 1], [100 * low, 100 * high])


def test_where_the_source_is_the_target_it_is_not_drawn_nor_is_the_identity_named() -> None:
    found = [clips("source", None, squared_error=0.0), clips("h264", 23), clips("h264", 50)]
    axes = score_against_rate(rows(found)).axes[0]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["h264"]
    assert axes.get_title() == "PSNR on clips all, 95% intervals"
    assert axes.get_ylim()[1] < 60
    assert axes.get_xlabel().startswith("kbit/s")


def test_a_source_that_stands_alone_is_drawn_also_where_it_is_the_target() -> None:
    axes = score_against_rate(rows([clips("source", None, squared_error=0.0)])).axes[0]
    (line,) = axes.get_lines()
    assert list(line.get_ydata()) == [100.0, 100.0]


def test_a_model_is_named_in_the_title() -> None:
    axes = score_against_rate(ROWS).axes[0]
    assert axes.get_title() == "mIoU of net_1 on camvid test, 95% intervals"


def test_later_series_step_aside_where_an_earlier_one_has_their_rate() -> None:
    found = [
        result("jpeg", level, accuracy=0.9, model=model, num_bytes=num_bytes)
        for model, last in (("a", 20), ("b", 20), ("c", 30))
        for level, num_bytes in ((95, 300), (5, last))
    ]
    axes = score_against_rate(rows(found)).axes[0]
    rates = {one.get_label()[-1]: list(one[0].get_xdata()) for one in axes.containers}
    assert rates["a"] == [24.0, 1.6]
    np.testing.assert_allclose(rates["b"], [24.0 * 1.0075, 1.6 * 1.0075])
    np.testing.assert_allclose(rates["c"], [24.0 * 1.015, 2.4])


@pytest.mark.parametrize("codec", ["jpeg", "webp"])
def test_labels_of_two_models_stand_at_different_sides(codec: str) -> None:
    found = [
        result(name, 95, accuracy=0.9, model=model)
        for model in ("a", "b")
        for name in ("source", codec)
    ]
    labels = score_against_rate(rows(found)).axes[0].texts
    places = {(text.get_horizontalalignment(), text.xyann) for text in labels}
    assert places == {("left", (5.0, -11.0)), ("right", (-5.0, 4.0))}


def test_the_files_are_a_picture_and_a_drawing(tmp_path: Path) -> None:
    paths = save(score_against_rate(ROWS), tmp_path / "plot")
    assert [path.suffix for path in paths] == [".png", ".svg"]
    assert paths[0].read_bytes().startswith(b"\x89PNG")
    assert "<svg" in paths[1].read_text()


@pytest.mark.parametrize(("panel", "name"), [(0, "psnr_db"), (1, "ssim")])
def test_quality_has_a_line_per_codec(panel: int, name: str) -> None:
    points = [CodecPoint("jpeg", 95, 2.0, 40.0, 0.9), CodecPoint("webp", 75, 1.0, 38.0, 0.8)]
    lines = quality_against_rate(points).axes[panel].get_lines()
    assert [line.get_label() for line in lines] == ["jpeg", "webp"]
    assert [line.get_ydata()[0] for line in lines] == [getattr(point, name) for point in points]


NO_FORMULAS = ("a$b$c", "run$1_$2")


@pytest.mark.parametrize("name", NO_FORMULAS)
def test_names_on_a_plot_are_no_formulas(name: str) -> None:
    found = [
        result("jpeg", level, accuracy=0.9, model=model, data=name, settings={"x": model})
        for level in (95, 5)
        for model in (name, "other")
    ]
    figure = score_against_rate(rows(found))
    axes = figure.axes[0]
    texts = [axes.title, *axes.get_legend().get_texts()]
    assert not any(text.get_parse_math() for text in texts)
    figure.savefig(io.BytesIO(), format="png", dpi=20)


@pytest.mark.parametrize("name", NO_FORMULAS)
def test_names_on_a_grid_are_no_formulas(name: str) -> None:
    picture = np.zeros((60, 80, 3), np.uint8)
    looks = [
        Look(
            sample=name,
            model=model,
            codec="jpeg",
            level=5,
            num_bytes=9,
            picture=picture,
            key={name: (0, 0, 0)},
        )
        for model in (name, "other")
    ]
    figure = grid(looks)
    texts = [figure.axes[0].yaxis.label, *figure.legends[0].get_texts()]
    assert not any(text.get_parse_math() for text in texts)
    figure.savefig(io.BytesIO(), format="png", dpi=20)
