"""Figures from the command line."""

from pathlib import Path

from tests.fakes import frames_predicted, write_model, write_world
from tests.test_cli import assert_one_line, lossproof


def words(tmp_path: Path) -> list[str]:
    data = write_world(tmp_path / "world", num_samples=3)
    model = write_model(tmp_path / "model")
    return ["figure", "--task", "segmentation", "--data", data, "--model", model, "--codec", "jpeg"]


def test_a_figure_is_written(tmp_path: Path) -> None:
    out = tmp_path / "one.png"
    done = lossproof(*words(tmp_path), "--levels", "95,5", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"wrote {out}\n"
    assert out.read_bytes()[:4] == b"\x89PNG"


def test_wrong_words(tmp_path: Path) -> None:
    start = words(tmp_path)
    assert_one_line(lossproof(*start, "--sample", "x"), 2, "sample 'x' is not in split test")
    before = frames_predicted(tmp_path / "model")
    gif = lossproof(*start, "--levels", "95", "--out", str(tmp_path / "a.gif"))
    assert_one_line(gif, 2, "ends in '.gif'; .png and .svg are allowed")
    assert frames_predicted(tmp_path / "model") == before
