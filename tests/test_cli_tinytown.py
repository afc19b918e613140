"""The built-in world on the command line, drawn by a stand-in and small."""

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lossproof.cli import app
from lossproof.console.worlds import prepare
from lossproof.datasets import open_dataset
from lossproof.datasets.built_in import FAMILIES
from lossproof.tinytown import making
from lossproof.tinytown.folder import is_world, open_world
from lossproof.tinytown.plan import VERSION
from tests.fakes import write_model
from tests.tinytown.stand_in import ARTIST

TASKS = [dataset.task for dataset in FAMILIES["tinytown"]]
FIVE = ", ".join(dataset.name for dataset in FAMILIES["tinytown"])


@pytest.fixture(autouse=True)
def _small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOSSPROOF_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(making, "tinytown", lambda: ARTIST)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    monkeypatch.setitem(making.make.__kwdefaults__, "size", 2)
    for module in ("lossproof.tinytown.making", "lossproof.console.worlds"):
        monkeypatch.setattr(f"{module}.BUILT_IN_SIZE", 2)


def answer(*words: str | Path) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == 0, f"{done.output} {done.exception!r}"
    return done.stdout


def refusal(*words: str | Path) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert isinstance(done.exception, ValueError)
    return str(done.exception)


def test_a_name_and_a_task_are_a_dataset_made_once(tmp_path: Path) -> None:
    for task in TASKS:
        half = "clips" if task == "action" else "stills"
        folder = tmp_path / "cache" / f"tinytown-v{VERSION}-2-{half}"
        dataset = open_dataset("tinytown", task=task)
        assert dataset.task == task
        assert open_dataset(f"tinytown_{task}", task="anything") == dataset
        assert open_dataset(f"tinytown:{folder}", task=task) == dataset
        assert open_dataset(f"tinytown_{task}:{folder}") == dataset
        made = (folder / "tinytown.json").stat().st_mtime_ns
        assert dataset.samples("test")
        assert (folder / "tinytown.json").stat().st_mtime_ns == made


@pytest.mark.parametrize("text", ["tinytown", "tinytown:/no/where"])
def test_without_a_task_the_five_are_named(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"'tinytown' needs a task; {FIVE} are allowed"):
        open_dataset(text)
    with pytest.raises(ValueError, match=f"'tinytown' is not for fidelity; {FIVE} are allowed"):
        open_dataset(text, task="fidelity")
    assert not (tmp_path / "cache").exists()


def test_a_form_without_a_path_is_refused_as_ever() -> None:
    for text in ("tinytown:", "tinytown_pose:", "camvid"):
        with pytest.raises(ValueError, match="is not of the form NAME:PATH"):
            open_dataset(text, task="pose")


def test_make_says_how_to_use_it(tmp_path: Path) -> None:
    stills, clips = (
        tmp_path / "cache" / f"tinytown-v{VERSION}-2-{one}" for one in ("stills", "clips")
    )
    assert answer("data", "make", "tinytown").splitlines() == [
        f"tinytown is in {stills} and {clips}",
        "--data tinytown",
    ]
    own = tmp_path / "own"
    lines = answer("data", "make", "tinytown", "--size", "3", "--out", own).splitlines()
    assert lines == [f"tinytown is in {own}", f"--data tinytown:{own}"]
    assert (open_world(clips).size, open_world(own).size) == (2, 3)
    assert "unknown dataset to make 'camvid'" in refusal("data", "make", "camvid")


def test_half_of_a_world_is_made_alone(tmp_path: Path) -> None:
    stills = tmp_path / "cache" / f"tinytown-v{VERSION}-2-stills"
    for words in ((), ("--size", "2")):
        (line, _) = answer("data", "make", "tinytown", "--only", "stills", *words).splitlines()
        assert line == f"tinytown is in {stills}"
    own = tmp_path / "own"
    answer("data", "make", "tinytown", "--size", "3", "--only", "clips", "--out", own)
    assert (open_world(own).size, open_world(own).holds) == (3, "clips")
    assert not (own / "stills").exists()
    said = refusal("data", "make", "tinytown", "--only", "people")
    assert "unknown half of a world 'people'; known: stills, clips" in said


def test_export_says_how_to_read_it(tmp_path: Path) -> None:
    out = tmp_path / "coco"
    lines = answer("data", "export", "tinytown", "--layout", "coco", "--out", out).splitlines()
    assert lines[1:] == [f"--data coco:{out}", f"--data coco_keypoints:{out}"]
    for line in lines[1:]:
        assert len(open_dataset(line.removeprefix("--data ")).samples("test")) == 8
    words = ("data", "export", "tinytown", "--out", tmp_path / "other", "--layout")
    assert "--data is 'camvid:x'" in refusal(*words, "voc", "--data", "camvid:x")
    assert "unknown layout 'kitti'" in refusal(*words, "kitti")


def test_check_makes_what_it_reads(tmp_path: Path) -> None:
    assert "split train: 2 listed, 2 readable" in answer("data", "check", "tinytown_depth")
    assert is_world(tmp_path / "cache" / f"tinytown-v{VERSION}-2-stills")


def test_what_is_drawn_is_told_first_and_once(capsys: pytest.CaptureFixture[str]) -> None:
    prepare("tinytown", task="depth")
    told = capsys.readouterr().err
    assert told.startswith("lossproof: drawing tinytown, the built-in world: ")
    assert told.count("\n") == 1
    prepare("tinytown", task="depth")
    assert capsys.readouterr().err == ""


def test_commands_refuse_before_they_make(tmp_path: Path) -> None:
    assert FIVE in refusal("data", "check", "tinytown")
    words = ["sweep", "--data", "tinytown", "--model", "identity", "--codec", "jpeg", "--task"]
    assert FIVE in refusal(*words, "fidelity")
    assert "unknown task 'detecton'" in refusal(*words, "detecton")
    assert not is_world(tmp_path / "cache" / f"tinytown-v{VERSION}-2-stills")


def test_a_sweep_takes_the_task_s_dataset(tmp_path: Path) -> None:
    write_model(tmp_path / "model")
    model = f"{tmp_path / 'model' / 'nearest.py'}:load"
    words = ["--data", "tinytown", "--model", model, "--codec", "jpeg", "--levels", "50", "--json"]
    found = answer("sweep", "--task", "segmentation", *words, "--store", tmp_path / "store")
    rows = json.loads(found)["rows"]
    assert {row["data"] for row in rows} == {"tinytown_segmentation"}
    assert {row["num_samples"] for row in rows} == {8}
    other = ["--task", "depth", "--data", "tinytown_pose", *words[2:]]
    problem = refusal("sweep", *other, "--store", tmp_path / "store")
    assert "tinytown_pose is for pose; datasets for depth: " in problem
    assert "tinytown_depth" in problem
