"""The command line on other tasks than segmentation: real files, damaged and sound."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.datasets.layouts import LAYOUTS
from tests.test_cli import assert_one_line, lossproof

DETECTOR = """
class Nobody:
    def predict(self, frames):
        return [{"boxes": [], "scores": [], "labels": []} for _ in frames]
"""


def test_half_of_the_clips_are_truncated_and_the_others_are_measured(tmp_path: Path) -> None:
    LAYOUTS["clips"](tmp_path / "clips")
    files = sorted(path for path in (tmp_path / "clips").rglob("*.*") if path.suffix != ".csv")
    damaged = files[::2]
    for path in damaged:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    words = ["--task", "fidelity", "--data", f"clips:{tmp_path / 'clips'}", "--model", "identity"]
    words += ["--codec", "h264", "--levels", "30", "--store", str(tmp_path / "store"), "--json"]
    done = lossproof("sweep", *words)
    assert done.returncode == 1, done.stderr
    source, coded = json.loads(done.stdout)["rows"]
    assert coded["num_samples"] == len(files) - len(damaged)
    assert {Path(one["sample_id"]).name for one in coded["failures"]} == {p.stem for p in damaged}
    assert coded["kbit_per_second"] == pytest.approx(
        8 * coded["num_bytes"] / 1000 / coded["duration_seconds"]
    )
    assert source["scores"]["psnr_db"] == 100.0
    assert coded["scores"]["psnr_db"] < 60


def test_a_detector_that_finds_nothing_has_no_precision_and_no_traceback(tmp_path: Path) -> None:
    LAYOUTS["voc"](tmp_path / "voc")
    (tmp_path / "nobody.py").write_text(DETECTOR)
    words = ["--task", "detection", "--data", f"voc:{tmp_path / 'voc'}", "--codec", "jpeg"]
    words += ["--model", f"{tmp_path / 'nobody.py'}:Nobody", "--levels", "50"]
    done = lossproof("sweep", *words, "--store", str(tmp_path / "store"), "--json")
    assert done.returncode in (0, 1), done.stderr
    for row in json.loads(done.stdout)["rows"]:
        assert row["scores"]["ap"] == row["scores"]["voc_ap"] == 0.0


def test_where_nothing_is_annotated_it_is_said(tmp_path: Path) -> None:
    LAYOUTS["yolo"](tmp_path / "yolo")
    for path in (tmp_path / "yolo" / "labels").rglob("*.txt"):
        path.unlink()
    (tmp_path / "nobody.py").write_text(DETECTOR)
    words = ["--task", "detection", "--data", f"yolo:{tmp_path / 'yolo'}", "--codec", "jpeg"]
    words += ["--model", f"{tmp_path / 'nobody.py'}:Nobody", "--levels", "50"]
    done = lossproof("sweep", *words, "--store", str(tmp_path / "store"))
    assert done.returncode == 0, done.stderr
    assert "no score is defined: nothing is annotated in these samples" in done.stderr


def test_where_a_model_finds_nothing_its_labels_are_not_missed(tmp_path: Path) -> None:
    LAYOUTS["yolo"](tmp_path / "yolo")
    (tmp_path / "nobody.py").write_text(DETECTOR)
    words = ["--task", "detection", "--data", f"yolo:{tmp_path / 'yolo'}", "--codec", "jpeg"]
    words += ["--model", f"{tmp_path / 'nobody.py'}:Nobody", "--levels", "50", "--labels", "model"]
    done = lossproof("sweep", *words, "--store", str(tmp_path / "store"))
    assert done.returncode == 0, done.stderr
    assert "no score is defined: the models found nothing in the sources" in done.stderr


def test_settings_of_the_metric_are_part_of_the_result(tmp_path: Path) -> None:
    LAYOUTS["rgbd"](tmp_path / "rgbd")
    (tmp_path / "flat.py").write_text(
        "import numpy as np\n"
        "class Flat:\n"
        "    def __init__(self, metres='2'):\n"
        "        self.metres = float(metres)\n"
        "    def predict(self, frames):\n"
        "        return [np.full(frame.shape[:2], self.metres) for frame in frames]\n"
    )
    rows = []
    for task, model in (("depth", "Flat"), ("depth:cap=3", "Flat"), ("depth", "Flat,metres=1")):
        words = ["--task", task, "--data", f"rgbd:{tmp_path / 'rgbd'}", "--codec", "jpeg"]
        words += ["--model", f"{tmp_path / 'flat.py'}:{model}", "--levels", "50", "--json"]
        done = lossproof("sweep", *words, "--split", "all", "--store", str(tmp_path / "store"))
        assert done.returncode == 0, done.stderr
        rows.append(json.loads(done.stdout)["rows"][0])
    assert len({row["cell"] for row in rows}) == 3
    assert [row["metric_settings"]["cap"] for row in rows] == [80.0, 3.0, 80.0]
    assert rows[2]["model"] == "flat:Flat metres=1"
    assert np.isfinite([row["scores"]["abs_rel"] for row in rows]).all()


def test_a_model_that_wants_boxes_gets_those_of_the_people(tmp_path: Path) -> None:
    """What it answers is the target itself, moved with its box: everybody is found."""
    LAYOUTS["coco_keypoints"](tmp_path / "coco")
    (tmp_path / "boxed.py").write_text(
        "import numpy as np\n"
        "class Boxed:\n"
        "    wants_boxes = True\n"
        "    def predict(self, frames):\n"
        "        raise RuntimeError('without boxes')\n"
        "    def predict_in_boxes(self, frames, boxes):\n"
        "        found = []\n"
        "        for frame, some in zip(frames, boxes):\n"
        "            assert (some[:, 2] <= frame.shape[1] + 1).all()\n"
        "            middles = (some[:, :2] + some[:, 2:]) / 2\n"
        "            points = np.concatenate([middles, np.ones((len(some), 1))], axis=1)\n"
        "            keypoints = np.repeat(points[:, None], 17, axis=1)\n"
        "            found.append({'keypoints': keypoints, 'scores': np.ones(len(some))})\n"
        "        return found\n"
    )
    words = ["--task", "pose", "--data", f"coco_keypoints:{tmp_path / 'coco'}", "--codec", "jpeg"]
    words += ["--model", f"{tmp_path / 'boxed.py'}:Boxed", "--levels", "50", "--json"]
    words += ["--frame-size", "native", "--frame-size", "24x16"]
    done = lossproof("sweep", *words, "--store", str(tmp_path / "store"))
    assert done.returncode in (0, 1), done.stderr
    native, _, small, _ = json.loads(done.stdout)["rows"]
    assert native["scores"]["oks_ar"] == pytest.approx(small["scores"]["oks_ar"])


@pytest.mark.parametrize(
    ("layout", "words", "parts"),
    [
        ("clips", ["--task", "fidelity", "--codec", "jpeg"], ["jpeg codes pictures", "has clips"]),
        ("clips", ["--task", "depth", "--codec", "h264"], ["clips is for action"]),
        ("rgbd", ["--task", "depth:cap=0", "--codec", "jpeg"], ["depth cap '0' is out of range"]),
        (
            "rgbd",
            ["--task", "depth:crop=all", "--codec", "jpeg"],
            ["none, garg, eigen are"],
        ),
        (
            "voc",
            ["--task", "detection", "--codec", "h264", "--levels", "52"],
            ["crf 52", "to 51"],
        ),
    ],
)
def test_wrong_words(layout: str, words: list[str], parts: list[str], tmp_path: Path) -> None:
    LAYOUTS[layout](tmp_path / layout)
    given = ["--data", f"{layout}:{tmp_path / layout}", "--store", str(tmp_path / "store")]
    assert_one_line(lossproof("sweep", *words, *given, "--model", "identity"), 2, *parts)
