"""``lossproof find`` as a person meets it."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes import frames_predicted, write_model, write_world
from tests.test_cli import assert_one_line, lossproof

NUM_SAMPLES = 40


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("find")
    write_world(root / "world", num_samples=NUM_SAMPLES)
    write_model(root / "model")
    return root


def words(root: Path, *more: str, data: str | None = None) -> list[str]:
    return [
        *("find", "--task", "segmentation", "--data", data or f"camvid:{root / 'world'}"),
        *("--model", f"{root / 'model' / 'nearest.py'}:load", "--store", str(root / "store")),
        *more,
    ]


JPEG = "jpeg:subsampling=4:4:4"
"""With its colour halved, the blocks of the small world would lose too much at any level."""
ASKED = ("--codec", JPEG, "--max-drop", "0.1")


@pytest.fixture(scope="module")
def found(world: Path) -> subprocess.CompletedProcess[str]:
    done = lossproof(*words(world, *ASKED))
    assert done.returncode == 0, done.stderr
    return done


def test_the_answer_is_a_sentence_evidence_and_lines(
    found: subprocess.CompletedProcess[str],
) -> None:
    sentence, blank, *evidence = found.stdout.splitlines()
    assert sentence.startswith(f"{JPEG} at quality ")
    assert sentence.endswith(
        "is the cheapest setting found that keeps mIoU within 10% of the source's, "
        "at 95% confidence."
    )
    assert not blank
    named = [line.split()[0] for line in evidence if line.startswith("  ")]
    assert {"score", "drop", "rate", "saving", "passes"} <= set(named)
    assert any("cjpeg -quality" in line for line in evidence)
    assert any("torchvision.transforms.v2.Lambda(" in line for line in evidence)


def test_json_agrees_and_nothing_is_measured_twice(
    world: Path, found: subprocess.CompletedProcess[str]
) -> None:
    before = frames_predicted(world / "model")
    # A percentage is the same question.
    asked = ["--codec", JPEG, "--max-drop", "10%"]
    done = lossproof(*words(world, *asked, "--json"))
    assert frames_predicted(world / "model") == before
    told = json.loads(done.stdout)
    answer = told["answer"]
    assert answer["sentence"] == found.stdout.splitlines()[0]
    assert f"{JPEG} at quality {answer['level']} " in answer["sentence"]
    assert answer["settings"] == {"subsampling": "4:4:4"}
    assert answer["at_most"] <= 0.1
    assert answer["passes"] < answer["full_passes"] == 101 * NUM_SAMPLES
    assert {None, answer["level"]} <= {row["level"] for row in told["rows"]}
    assert len(told["rows"]) == 1 + len(answer["asked"])


def test_a_sweep_takes_up_what_was_measured(
    world: Path, found: subprocess.CompletedProcess[str]
) -> None:
    level = found.stdout.split()[3]
    before = frames_predicted(world / "model")
    options = ["--codec", JPEG, "--levels", level]
    sweep = ["sweep", *words(world)[1:]]
    assert lossproof(*sweep, *options).returncode == 0
    assert frames_predicted(world / "model") - before < 2 * NUM_SAMPLES


def test_several_codecs_and_sizes_with_labels_of_the_model(world: Path) -> None:
    more = ["--codec", JPEG, "--codec", "webp", "--frame-size", "native", "--max-drop", "0.2"]
    data = f"pictures:{world / 'world' / 'test'}"
    done = lossproof(*words(world, *more, "--labels", "model", "--json", data=data))
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)["answer"]
    assert answer["codec"] in ("jpeg", "webp")
    assert answer["full_passes"] == (100 + 101 + 1) * NUM_SAMPLES


def test_where_nothing_qualifies_the_level_is_null(world: Path) -> None:
    done = lossproof(*words(world, "--codec", JPEG, "--max-drop", "0.0001", "--json"))
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)["answer"]
    assert answer["level"] is None
    assert answer["closest"]["outcome"] in ("open", "fails")
    assert answer["sentence"].startswith(("Not decided: ", "No setting "))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            ["--codec", "jpeg", "--max-drop", "1"],
            "--max-drop is '1'; above 0",
        ),
        (["--codec", "jpeg", "--max-drop", "-0.1"], "--max-drop is '-0.1';"),
        (["--codec", "jpeg", "--max-drop", "-10%"], "--max-drop is '-10%';"),
        (["--codec", "jpeg", "--max-drop", "some"], "--max-drop is 'some';"),
        ([*ASKED, "--confidence", "0.5"], "--confidence is '0.5'; above 0.5"),
        ([*ASKED, "--confidence", "95"], "--confidence is '95'; above 0.5"),
        ([*ASKED, "--worst", "most"], "--worst 'most' is no share of the samples; 5%, 0.05"),
        ([*ASKED, "--worst", "0"], "--worst '0' is no share"),
        ([*ASKED, "--labels", "mine"], "--labels is 'mine'; dataset or model is allowed"),
        (["--codec", "jpgx", "--max-drop", "0.1"], "unknown codec 'jpgx'"),
        (["--codec", "yuv420", "--max-drop", "0.1"], "yuv420 has no levels to choose from; jpeg"),
        (["--codec", "jpeg", "--codec", "jpeg", "--max-drop", "0.1"], "given twice"),
        ([*ASKED, "--limit", "8"], "too few samples: there are 8 independent ones; 12 more"),
        ([*ASKED, "--limit", "0"], "limit is 0; 1 or more"),
    ],
)
def test_bad_input_is_one_clear_line(world: Path, more: list[str], message: str) -> None:
    assert_one_line(lossproof(*words(world, *more)), 2, message)


def test_no_samples_are_one_clear_line(world: Path, tmp_path: Path) -> None:
    done = lossproof(*words(world, *ASKED, data=f"pictures:{tmp_path}"))
    assert_one_line(done, 2, "is an empty folder")


def test_damaged_samples_are_named(tmp_path: Path) -> None:
    write_world(tmp_path / "world", num_samples=NUM_SAMPLES)
    write_model(tmp_path / "model")
    (tmp_path / "world" / "test" / "0003.png").write_bytes(b"no picture")
    done = lossproof(*words(tmp_path, *ASKED))
    assert done.returncode == 1
    assert "skipped sample" in done.stderr
    assert done.stdout.startswith(f"{JPEG} at quality ")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_sees_a_bar_for_each_stage(tmp_path: Path) -> None:
    write_world(tmp_path / "world", num_samples=24)
    write_model(tmp_path / "model")
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "lossproof", *words(tmp_path, *ASKED)]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=follower, close_fds=True
    ) as done:
        os.close(follower)
        shown = b""
        while True:
            try:
                part = os.read(leader, 4096)
            except OSError:
                break
            if not part:
                break
            shown += part
    assert done.returncode == 0
    assert b"first look" in shown
    assert f"asking {JPEG} at quality".encode() in shown
