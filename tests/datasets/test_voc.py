"""PASCAL VOC: boxes counted from 1, difficult objects, years, and annotations that are wrong."""

from pathlib import Path

import numpy as np
import pytest

from lossproof.datasets.voc import Voc
from lossproof.records import DamagedSample

from .layouts import SIZE, write_rgb, write_voc


@pytest.fixture
def voc(tmp_path: Path) -> Voc:
    write_voc(tmp_path)
    return Voc(tmp_path)


def edit(dataset: Voc, old: str, new: str) -> None:
    """Change the annotation of the first picture."""
    path = dataset.samples("test")[0].target
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_boxes_by_hand(voc: Voc) -> None:
    target = voc.read_target(voc.samples("test")[0])
    # Pixels 3 to 12 across and 5 to 20 down, counted from 1; the dog fills the picture.
    assert target.boxes.tolist() == [[2, 4, 12, 20], [0, 0, 32, 24]]
    assert target.areas.tolist() == [10 * 16, 32 * 24]
    assert [voc.classes[label] for label in target.labels] == ["cat", "dog"]
    assert target.difficult.tolist() == [False, True]
    assert not target.crowd.any()
    assert target.frame_size == SIZE


def test_classes_are_in_the_official_order() -> None:
    assert len(Voc.classes) == 20
    assert list(Voc.classes) == sorted(Voc.classes)


@pytest.mark.parametrize("place", [".", "VOCdevkit", "VOCdevkit/VOC2007"])
def test_any_of_its_folders_will_do(voc: Voc, place: str) -> None:
    assert Voc(voc.root / place).samples("test") == voc.samples("test")


def test_years_are_joined_where_both_list_the_split(voc: Voc) -> None:
    write_voc(voc.root, year="VOC2012", names=("2008_000001",))
    assert [sample.id for sample in voc.samples("test")] == ["000001", "000004", "2008_000001"]
    (voc.root / "VOCdevkit" / "VOC2012" / "ImageSets" / "Main" / "test.txt").unlink()
    assert len(voc.samples("test")) == 2


def test_lists_of_a_class(voc: Voc) -> None:
    listing = voc.root / "VOCdevkit" / "VOC2007" / "ImageSets" / "Main" / "test.txt"
    listing.write_text("000001  1\n000004 -1\n")
    assert [sample.id for sample in voc.samples("test")] == ["000001", "000004"]
    listing.write_text("../000001\n")
    with pytest.raises(ValueError, match="a file below the dataset's folder"):
        voc.samples("test")


def test_fractions_of_pixels_and_no_objects(voc: Voc) -> None:
    edit(voc, "<xmin>3</xmin>", "<xmin>3.25</xmin>")
    assert voc.read_target(voc.samples("test")[0]).boxes[0, 0] == 2.25
    path = voc.samples("test")[0].target
    path.write_text("<annotation><size><width>32</width><height>24</height></size></annotation>")
    target = voc.read_target(voc.samples("test")[0])
    assert target.boxes.shape == (0, 4)
    assert target.labels.dtype == np.int64


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<name>cat</name>", "<name>unicorn</name>", "has an object 'unicorn'; aeroplane, "),
        ("<xmin>3</xmin>", "<xmin>left</xmin>", "has 'left' for bndbox/xmin; a number"),
        ("<xmin>3</xmin>", "", "has None for bndbox/xmin"),
        ("<xmin>3</xmin>", "<xmin>nan</xmin>", "has .nan. for bndbox.xmin"),
        ("<xmin>3</xmin>", "<xmin>14</xmin>", r"has the box 13, 4, 12, 20 \(object 1\); x1 <= x2"),
        ("<xmax>32</xmax>", "<xmax>34</xmax>", r"has the box 0, 0, 34, 24 \(object 2\)"),
        ("<width>32</width>", "<width>24</width>", "gives 24x24 and its picture .* is 32x24"),
        ("<annotation>", "<!DOCTYPE a [<!ENTITY b 'c'>]><annotation>", "has a document type"),
        ("</annotation>", "", "is truncated or no XML"),
    ],
)
def test_annotations_refused(voc: Voc, old: str, new: str, reason: str) -> None:
    edit(voc, old, new)
    sample, other = voc.samples("test")
    with pytest.raises(DamagedSample, match=rf"000001\.xml.* {reason}|000001\.xml {reason}"):
        voc.read_target(sample)
    assert len(voc.read_target(other).boxes) == 2


def test_another_encoding_cannot_hide_a_document_type(voc: Voc) -> None:
    path = voc.samples("test")[0].target
    path.write_text("<!DOCTYPE a><annotation/>", encoding="utf-16")
    with pytest.raises(DamagedSample, match="is not UTF-8"):
        voc.read_target(voc.samples("test")[0])


def test_pictures_without_annotation(voc: Voc) -> None:
    write_rgb(voc.root / "VOCdevkit" / "VOC2007" / "JPEGImages" / "000009.jpg", size=SIZE)
    with (voc.root / "VOCdevkit" / "VOC2007" / "ImageSets" / "Main" / "test.txt").open("a") as file:
        file.write("000009\n")
    with pytest.raises(DamagedSample, match=r"000009\.xml is missing"):
        voc.read_target(voc.samples("test")[2])
