"""Training from the command line: a model, its retrained child, and both in a sweep."""

import json
from pathlib import Path

import pytest

from tests.fakes import write_world
from tests.test_cli import assert_one_line, lossproof


def train_words(root: Path, *more: str) -> list[str]:
    words = ["train", "--family", "segnet", "--data", f"camvid:{root / 'world'}"]
    return [*words, "--store", str(root / "store"), *more]


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """The pictures of the fakes, as a training split."""
    write_world(tmp_path / "world", num_samples=12, size=(64, 48))
    listing = tmp_path / "world" / "test.txt"
    (tmp_path / "world" / "train.txt").write_text(listing.read_text())
    return tmp_path


def test_a_model_its_child_and_a_sweep_of_both(
    world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = lossproof(*train_words(world, "--iterations", "6"))
    assert parent.returncode == 0, parent.stderr
    name = parent.stdout.strip()
    more = ["--codec", "jpeg", "--levels", "10", "--parent", name, "--method", "recalibrate"]
    child = lossproof(*train_words(world, *more, "--iterations", "6"))
    assert child.returncode == 0, child.stderr
    assert child.stdout.strip() != name
    words = ["sweep", "--task", "segmentation", "--data", f"camvid:{world / 'world'}", "--json"]
    words += ["--codec", "jpeg", "--levels", "10", "--store", str(world / "store")]
    swept = lossproof(*words, "--model", name, "--model", child.stdout.strip())
    assert swept.returncode == 0, swept.stderr
    rows = json.loads(swept.stdout)["rows"]
    assert len(rows) == 4
    assert len({row["cell"] for row in rows}) == 4


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["--codec", "jpeg"], ["--codec jpeg needs --levels"]),
        (["--levels", "5"], ["source has no levels, but 5 was given"]),
        (["--codec", "jpeg", "--levels", "0"], ["jpeg quality 0 is out of range"]),
        (
            ["--preset", "large"],
            ["unknown preset of segnet 'large'", "paper, small, tinytown"],
        ),
        (["--method", "distil"], ["distil needs a parent"]),
        (["--setting", "width=9"], ["width '9' is out of range", "0.01 to 4"]),
        (["--setting", "depth=9"], ["no setting 'depth'"]),
        (["--split", "val2017"], ["split 'val2017'"]),
    ],
)
def test_wrong_words(world: Path, words: list[str], parts: list[str]) -> None:
    assert_one_line(lossproof(*train_words(world, *words)), 2, *parts)
