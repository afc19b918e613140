"""Cityscapes: the official ids, the order of samples, and incomplete copies."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lossproof.datasets.cityscapes import Cityscapes
from lossproof.records import DamagedSample

from .layouts import CITYSCAPES_SIZE, write_street

# labelId: trainId of cityscapesScripts, written out from its table.
OFFICIAL = {
    7: (0, "road"),
    8: (1, "sidewalk"),
    11: (2, "building"),
    12: (3, "wall"),
    13: (4, "fence"),
    17: (5, "pole"),
    19: (6, "traffic light"),
    20: (7, "traffic sign"),
    21: (8, "vegetation"),
    22: (9, "terrain"),
    23: (10, "sky"),
    24: (11, "person"),
    25: (12, "rider"),
    26: (13, "car"),
    27: (14, "truck"),
    28: (15, "bus"),
    31: (16, "train"),
    32: (17, "motorcycle"),
    33: (18, "bicycle"),
}


def test_label_ids_become_train_ids(cityscapes: Cityscapes) -> None:
    class_map = cityscapes.read_target(cityscapes.samples("val")[0]).class_map
    for label_id, found in enumerate(class_map.ravel()[:34].tolist()):
        assert found == OFFICIAL.get(label_id, (255, ""))[0]
    assert cityscapes.classes == tuple(name for _, name in OFFICIAL.values())
    assert cityscapes.palette[13] == (0, 0, 142)


def test_samples_sort_by_city_then_name(tmp_path: Path) -> None:
    for city, name in (("b", "b_2"), ("b", "b_1"), ("a", "z"), ("ab", "c")):
        write_street(tmp_path, split="val", city=city, name=name)
    ids = [sample.id for sample in Cityscapes(tmp_path).samples("val")]
    assert ids == ["a/z", "ab/c", "b/b_1", "b/b_2"]


def test_test_labels_are_all_ignored(cityscapes: Cityscapes) -> None:
    class_map = cityscapes.read_target(cityscapes.samples("test")[0]).class_map
    assert np.unique(class_map).tolist() == [255]


def test_other_files_beside_the_labels_are_left_alone(cityscapes: Cityscapes) -> None:
    samples = cityscapes.samples("val")
    for ending in ("color.png", "instanceIds.png", "polygons.json"):
        (samples[0].target.parent / f"frankfurt_000001_000019_gtFine_{ending}").touch()
    (samples[0].target.parent / f"._{samples[0].target.name}").touch()
    (samples[0].media.parent / f"._{samples[0].media.name}").touch()
    assert cityscapes.samples("val") == samples


@pytest.mark.parametrize("lost", ["media", "target"])
def test_one_of_a_pair_is_missing(cityscapes: Cityscapes, lost: str) -> None:
    samples = cityscapes.samples("val")
    getattr(samples[0], lost).unlink()
    assert cityscapes.samples("val") == samples
    with pytest.raises(DamagedSample, match=r"frankfurt_000001_000019_.*\.png is missing"):
        cityscapes.read_target(samples[0])


@pytest.mark.parametrize("value", [34, 255])
def test_value_without_a_meaning(cityscapes: Cityscapes, value: int) -> None:
    sample = cityscapes.samples("val")[0]
    Image.new("L", CITYSCAPES_SIZE, value).save(sample.target)
    with pytest.raises(DamagedSample, match=rf"\[{value}\]; 0 to 33 are allowed"):
        cityscapes.read_target(sample)


def test_one_tree_is_missing(cityscapes: Cityscapes) -> None:
    shutil.rmtree(cityscapes.root / "gtFine")
    with pytest.raises(ValueError, match="looked for the folder gtFine; found leftImg8bit"):
        Cityscapes(cityscapes.root)


def test_absent_and_empty_splits(cityscapes: Cityscapes) -> None:
    shutil.rmtree(cityscapes.root / "leftImg8bit" / "train")
    with pytest.raises(ValueError, match="splits there: val, test"):
        cityscapes.samples("train")
    for tree in ("leftImg8bit", "gtFine"):
        shutil.rmtree(cityscapes.root / tree / "val" / "munster")
        shutil.rmtree(cityscapes.root / tree / "val" / "frankfurt")
    with pytest.raises(ValueError, match=r"val has no CITY/\*_leftImg8bit\.png"):
        cityscapes.samples("val")
