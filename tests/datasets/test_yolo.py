"""YOLO's text files: boxes in shares of the picture, names of classes, and lines that are wrong."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossproof.datasets.yolo import Yolo
from lossproof.datasets.yolo_names import read_names
from lossproof.records import DamagedSample

from .layouts import write_text, write_yolo

NAMES = ["cat", "traffic light", "owl: great, horned"]
FORMS = [
    "names: ['cat', \"traffic light\", 'owl: great, horned']\n",
    "nc: 3\nnames:\n- cat\n- traffic light\n- 'owl: great, horned'\ntrain: images/train\n",
    "names:\n  0: cat  # the first\n\n  1: traffic light\n  2: 'owl: great, horned'\nnc: 3\n",
    "names:\n  2: 'owl: great, horned'\n  0: cat\n  1: traffic light\n",
    "names: {0: cat, 1: 'traffic light', 2: 'owl: great, horned'}\n",
    "names: [cat,\n  traffic light,\n  'owl: great, horned']\nnc: 3\n",
]


@pytest.fixture
def yolo(tmp_path: Path) -> Yolo:
    write_yolo(tmp_path)
    return Yolo(tmp_path)


def test_boxes_by_hand(yolo: Yolo) -> None:
    target = yolo.read_target(yolo.samples("val")[0])
    # A quarter of 32 wide around x = 8, half of 24 high around y = 12.
    assert target.boxes.tolist() == [[0, 0, 32, 24], [4, 6, 12, 18]]
    assert target.labels.tolist() == [0, 2]
    assert target.areas.tolist() == [32 * 24, 8 * 12]
    assert yolo.classes == ("cat", "dog", "owl")


def test_no_label_file_means_no_objects(yolo: Yolo) -> None:
    sample = yolo.samples("val")[2]
    assert sample.target is None
    assert yolo.read_target(sample).boxes.shape == (0, 4)
    write_text(yolo.root / "labels" / "val" / "2.txt", "\n")
    assert yolo.read_target(yolo.samples("val")[2]).boxes.shape == (0, 4)


def test_names_of_splits_as_in_coco(yolo: Yolo) -> None:
    expected = [sample.id for sample in yolo.samples("val")]
    for tree in ("images", "labels"):
        (yolo.root / tree / "val").rename(yolo.root / tree / "val2017")
    assert [sample.id for sample in yolo.samples("val")] == expected
    with pytest.raises(ValueError, match="splits there: val"):
        yolo.samples("train")


def test_other_files_are_left_alone(yolo: Yolo) -> None:
    for name in (".DS_Store", "._0.jpg", "notes.txt"):
        (yolo.root / "images" / "val" / name).touch()
    assert len(yolo.samples("val")) == 3


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("0 0.5 0.5 1", "line 2 is '0 0.5 0.5 1'; class, x, y, width and height"),
        ("0 0.5 0.5 1 1 0.9", "line 2 is '0 0.5"),
        ("cat 0.5 0.5 1 1", "line 2 is"),
        ("3 0.5 0.5 1 1", "line 2 has the class 3; 0 to 2 are allowed"),
        ("-1 0.5 0.5 1 1", "line 2 has the class -1"),
        ("0.5 0.5 0.5 1 1", "line 2 has the class 0.5"),
        ("nan 0.5 0.5 1 1", "line 2 has the class nan"),
        ("0 0.5 0.5 1.2 1", r"has the box -3.2, 0, 35.2, 24 \(object 2\)"),
        ("0 0.5 0.5 -0.5 1", "has the box 24, 0, 8, 24"),
        ("0 nan 0.5 1 1", "has the box nan"),
    ],
)
def test_lines_refused(yolo: Yolo, line: str, reason: str) -> None:
    sample, other, _ = yolo.samples("val")
    sample.target.write_text(f"0 0.5 0.5 1 1\n{line}\n")
    with pytest.raises(DamagedSample, match=rf"0\.txt {reason}"):
        yolo.read_target(sample)
    assert len(yolo.read_target(other).boxes) == 2


@pytest.mark.parametrize("text", FORMS)
def test_names_in_every_form(tmp_path: Path, text: str) -> None:
    path = tmp_path / "data.yaml"
    path.write_text(f"# a set\npath: .\nval: images/val\n{text}")
    assert list(read_names(path)) == NAMES


@settings(deadline=None)
@given(
    names=st.lists(
        st.from_regex(r"[a-z](?:[a-z _.-]{0,8}[a-z0-9])?", fullmatch=True),
        min_size=1,
        max_size=12,
        unique=True,
    )
)
def test_names_agree_with_a_yaml_library(names: list[str]) -> None:
    yaml = pytest.importorskip("yaml")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.yaml"
        for content in (names, dict(enumerate(names))):
            for flow in (False, True):
                path.write_text(yaml.safe_dump({"names": content}, default_flow_style=flow))
                if flow:
                    path.write_text("names: " + yaml.safe_dump(content, default_flow_style=True))
                assert list(read_names(path)) == names


def test_names_one_a_line(yolo: Yolo) -> None:
    (yolo.root / "data.yaml").unlink()
    write_text(yolo.root / "labels" / "classes.txt", "cat\ndog\n\nbig owl\n")
    assert Yolo(yolo.root).classes == ("cat", "dog", "big owl")


def test_classes_without_names(yolo: Yolo) -> None:
    (yolo.root / "data.yaml").unlink()
    assert Yolo(yolo.root).classes == ("class 0", "class 1", "class 2")


@pytest.mark.parametrize(
    "text", ["nc: 3\n", "names:\n", "names: 80\n  - cat\n  - cat\n", "names:\n  0: cat\n  2: owl\n"]
)
def test_names_refused(yolo: Yolo, text: str) -> None:
    (yolo.root / "data.yaml").write_text(text)
    with pytest.raises(ValueError, match=r"data\.yaml has \d+ names of classes"):
        _ = Yolo(yolo.root).classes
