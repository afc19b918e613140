"""A scene: what is measured is what a sweep measures, and a move costs one prediction."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from lossproof.codecs import make_codec
from lossproof.codecs.jpeg import Jpeg
from lossproof.datasets.images import decode_picture
from lossproof.explorer.desk import Desk, Picked, arrange
from lossproof.explorer.scene import own_score, shrunk
from lossproof.records import Frame
from lossproof.store import Store
from lossproof.tasks import parse_task
from tests.fakes import frames_predicted

from .worlds import SIZE, offer


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return arrange(offer(tmp_path), Picked(codec="jpeg"))


def test_the_numbers_are_those_of_a_sweep(tmp_path: Path) -> None:
    from lossproof.cli import app

    made = offer(tmp_path)
    desk = arrange(made, Picked(codec="jpeg"))
    words = [*("--task", "segmentation"), *("--data", made.data[0]), *("--model", made.models[0])]
    words += [*("--codec", "jpeg"), *("--levels", "30"), *("--limit", "1")]
    words += ["--store", str(tmp_path / "store")]
    assert CliRunner().invoke(app, ["sweep", *words]).exit_code == 0
    for one in Store(tmp_path / "store").results():
        seen = desk.scene.source if one.cell.codec == "source" else desk.scene.at(Jpeg(30))
        assert seen.num_bytes == one.num_bytes[0]
        scores = parse_task("segmentation").summarise(one.stats, None)
        assert seen.score == pytest.approx(scores["miou"][0])


def test_a_move_costs_one_prediction_and_coming_back_none(desk: Desk, tmp_path: Path) -> None:
    before = frames_predicted(tmp_path / "model")
    desk.scene.at(Jpeg(40))
    assert frames_predicted(tmp_path / "model") == before + 1
    desk.scene.at(Jpeg(40))
    assert desk.scene.source.num_bytes
    assert frames_predicted(tmp_path / "model") == before + 1


def test_the_picture_shown_is_what_arrived(desk: Desk) -> None:
    codec = Jpeg(10)
    sent = desk.scene.subject.media.frames
    shown = decode_picture(desk.scene.at(codec).picture, name="shown")
    np.testing.assert_array_equal(shown, codec.decode(codec.encode(sent)))


def test_small_frames_are_shown_as_large_as_the_source(tmp_path: Path) -> None:
    half = f"{SIZE[0] // 2}x{SIZE[1] // 2}"
    desk = arrange(offer(tmp_path), Picked(codec="jpeg", size=half))
    assert desk.scene.frames.shape == (SIZE[1] // 2, SIZE[0] // 2, 3)
    seen = desk.scene.at(Jpeg(50))
    assert decode_picture(seen.picture, name="shown").shape == (SIZE[1], SIZE[0], 3)
    assert seen.rate == pytest.approx(8 * seen.num_bytes * 4 / (SIZE[0] * SIZE[1]))


def test_only_so_many_levels_are_kept(desk: Desk) -> None:
    for quality in range(1, 60):
        desk.scene.at(Jpeg(quality))
    assert len(desk.scene.kept) < 50
    assert Jpeg(59) in desk.scene.kept


def test_a_clip_has_a_rate_in_time(tmp_path: Path) -> None:
    desk = arrange(offer(tmp_path), Picked(task="action", model=f"{tmp_path / 'actor.py'}:load"))
    seen = desk.scene.at(make_codec("h264", 30))
    assert desk.scene.rate_heading == "kbit/s"
    assert seen.rate == pytest.approx(8 * seen.num_bytes / 1000 / 0.5)
    assert seen.score in (0.0, 1.0)


def test_fidelity_is_worse_at_lower_quality(tmp_path: Path) -> None:
    scene = arrange(offer(tmp_path), Picked(task="fidelity")).scene
    scores = [scene.at(Jpeg(quality)).score for quality in (95, 50, 5)]
    assert scores == sorted(scores, reverse=True)
    drawn = [scene.at(Jpeg(quality)).drawn for quality in (95, 5)]
    assert drawn[0] != drawn[1]


def test_a_network_of_one_stream_is_scored_by_that() -> None:
    task = parse_task("action")
    from lossproof.predictions import StreamLogits
    from lossproof.targets import ActionTarget

    fitted = StreamLogits(spatial=np.array([0.0, 1.0], np.float32))
    assert own_score(task, task.sample_stat(fitted, ActionTarget(1, 2))) == 1.0


@pytest.mark.parametrize(("shape", "expected"), [((10, 40), (5, 20)), ((8, 8), (8, 8))])
def test_pictures_are_shrunk_to_fit(shape: tuple[int, int], expected: tuple[int, int]) -> None:
    picture: Frame = np.zeros((*shape, 3), np.uint8)
    assert shrunk(picture, 20).shape[:2] == expected
