"""Study files from the command line, right and wrong, and the paper's tables of their results."""

from pathlib import Path

import pytest

from tests.test_cli import assert_one_line, lossproof
from tests.training.worlds import write_hues

STUDY = """
from lossproof.studies import Ladder, Study, network, retraining
from lossproof.training import Recipe, Schedule

def study(data: str = "camvid:nowhere") -> Study:
    recipe = Recipe(
        family="segnet",
        data=data,
        schedule=Schedule(learning_rate=0.05, batch_size=4, iterations=2),
        settings={"width": 0.125},
    )
    plain = Study(name="mine", title="Mine", task="segmentation", data=data, split="val")
    ladder = Ladder(codec="jpeg", levels=(95, 10))
    return retraining(plain, network(recipe), ladder, methods=["recalibrate"], table=1)
"""


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    (tmp_path / "mine.py").write_text(STUDY)
    data = write_hues(tmp_path / "world")
    file, store = str(tmp_path / "mine.py"), str(tmp_path / "store")
    return ["study", file, "--data", data, "--store", store]


def test_a_study_is_run_once_and_reported(words: list[str], tmp_path: Path) -> None:
    first = lossproof(*words)
    assert first.returncode == 0, first.stderr
    assert "Table I, Segmentation, Mine; paper: SegNet on Cityscapes (A): before retraining" in (
        first.stdout
    )
    assert "(B): after recalibration, without labels" in first.stdout
    assert "lossproof: baseline is " in first.stderr
    again = lossproof(*words)
    assert again.stdout == first.stdout
    report = lossproof("report", str(tmp_path / "store"), "--paper")
    assert report.returncode == 0, report.stderr
    assert "Table V, Human action recognition, Two-stream on UCF101 (B)" in report.stdout
    assert (tmp_path / "store" / "report" / "paper.html").is_file()
    table = lossproof("report", str(tmp_path / "store"), "--paper", "--format", "csv")
    assert table.stdout == (tmp_path / "store" / "report" / "paper.csv").read_text()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "is not there; a Python file is allowed"),
        ("x = 1\n", "has no function study(data)"),
        ("def study(data): return 3\n", "gave int; a Study is allowed"),
        ("def study(): return 3\n", "takes no data; it names its own"),
        ("1/0\n", "fails: ZeroDivisionError: division by zero"),
        ("def study(data): return 1/0\n", "fails: ZeroDivisionError: division by zero"),
    ],
)
def test_wrong_files(words: list[str], tmp_path: Path, text: str | None, message: str) -> None:
    file = tmp_path / "mine.py"
    file.unlink()
    if text is not None:
        file.write_text(text)
    assert_one_line(lossproof(*words), 2, message)


def test_data_that_is_not_there(words: list[str]) -> None:
    assert_one_line(lossproof(*words[:2]), 2, "nowhere")


def test_wrong_words_of_the_report(tmp_path: Path) -> None:
    missing = str(tmp_path / "none")
    assert_one_line(lossproof("report", missing, "--paper"), 2, "there is no store")
    tmp_path.joinpath("here").mkdir()
    wrong = lossproof("report", str(tmp_path / "here"), "--paper", "--format", "xml")
    assert_one_line(wrong, 2, "unknown format 'xml'; known: csv, latex, html")
