"""The real data beside the checkout, against the figures of its data cards."""

from pathlib import Path

import numpy as np
import pytest

from lossproof.codecs import make_codec
from lossproof.datasets import Dataset, check, open_dataset
from lossproof.datasets.audit import audit, warning
from lossproof.datasets.check import SplitReport
from lossproof.datasets.earlier_jpeg import earlier_jpeg


def reports(name: str, root: Path) -> dict[str, SplitReport]:
    return {split.split: split for split in check(open_dataset(f"{name}:{root}")).splits}


def known_depths(dataset: Dataset) -> np.ndarray:
    """Every 50th known depth of all frames."""
    depths = [dataset.read_target(sample).depth for sample in dataset.samples("all")]
    return np.concatenate([depth[np.isfinite(depth)][::50] for depth in depths])


@pytest.mark.parametrize(
    ("folder", "num_frames", "share", "percentiles"),
    [
        ("7scenes_kitchen_jpg", 125, 0.89, [0.83, 1.82, 3.23]),
        ("7scenes_kitchen_png", 50, 0.90, [1.11, 2.13, 2.81]),
    ],
)
def test_kitchen(
    shared: Path, folder: str, num_frames: int, share: float, percentiles: list[float]
) -> None:
    dataset = open_dataset(f"rgbd:{shared / 'depth' / folder}")
    samples = dataset.samples("all")
    assert len(samples) == num_frames
    assert dataset.read_media(samples[0]).frames.shape == (480, 640, 3)
    depths = known_depths(dataset)
    assert np.round(np.percentile(depths, [1, 50, 99]), 2).tolist() == percentiles
    assert len(depths) * 50 / (num_frames * 480 * 640) == pytest.approx(share, abs=0.005)


def test_kitchen_splits_at_frame_800(shared: Path) -> None:
    dataset = open_dataset(f"rgbd:{shared / 'depth' / '7scenes_kitchen_jpg'}")
    assert dataset.samples("train")[-1].id == "frame-000792"
    assert dataset.samples("test")[0].id == "frame-000800"
    assert len(dataset.samples("test")) == 25


def test_coco128(shared: Path) -> None:
    found = reports("yolo", shared / "detection" / "coco128")
    assert {name: split.num_readable for name, split in found.items()} == {"train": 64, "val": 128}
    counts = {name: split.tally.class_instances for name, split in found.items()}
    assert {name: sum(values) for name, values in counts.items()} == {"train": 542, "val": 898}
    assert {name: sum(v > 0 for v in values) for name, values in counts.items()} == {
        "train": 61,
        "val": 73,
    }
    assert all(not split.damaged for split in found.values())


def test_people_of_mini_coco(shared: Path) -> None:
    found = reports("coco_keypoints", shared / "pose" / "coco_mini_keypoints")
    people = {name: split for name, split in found.items() if name.endswith("_people")}
    assert {
        name: (split.num_readable, *split.tally.class_instances, split.tally.num_keypoints)
        for name, split in people.items()
    } == {"val2017_people": (32, 68, 652), "train2017_people": (28, 86, 800)}
    assert all(not split.damaged for split in people.values())
    whole = found["val2017"]
    assert (whole.num_listed, whole.num_readable) == (79, 32)
    assert all("is missing" in failure.reason for failure in whole.damaged)


def test_objects_of_mini_coco(shared: Path) -> None:
    dataset = open_dataset(f"coco:{shared / 'pose' / 'coco_mini_keypoints'}")
    assert len(dataset.classes) == 80
    assert dataset.classes[:2] == ("person", "bicycle")
    assert len(dataset.samples("val2017")) == 79


def test_fights(shared: Path) -> None:
    found = reports("clips", shared / "action" / "surv_fight")["all"]
    assert found.num_readable == 74
    assert found.tally.class_instances == (40, 34)
    assert found.num_groups == 10
    assert dict(found.sizes)[640, 360] == 35
    assert dict(found.sizes)[320, 240] == 15


def test_fights_are_divided_by_source(shared: Path) -> None:
    dataset = open_dataset(f"clips:{shared / 'action' / 'surv_fight'}")
    groups = [{s.group for s in dataset.samples(split)} for split in ("train", "test")]
    assert list(map(len, groups)) == [8, 2]
    assert not groups[0] & groups[1]
    lengths = [len(dataset.read_media(s).frames) for s in dataset.samples("test")]
    assert min(lengths) >= 31
    assert max(lengths) <= 94


@pytest.mark.parametrize(
    ("data", "split", "kinds"),
    [
        ("camvid:segmentation/camvid", "test", {"PNG": 50}),
        ("rgbd:depth/7scenes_kitchen_png", "all", {"PNG": 50}),
        ("rgbd:depth/7scenes_kitchen_jpg", "all", {"JPEG, quality 80, 4:2:0": 50}),
        ("frame_clips:action/ucf101_10class_3frame", "val", {"JPEG, quality 75, 4:2:0": 50}),
        ("clips:action/surv_fight", "all", {"h264, x264 crf 23": 43, "h264": 7}),
        (
            "yolo:detection/coco128",
            "val",
            {"JPEG, quality 96, 4:4:4": 37, "JPEG, quality 90, 4:4:4": 12, "JPEG, quality 96": 1},
        ),
    ],
)
def test_how_the_files_are_coded(
    shared: Path, data: str, split: str, kinds: dict[str, int]
) -> None:
    name, _, folder = data.partition(":")
    found = audit(open_dataset(f"{name}:{shared / folder}").samples(split))
    assert {kind.words: kind.num_files for kind in found.kinds} == kinds
    assert bool(warning(found)) == ("PNG" not in kinds)


@pytest.mark.parametrize(("quality", "told"), [(95, 94), (85, 85), (50, 51), (10, 10)])
def test_an_earlier_jpeg_of_real_pictures_is_found(shared: Path, quality: int, told: int) -> None:
    dataset = open_dataset(f"camvid:{shared / 'segmentation' / 'camvid'}")
    for sample in dataset.samples("test")[::60]:
        frame = dataset.read_media(sample).frames
        codec = make_codec("jpeg", quality)
        trace = earlier_jpeg(codec.decode(codec.encode(frame)))
        assert trace is not None
        assert trace.quality == told


def test_three_frames(shared: Path) -> None:
    dataset = open_dataset(f"frame_clips:{shared / 'action' / 'ucf101_10class_3frame'}")
    expected = {
        "val": [280, 280, 240, 250, 220, 220, 180, 220, 180, 160],
        "train": [455, 455, 425, 425, 330, 395, 330, 420, 330, 320],
    }
    assert len(dataset.classes) == 10
    for split, counts in expected.items():
        samples = dataset.samples(split)
        labels = [dataset.read_target(sample).label for sample in samples]
        assert np.bincount(labels).tolist() == counts
        assert len(samples) == sum(counts)
        assert dataset.read_media(samples[-1]).frames.shape == (3, 64, 64, 3)
