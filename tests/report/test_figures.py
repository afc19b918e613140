"""Figures: what is drawn is what was measured."""

from pathlib import Path

import numpy as np
import pytest

from lossproof.report.figures import CodecPoint, quality_against_rate, save, score_against_rate
from lossproof.report.rows import rows

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
