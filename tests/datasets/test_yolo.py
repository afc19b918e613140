"""YOLO's text files: boxes in shares of the picture, names of classes, and lines that are wrong."""

import tempfile
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from lossproof.datasets.yolo import Yolo
from lossproof.datasets.yolo_names import read_names
from lossproof.records import DamagedSample

from .layouts import SIZE, write_rgb, write_text, write_yolo

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
        ("0 0.5 0.5 1.2 1", "line 2 is '0 0.5 0.5 1.2 1'; shares from 0 to 1 are allowed"),
        ("0 0.5 0.5 -0.5 1", "line 2 is '0 0.5 0.5 -0.5 1'; shares"),
        ("0 nan 0.5 1 1", "line 2 is '0 nan 0.5 1 1'; shares"),
        ("0 0.1 0.1 0.2 0.2 0.3", "line 2 is '0 0.1"),
    ],
)
def test_lines_refused(yolo: Yolo, line: str, reason: str) -> None:
    sample, other, _ = yolo.samples("val")
    sample.target.write_text(f"0 0.5 0.5 1 1\n{line}\n")
    with pytest.raises(DamagedSample, match=rf"0\.txt {reason}"):
        yolo.read_target(sample)
    assert len(yolo.read_target(other).boxes) == 2


def test_a_thing_that_reaches_beyond_the_picture_is_cut_there(yolo: Yolo) -> None:
    sample = yolo.samples("val")[0]
    sample.target.write_text("0 1 0.5 0.5 1.005\n")
    assert yolo.read_target(sample).boxes.tolist() == [[24, 0, 32, 24]]


def test_an_orientation_that_exif_does_not_have_is_none(yolo: Yolo) -> None:
    path = yolo.root / "images" / "val" / "0.jpg"
    for told in (0, 9):
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = told
        Image.open(path).save(path, exif=exif)
        assert yolo.read_target(yolo.samples("val")[0]).frame_size == SIZE


def test_a_line_that_is_there_twice_counts_once(yolo: Yolo) -> None:
    sample = yolo.samples("val")[0]
    sample.target.write_text("1 0.5 0.5 1 1\n0 0.5 0.5 1 1\n1 0.50 0.5 1 1\n")
    assert yolo.read_target(sample).labels.tolist() == [1, 0]


def test_a_polygon_is_the_box_around_it(yolo: Yolo) -> None:
    sample = yolo.samples("val")[0]
    sample.target.write_text("2 0.25 0.5 0.75 0.25 0.5 1\n0 0.5 0.5 1 1\n")
    assert yolo.read_target(sample).boxes.tolist() == [[8, 6, 24, 24], [0, 0, 32, 24]]


def test_pictures_in_folders_have_their_labels_in_folders(yolo: Yolo) -> None:
    write_rgb(yolo.root / "images" / "val" / "north" / "0.jpg", size=SIZE)
    write_text(yolo.root / "labels" / "val" / "north" / "0.txt", "1 0.5 0.5 1 1\n")
    found = {sample.id: sample for sample in yolo.samples("val")}
    assert list(found) == ["0", "1", "2", "north/0"]
    assert yolo.read_target(found["north/0"]).labels.tolist() == [1]


def test_a_link_of_labels_that_leads_nowhere_is_told(yolo: Yolo) -> None:
    labels = yolo.root / "labels" / "val" / "2.txt"
    labels.symlink_to(yolo.root / "elsewhere.txt")
    with pytest.raises(DamagedSample, match=r"2\.txt is missing"):
        yolo.read_target(yolo.samples("val")[2])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_as_opencv_turns_them(yolo: Yolo, orientation: int) -> None:
    path = yolo.root / "images" / "val" / "0.jpg"
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    Image.open(path).save(path, exif=exif, quality=95)
    sample = yolo.samples("val")[0]
    (frame,) = yolo.read_media(sample).frames[None]
    seen = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    assert frame.shape == seen.shape
    assert np.abs(frame.astype(int) - seen).max() <= 4
    target = yolo.read_target(sample)
    assert target.frame_size == (frame.shape[1], frame.shape[0])
    assert target.boxes[0].tolist() == [0, 0, *target.frame_size]


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
def test_names_that_a_yaml_library_wrote_come_back(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.yaml"
        for content in (names, dict(enumerate(names))):
            for flow in (False, True):
                path.write_text(yaml.safe_dump({"names": content}, default_flow_style=flow))
                if flow:
                    path.write_text("names: " + yaml.safe_dump(content, default_flow_style=True))
                assert list(read_names(path)) == names


def test_an_apostrophe_is_part_of_a_name(tmp_path: Path) -> None:
    path = tmp_path / "data.yaml"
    path.write_text("names: [person, driver's seat, 'it''s', no]\n")
    assert read_names(path) == ("person", "driver's seat", "it's", "no")


def test_what_is_no_yaml_is_told(tmp_path: Path) -> None:
    path = tmp_path / "data.yaml"
    path.write_text("names: [person, car\n")
    with pytest.raises(ValueError, match=r"data\.yaml is no YAML: .*line \d"):
        read_names(path)


def test_names_one_a_line(yolo: Yolo) -> None:
    (yolo.root / "data.yaml").unlink()
    write_text(yolo.root / "labels" / "classes.txt", "cat\ndog\n\nbig owl\n")
    assert Yolo(yolo.root).classes == ("cat", "dog", "big owl")


def test_classes_without_names(yolo: Yolo) -> None:
    (yolo.root / "data.yaml").unlink()
    write_text(yolo.root / "labels" / "val" / "notes.txt", "20240131 was the day\n")
    assert Yolo(yolo.root).classes == ("class 0", "class 1", "class 2")
    write_text(yolo.root / "labels" / "val.cache", "37 0.5 0.5 1 1\n")
    write_text(yolo.root / "labels" / "val" / "1.txt", "\ufeff5 0.5 0.5 1 1\n")
    assert len(Yolo(yolo.root).classes) == 6
    write_text(yolo.root / "labels" / "val" / "0.txt", "20240131 0.5 0.5 1 1\n")
    with pytest.raises(ValueError, match=r"0\.txt has the class 20240131; up to 9999 is allowed"):
        _ = Yolo(yolo.root).classes


@pytest.mark.parametrize(
    "text",
    [
        "names: {0: cat, 1: }\n",
        "nc: 3\n",
        "names:\n",
        "names: 80\n  - cat\n  - cat\n",
        "names:\n  0: cat\n  2: owl\n",
    ],
)
def test_names_refused(yolo: Yolo, text: str) -> None:
    (yolo.root / "data.yaml").write_text(text)
    with pytest.raises(ValueError, match=r"data\.yaml has \d+ names of classes"):
        _ = Yolo(yolo.root).classes
