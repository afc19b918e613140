"""Every layout, read again by the reader of that layout, sample by sample."""

import json
from pathlib import Path

import numpy as np
import pytest
from pycocotools.coco import COCO

from lossproof.datasets import Dataset, dataset_class
from lossproof.tinytown.export import LAYOUTS, export
from lossproof.tinytown.export.cityscapes import LABEL_IDS
from lossproof.tinytown.export.coco import run_lengths
from lossproof.tinytown.export.ucf101 import CLASS_NAMES
from lossproof.tinytown.truth import ACTIONS, CLASSES, THINGS

SPLITS = ("train", "val", "test")
PICTURES = {"cityscapes": "segmentation", "coco": "detection", "coco_keypoints": "pose"}


@pytest.fixture(scope="module")
def exported(world: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder of each layout."""
    root = tmp_path_factory.mktemp("exported")
    for layout in LAYOUTS:
        export(world, root / layout, layout=layout)
    return {name: root / layout.name for layout in LAYOUTS.values() for name in layout.datasets}


def own(world: Path, task: str) -> Dataset:
    return dataset_class(f"tinytown_{task}")(world)


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("split", SPLITS)
def test_pictures_are_the_same(
    name: str, split: str, exported: dict[str, Path], world: Path
) -> None:
    ours, theirs = own(world, PICTURES[name]), dataset_class(name)(exported[name])
    pairs = list(zip(ours.samples(split), theirs.samples(split), strict=True))
    assert len(pairs) >= 6
    for one, other in pairs:
        expected, found = ours.read_media(one), theirs.read_media(other)
        assert np.array_equal(found.frames, expected.frames)
        assert found.num_bytes == expected.num_bytes


@pytest.mark.parametrize("split", SPLITS)
def test_cityscapes_has_the_classes(split: str, exported: dict[str, Path], world: Path) -> None:
    ours, theirs = own(world, "segmentation"), dataset_class("cityscapes")(exported["cityscapes"])
    assert set(LABEL_IDS) == set(CLASSES)
    names = {"pavement": "sidewalk", "grass": "terrain", "tree": "vegetation"}
    names |= {"sign": "traffic sign"}
    meant = [names.get(name, name) for name in CLASSES]
    table = np.array([255 if n == "bench" else theirs.classes.index(n) for n in meant])
    for one, other in zip(ours.samples(split), theirs.samples(split), strict=True):
        class_map = ours.read_target(one).class_map
        assert np.array_equal(theirs.read_target(other).class_map, table[class_map])


@pytest.mark.parametrize("split", SPLITS)
def test_synthia_has_the_depth(split: str, exported: dict[str, Path], world: Path) -> None:
    ours, theirs = own(world, "depth"), dataset_class("synthia")(exported["synthia"] / split)
    for one, other in zip(ours.samples(split), theirs.samples("all"), strict=True):
        assert np.array_equal(theirs.read_media(other).frames, ours.read_media(one).frames)
        expected, found = ours.read_target(one).depth, theirs.read_target(other).depth
        assert np.array_equal(np.isnan(found), np.isnan(expected))
        assert np.isnan(found).any()
        assert np.nanmax(np.abs(found - expected)) < 0.00501


def test_synthia_reads_the_splits_as_sequences(exported: dict[str, Path]) -> None:
    samples = dataset_class("synthia")(exported["synthia"]).samples("all")
    assert {sample.group for sample in samples} == set(SPLITS)
    assert len(samples) == 6 + 8 + 8


@pytest.mark.parametrize("split", SPLITS)
def test_voc_has_the_boxes_of_its_classes(
    split: str, exported: dict[str, Path], world: Path
) -> None:
    ours, theirs = own(world, "detection"), dataset_class("voc")(exported["voc"])
    num_boxes = 0
    for one, other in zip(ours.samples(split), theirs.samples(split), strict=True):
        expected, found = ours.read_target(one), theirs.read_target(other)
        names = np.array([THINGS[label] for label in expected.labels], str)
        kept = np.isin(names, ("person", "car"))
        assert np.array_equal(found.boxes, expected.boxes[kept])
        assert [theirs.classes[label] for label in found.labels] == names[kept].tolist()
        assert not found.difficult.any()
        frames, changed = ours.read_media(one).frames, theirs.read_media(other).frames
        assert np.abs(frames.astype(int) - changed).mean() < 1
        num_boxes += len(found.boxes)
    assert num_boxes > 0


@pytest.mark.parametrize("split", SPLITS)
def test_coco_has_the_things(split: str, exported: dict[str, Path], world: Path) -> None:
    ours, theirs = own(world, "detection"), dataset_class("coco")(exported["coco"])
    assert theirs.classes == ours.classes
    for one, other in zip(ours.samples(split), theirs.samples(split), strict=True):
        expected, found = ours.read_target(one), theirs.read_target(other)
        for name in ("boxes", "labels", "areas", "crowd"):
            assert np.array_equal(getattr(found, name), getattr(expected, name))


@pytest.mark.parametrize("split", ["train", "val_people", "test", "test_people"])
def test_coco_has_the_keypoints(split: str, exported: dict[str, Path], world: Path) -> None:
    ours, theirs = own(world, "pose"), dataset_class("coco_keypoints")(exported["coco_keypoints"])
    num_people = 0
    for one, other in zip(ours.samples(split), theirs.samples(split), strict=True):
        expected, found = ours.read_target(one), theirs.read_target(other)
        for name in ("keypoints", "boxes", "areas"):
            assert np.array_equal(getattr(found, name), getattr(expected, name))
        num_people += len(found.boxes)
    assert num_people > 0


# pycocotools' own arrays are those of NumPy 1.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_coco_has_outlines_that_others_read(
    exported: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = exported["coco"] / "annotations" / "instances_test.json"
    assert json.loads(path.read_text())["info"]
    coco = COCO(str(path))
    capsys.readouterr()
    annotations = coco.loadAnns(coco.getAnnIds())
    assert annotations
    for annotation in annotations:
        mask = coco.annToMask(annotation)
        rows, columns = np.nonzero(mask)
        x, y, width, height = annotation["bbox"]
        assert mask.sum() == annotation["area"]
        assert (columns.min(), columns.max() + 1) == (x, x + width)
        assert (rows.min(), rows.max() + 1) == (y, y + height)


def test_run_lengths_by_hand() -> None:
    mask = np.array([[1, 0], [1, 1], [0, 0]], bool)
    assert run_lengths(mask) == {"size": [3, 2], "counts": [0, 2, 2, 1, 1]}
    assert run_lengths(~mask) == {"size": [3, 2], "counts": [2, 2, 1, 1]}


def test_ucf101_has_the_clips(exported: dict[str, Path], world: Path) -> None:
    ours, theirs = own(world, "action"), dataset_class("ucf101")(exported["ucf101"])
    assert theirs.classes == CLASS_NAMES
    assert CLASS_NAMES[ACTIONS.index("walk_backwards")] == "WalkBackwards"
    train = [*ours.samples("train"), *ours.samples("val")]
    splits = {"train01": train, "test01": ours.samples("test")}
    groups = []
    for split, samples in splits.items():
        found = theirs.samples(split)
        for one, other in zip(samples, found, strict=True):
            expected, read = ours.read_media(one), theirs.read_media(other)
            assert np.array_equal(read.frames, expected.frames)
            assert read.duration_seconds == pytest.approx(expected.duration_seconds)
            assert theirs.read_target(other) == ours.read_target(one)
        groups.append({sample.id.split("_g")[1][:2] for sample in found})
    assert not groups[0] & groups[1]


def test_a_folder_with_something_in_it_is_refused(world: Path, tmp_path: Path) -> None:
    (tmp_path / "holiday.txt").touch()
    with pytest.raises(ValueError, match="holds something already"):
        export(world, tmp_path, layout="voc")
    with pytest.raises(ValueError, match="unknown layout 'vco'"):
        export(world, tmp_path / "new", layout="vco")


def test_a_damaged_world_leaves_nothing_that_looks_whole(world: Path, tmp_path: Path) -> None:
    (tmp_path / "world").mkdir()
    (tmp_path / "world" / "tinytown.json").write_bytes((world / "tinytown.json").read_bytes())
    with pytest.raises(ValueError, match=r"000000\.png is missing"):
        export(tmp_path / "world", tmp_path / "out", layout="cityscapes")
    assert not (tmp_path / "out").exists()
