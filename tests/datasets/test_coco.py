"""COCO: labels in the order of ids, people, and annotation files that contradict themselves."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lossproof.datasets.coco import Coco
from lossproof.datasets.coco_keypoints import CocoKeypoints
from lossproof.datasets.dataset import Dataset
from lossproof.datasets.fingerprint import fingerprint
from lossproof.records import DamagedSample

from .layouts import (
    SIZE,
    coco_content,
    person_content,
    write_coco_file,
    write_rgb,
    write_text,
)

Change = Callable[[dict[str, Any]], object]
FIRST = "000000000010"


def make(root: Path, kind: type[Dataset], change: Change | None = None) -> Dataset:
    """A dataset of either kind, with its annotation file changed."""
    content, name = coco_content(), "instances"
    if kind is CocoKeypoints:
        content, name = person_content(), "person_keypoints"
    write_coco_file(root, content, kind=name)
    if change:
        change(content)
        write_text(root / "annotations" / f"{name}_val2017.json", json.dumps(content))
    return kind(root)


def test_objects_by_hand(tmp_path: Path) -> None:
    dataset = make(tmp_path, Coco)
    assert dataset.classes == ("person", "cup")
    first, second, third = map(dataset.read_target, dataset.samples("val2017"))
    assert first.boxes.tolist() == [[2.5, 3, 12.5, 23], [0, 0, 32, 12]]
    assert first.labels.tolist() == [1, 0]
    assert first.crowd.tolist() == [False, True]
    assert first.areas.tolist() == [80.5, 32 * 12]
    assert first.frame_size == SIZE
    assert second.labels.tolist() == [1]
    assert third.boxes.shape == (0, 4)
    assert third.num_classes == 2


def test_people_by_hand(tmp_path: Path) -> None:
    dataset = make(tmp_path, CocoKeypoints)
    first, _, third = map(dataset.read_target, dataset.samples("val2017"))
    assert first.keypoints.shape == (2, 17, 3)
    assert first.keypoints[0, :3].tolist() == [[5, 6, 2], [0, 0, 0], [7, 8, 1]]
    assert first.num_labelled.tolist() == [2, 0]
    assert first.crowd.tolist() == [False, True]
    assert first.boxes[0].tolist() == [2.5, 3, 12.5, 23]
    assert first.areas.tolist() == [80.5, 32 * 12]
    assert third.keypoints.shape == (0, 17, 3)


def test_people_are_a_split_of_their_own(tmp_path: Path) -> None:
    dataset = make(tmp_path, CocoKeypoints)
    assert len(dataset.samples("val2017")) == 3
    people = dataset.samples("val2017_people")
    assert [sample.id for sample in people] == [FIRST, "000000000011"]
    assert list(people) == list(dataset.samples("val2017"))[:2]


@pytest.mark.parametrize("kind", [Coco, CocoKeypoints])
def test_pictures_in_a_folder_of_pictures(tmp_path: Path, kind: type[Dataset]) -> None:
    make(tmp_path, kind)
    (tmp_path / "images").mkdir()
    (tmp_path / "val2017").rename(tmp_path / "images" / "val2017")
    dataset = kind(tmp_path)
    for sample in dataset.samples("val2017"):
        assert dataset.read_media(sample).frames.shape == (24, 32, 3)


@pytest.mark.parametrize("kind", [Coco, CocoKeypoints])
def test_a_listed_picture_that_is_absent(tmp_path: Path, kind: type[Dataset]) -> None:
    dataset = make(tmp_path, kind)
    (tmp_path / "val2017" / f"{FIRST}.jpg").unlink()
    sample, other, _ = dataset.samples("val2017")
    for read in (dataset.read_media, dataset.read_target):
        with pytest.raises(DamagedSample, match=rf"{FIRST}\.jpg is missing"):
            read(sample)
        read(other)


def test_pictures_that_are_not_listed_do_not_count(tmp_path: Path) -> None:
    dataset = make(tmp_path, Coco)
    write_rgb(tmp_path / "val2017" / "other.jpg", size=SIZE)
    assert len(dataset.samples("val2017")) == 3


def test_the_annotation_file_counts_in_the_fingerprint(tmp_path: Path) -> None:
    dataset = make(tmp_path, Coco)
    before = fingerprint(dataset.samples("val2017"))
    make(tmp_path, Coco, lambda content: content["annotations"][0].update(area=81))
    assert fingerprint(dataset.samples("val2017")) != before
    assert dataset.read_target(dataset.samples("val2017")[0]).areas[0] == 81


@pytest.mark.parametrize("kind", [Coco, CocoKeypoints])
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda c: c.pop("images"), "is no COCO annotation file: images: Field required"),
        (lambda c: c["images"][1].pop("width"), r"images\.1\.width: Field required"),
        (lambda c: c["annotations"][0].update(bbox="all"), r"annotations\.0\.bbox: Input should"),
        (lambda c: c["images"].append(c["images"][0]), f"lists '{FIRST}' twice"),
        (lambda c: c["images"][1].update(id=10), "has the same id for several images"),
        (
            lambda c: c["annotations"][0].update(image_id=77),
            "annotation 0 is of image 77, which is not listed",
        ),
        (lambda c: c["images"][0].update(file_name="../x.jpg"), r"names '\.\./x\.jpg'; a file"),
        (lambda c: c["images"][0].update(file_name="C:x.jpg"), "names 'C:x.jpg'; a file below"),
        (lambda c: c["images"][0].update(file_name=r"a\x.jpg"), "names .*, with / between folders"),
        (
            lambda c: c["categories"].append(c["categories"][0]),
            "has the same id for several categories",
        ),
        (lambda c: c.update(images=[], annotations=[]), "lists no samples"),
    ],
)
def test_files_refused(tmp_path: Path, kind: type[Dataset], change: Change, reason: str) -> None:
    with pytest.raises(ValueError, match=rf"_val2017\.json.*{reason}") as caught:
        make(tmp_path, kind, change).samples("val2017")
    assert "\n" not in str(caught.value)


def test_a_colon_in_a_name(tmp_path: Path) -> None:
    name = "cam1_10:00:00"
    change: Change = lambda c: c["images"][0].update(file_name=f"{name}.jpg")  # noqa: E731
    assert make(tmp_path, Coco, change).samples("val2017")[0].id == name


@pytest.mark.parametrize("text", ["", "not JSON", "[1, 2]", '{"images": [', "null"])
def test_no_json(tmp_path: Path, text: str) -> None:
    make(tmp_path, CocoKeypoints)
    write_text(tmp_path / "annotations" / "person_keypoints_val2017.json", text)
    with pytest.raises(ValueError, match=r"_val2017\.json is no COCO annotation file: [^\n]+$"):
        CocoKeypoints(tmp_path).samples("val2017")


@pytest.mark.parametrize("kind", [Coco, CocoKeypoints])
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda a: a.update(bbox=[1, 2, 3]), "annotation 0 has 3 numbers for its box; 4 are"),
        (lambda a: a.update(bbox=[1, 2, 40, 3]), "has the box 1, 2, 41, 5 .* within 0, 0, 32, 24"),
        (lambda a: a.update(bbox=[-3, 2, 4, 3]), "has the box -3, 2, 1, 5"),
        (lambda a: a.update(bbox=[9, 2, -4, 3]), "has the box 9, 2, 5, 5"),
        (lambda a: a.update(bbox=[float("nan"), 2, 4, 3]), "has the box nan, 2, nan, 5"),
    ],
)
def test_boxes_refused(tmp_path: Path, kind: type[Dataset], change: Change, reason: str) -> None:
    dataset = make(tmp_path, kind, lambda content: change(content["annotations"][0]))
    sample, other, _ = dataset.samples("val2017")
    with pytest.raises(DamagedSample, match=rf"\.json for {FIRST}\.jpg:? {reason}"):
        dataset.read_target(sample)
    dataset.read_target(other)


def test_boxes_may_be_rounded(tmp_path: Path) -> None:
    dataset = make(tmp_path, Coco, lambda c: c["annotations"][0].update(bbox=[0, 0, 32.6, 24]))
    boxes = dataset.read_target(dataset.samples("val2017")[0]).boxes
    assert boxes[0].tolist() == pytest.approx([0, 0, 32.6, 24])


@pytest.mark.parametrize(
    ("keypoints", "reason"),
    [
        ([1, 2, 2] * 16, "annotation 0 has 48 numbers for its keypoints; 51 are allowed"),
        ([], "has 0 numbers"),
        (None, "has 0 numbers"),
        ([1, 2, 3] * 17, "another visibility than 0, 1, 2"),
        ([float("inf"), 2, 2] * 17, "or no numbers"),
    ],
)
def test_keypoints_refused(tmp_path: Path, keypoints: list[float] | None, reason: str) -> None:
    dataset = make(
        tmp_path, CocoKeypoints, lambda c: c["annotations"][0].update(keypoints=keypoints)
    )
    sample, other, _ = dataset.samples("val2017")
    with pytest.raises(DamagedSample, match=rf"{FIRST}\.jpg.*{reason}"):
        dataset.read_target(sample)
    assert len(dataset.read_target(other).boxes) == 1


def test_picture_of_another_size(tmp_path: Path) -> None:
    dataset = make(tmp_path, Coco)
    write_rgb(tmp_path / "val2017" / f"{FIRST}.jpg", size=(24, 32))
    with pytest.raises(DamagedSample, match=r"gives 32x24 and its picture .* is 24x32"):
        dataset.read_target(dataset.samples("val2017")[0])


def test_unknown_category(tmp_path: Path) -> None:
    dataset = make(tmp_path, Coco, lambda c: c["annotations"][0].update(category_id=5))
    with pytest.raises(DamagedSample, match=r"has the categories \[5\]; \[1, 47\] are allowed"):
        dataset.read_target(dataset.samples("val2017")[0])


def test_categories_are_those_of_every_split(tmp_path: Path) -> None:
    dataset = make(tmp_path, Coco)
    content = coco_content()
    content["categories"][0]["name"] = "mug"
    write_coco_file(tmp_path, content, kind="instances", split="train2017")
    assert len(dataset.samples("val2017")) == 3
    with pytest.raises(ValueError, match="has other categories than"):
        dataset.samples("train2017")


def test_categories_of_one_name(tmp_path: Path) -> None:
    dataset = make(tmp_path, Coco, lambda c: c["categories"][1].update(name="cup"))
    with pytest.raises(ValueError, match=r"has the categories \('cup', 'cup'\)"):
        dataset.samples("val2017")


def test_a_sample_that_the_file_no_longer_lists(tmp_path: Path) -> None:
    dataset = make(tmp_path, Coco)
    sample = dataset.samples("val2017")[2]
    make(tmp_path, Coco, lambda content: content["images"].pop())
    with pytest.raises(DamagedSample, match="does not list '000000000012'"):
        dataset.read_target(sample)


def test_boxes_agree_with_pycocotools(tmp_path: Path) -> None:
    coco = pytest.importorskip("pycocotools.coco")
    dataset = make(tmp_path, CocoKeypoints)
    reference = coco.COCO(str(tmp_path / "annotations" / "person_keypoints_val2017.json"))
    for sample, number in zip(dataset.samples("val2017"), reference.getImgIds(), strict=True):
        annotations = reference.loadAnns(reference.getAnnIds(imgIds=[number]))
        target = dataset.read_target(sample)
        sizes = target.boxes[:, 2:] - target.boxes[:, :2]
        found = np.concatenate([target.boxes[:, :2], sizes], axis=1)
        expected = np.array([a["bbox"] for a in annotations]).reshape(-1, 4)
        assert np.allclose(found, expected)
        assert target.crowd.tolist() == [bool(a.get("iscrowd", 0)) for a in annotations]
