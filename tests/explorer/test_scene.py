"""A scene: what is measured is what a sweep measures, and a move costs one prediction."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from lossproof.codecs import make_codec
from lossproof.codecs.jpeg import Jpeg
from lossproof.codecs.source import Source
from lossproof.datasets.images import decode_picture
from lossproof.explorer.desk import Desk, Picked, arrange
from lossproof.explorer.kept import Kept
from lossproof.explorer.markup import strip
from lossproof.explorer.scene import open_scene, own_score, shrunk
from lossproof.explorer.subject import Subject
from lossproof.records import Frame, Media
from lossproof.store import Store
from lossproof.tasks import Legend, parse_task
from tests.fakes import frames_predicted

from .worlds import SIZE, answers, offer


class Says:
    """A model that always says the same."""

    name = "says"

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def predict(self, frames: list[Any]) -> list[Any]:
        return [self._answer for _ in frames]


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


def test_the_classes_that_are_seen_have_their_colours_named(desk: Desk) -> None:
    named = desk.scene.source.key
    assert named
    assert set(named) <= set(desk.scene.legend.classes)
    worst = desk.scene.at(Jpeg(1))
    told = strip(desk.scene, desk.codec, [worst])
    for name in {**named, **worst.key}:
        assert f"<span>{name}</span></li>" in told


def test_small_frames_are_shown_as_large_as_the_source(tmp_path: Path) -> None:
    half = f"{SIZE[0] // 2}x{SIZE[1] // 2}"
    desk = arrange(offer(tmp_path), Picked(codec="jpeg", size=half))
    assert desk.scene.frames.shape == (SIZE[1] // 2, SIZE[0] // 2, 3)
    seen = desk.scene.at(Jpeg(50))
    assert decode_picture(seen.picture, name="shown").shape == (SIZE[1], SIZE[0], 3)
    assert seen.rate == pytest.approx(8 * seen.num_bytes * 4 / (SIZE[0] * SIZE[1]))


def test_only_so_many_levels_are_kept_beside_ladder_and_source() -> None:
    kept: Kept[int] = Kept()
    kept.put(Source(), 0)
    for quality in (*Jpeg.ladder, *range(1, 96)):
        kept.put(Jpeg(quality), quality)
        kept.get(Jpeg(2))
    assert kept.get(Source()) == 0
    assert [kept.get(Jpeg(quality)) for quality in Jpeg.ladder] == list(Jpeg.ladder)
    assert (kept.get(Jpeg(2)), kept.get(Jpeg(3)), kept.get(Jpeg(94))) == (2, None, 94)
    assert len(kept) == 48 + 1 + len(Jpeg.ladder)


def test_many_hands_at_once() -> None:
    kept: Kept[int] = Kept()

    def move(quality: int) -> bool:
        kept.put(Jpeg(quality % 95 + 1), quality)
        return kept.get(Jpeg(quality % 7 + 1)) is not None

    with ThreadPoolExecutor(8) as pool:
        assert any(pool.map(move, range(2000)))
    assert len(kept) <= 48 + len(Jpeg.ladder)


@pytest.mark.parametrize("name", answers())
def test_what_a_model_says_of_the_source_is_met_by_itself(name: str) -> None:
    frame = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    frames = np.stack([frame, frame]) if name == "action" else frame
    subject = Subject("own", Media(frames, 1000), None)
    scene = open_scene(parse_task(name), subject, Says(answers()[name]), Legend(), None)
    as_swept = parse_task(name, labels="model")
    assert (scene.task.metric, scene.score) == (as_swept.metric, as_swept.score(as_swept.headline))
    assert scene.source.score == pytest.approx(1.0)


def test_agreement_is_that_of_a_sweep_with_labels_of_the_model(tmp_path: Path) -> None:
    from lossproof.cli import app

    made = offer(tmp_path)
    picture = next((tmp_path / "world" / "test").glob("*.png"))
    own = tmp_path / "own"
    own.mkdir()
    copy = Path(shutil.copy(picture, own))
    desk = arrange(made, Picked(task="segmentation", codec="jpeg", files=(str(copy),)))
    words = ["--task", "segmentation", "--labels", "model", "--model", made.models[0]]
    words += ["--data", f"pictures:{own}", "--codec", "jpeg", "--levels", "5"]
    words += ["--store", str(tmp_path / "store")]
    assert CliRunner().invoke(app, ["sweep", *words]).exit_code == 0
    found = {one.cell.codec: one for one in Store(tmp_path / "store").results()}
    scores = parse_task("segmentation").summarise(found["jpeg"].stats, None)
    assert desk.scene.at(Jpeg(5)).score == pytest.approx(scores["miou"][0])


def test_a_clip_has_a_rate_in_time(tmp_path: Path) -> None:
    desk = arrange(offer(tmp_path), Picked(task="action", model=f"{tmp_path / 'actor.py'}:load"))
    seen = desk.scene.at(make_codec("h264", 30))
    assert desk.scene.rate_heading == "kbit/s"
    assert seen.rate == pytest.approx(8 * seen.num_bytes / 1000 / 0.5)
    assert seen.score in (0.0, 1.0)


class Doubling:
    """A model that says twice as much each time."""

    name = "doubling"
    factor = 0.5

    def predict(self, frames: list[Any]) -> list[Any]:
        self.factor *= 2
        return [np.float32(self.factor) * answers()["depth"] for _ in frames]


def test_all_levels_have_one_scale_of_depths() -> None:
    frame = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    subject = Subject("own", Media(frame, 1000), None)
    scene = open_scene(parse_task("depth"), subject, Doubling(), Legend(), None)
    drawn = [scene.source.drawn, scene.at(Jpeg(50)).drawn]
    source, level = (decode_picture(one, name="drawn").astype(int) for one in drawn)
    bar = slice(-40, None)
    assert np.abs(source[:, bar] - level[:, bar]).max() <= 8
    assert np.abs(source - level).max() > 50


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
    name, value = own_score(task, task.sample_stat(fitted, ActionTarget(1, 2)))
    assert (name, value) == ("top1_spatial", 1.0)


@pytest.mark.parametrize(("shape", "expected"), [((10, 40), (5, 20)), ((8, 8), (8, 8))])
def test_pictures_are_shrunk_to_fit(shape: tuple[int, int], expected: tuple[int, int]) -> None:
    picture: Frame = np.zeros((*shape, 3), np.uint8)
    assert shrunk(picture, 20).shape[:2] == expected
