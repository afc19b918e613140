"""The check counts what is there and names what is not."""

import math
from pathlib import Path

import pytest
from PIL import Image

from lossproof.datasets import SplitReport, check, open_dataset
from lossproof.datasets.camvid import CamVid
from lossproof.datasets.check import SizeCount
from lossproof.datasets.cityscapes import Cityscapes

from .layouts import CAMVID_SIZE, LAYOUTS, coco_content, write_coco_file


def test_sound_data(camvid: CamVid) -> None:
    report = check(camvid)
    assert [split.split for split in report.splits] == ["train", "test"]
    test = report.splits[1]
    assert test.num_listed == test.num_readable == 3
    assert report.num_damaged == 0
    assert test.sizes == (SizeCount(CAMVID_SIZE, 3),)
    assert test.tally.class_pixels == (27,) * 11
    assert test.tally.ignored_pixels == 27
    assert sum(test.class_shares) + test.ignored_share == pytest.approx(1)
    assert test.num_bytes == sum(s.media.stat().st_size for s in camvid.samples("test"))
    assert report.source == CamVid.source
    assert test.can_be_scored


def test_missing_splits_are_named(camvid: CamVid) -> None:
    (camvid.root / "train.txt").write_text("")
    missing = check(camvid).missing
    assert [name for name, _ in missing] == ["train", "val"]
    assert "lists no samples" in missing[0].reason
    assert "splits there" in missing[1].reason


def test_damage_is_named(camvid: CamVid) -> None:
    samples = camvid.samples("test")
    samples[0].media.write_bytes(b"")
    Image.new("L", CAMVID_SIZE, 37).save(samples[2].target)
    split = check(camvid).splits[1]
    assert [(f.index, f.sample_id) for f in split.damaged] == [
        (0, samples[0].id),
        (2, samples[2].id),
    ]
    assert "is empty: 0 bytes" in split.damaged[0].reason
    assert "[37]" in split.damaged[1].reason
    assert split.num_listed == 3
    assert split.num_readable == 1


def test_nothing_readable(camvid: CamVid) -> None:
    for sample in camvid.samples("test"):
        sample.target.unlink()
    split = check(camvid).splits[1]
    assert split.num_readable == 0
    assert split.tally.class_pixels == ()
    assert not split.can_be_scored
    assert math.isnan(split.ignored_share)


def test_withheld_labels_are_told(cityscapes: Cityscapes) -> None:
    scored = {split.split: split.can_be_scored for split in check(cityscapes).splits}
    assert scored == {"train": True, "val": True, "test": False}


def test_progress_counts_up(camvid: CamVid) -> None:
    calls: list[tuple[str, int, int]] = []
    check(camvid, progress=lambda *call: calls.append(call))
    assert calls == [
        ("train", 1, 2),
        ("train", 2, 2),
        ("test", 1, 3),
        ("test", 2, 3),
        ("test", 3, 3),
    ]


def report_of(name: str, root: Path, split: int = 0) -> SplitReport:
    LAYOUTS[name](root)
    return check(open_dataset(f"{name}:{root}")).splits[split]


def test_objects_are_counted_without_crowds(tmp_path: Path) -> None:
    split = report_of("coco", tmp_path)
    assert split.split == "val2017"
    assert split.tally.class_instances == (0, 2)
    assert split.can_be_scored


def test_people_and_keypoints_are_counted(tmp_path: Path) -> None:
    whole, people = (report_of("coco_keypoints", tmp_path, split) for split in (0, 1))
    assert whole.tally.class_instances == people.tally.class_instances == (2,)
    assert whole.tally.num_keypoints == 4
    assert (whole.num_listed, people.num_listed) == (3, 2)


def test_known_depth_is_counted(tmp_path: Path) -> None:
    split = report_of("rgbd", tmp_path)
    assert split.known_depth_share == pytest.approx(1 - 2 / (32 * 24))
    assert split.num_frames == 10


def test_clips_frames_and_seconds_are_counted(tmp_path: Path) -> None:
    split = report_of("clips", tmp_path)
    assert split.tally.class_instances == (2, 2)
    assert split.num_frames == 20
    assert split.duration_seconds == pytest.approx(2)
    assert split.num_groups == 2


def test_nobody_knows_how_long_pictures_last(tmp_path: Path) -> None:
    split = report_of("frame_clips", tmp_path)
    assert split.num_frames == 12
    assert math.isnan(split.duration_seconds)
    assert split.num_groups == 0


def test_nothing_labelled(tmp_path: Path) -> None:
    write_coco_file(tmp_path, coco_content() | {"annotations": []}, kind="instances")
    split = check(open_dataset(f"coco:{tmp_path}")).splits[0]
    assert split.num_readable == 3
    assert not split.can_be_scored
