"""The check counts what is there and names what is not."""

import math

import pytest
from PIL import Image

from lossproof.datasets import check
from lossproof.datasets.camvid import CamVid
from lossproof.datasets.check import SizeCount
from lossproof.datasets.cityscapes import Cityscapes

from .layouts import CAMVID_SIZE


def test_sound_data(camvid: CamVid) -> None:
    report = check(camvid)
    assert [split.split for split in report.splits] == ["train", "test"]
    test = report.splits[1]
    assert test.num_listed == test.num_readable == 3
    assert report.num_damaged == 0
    assert test.sizes == (SizeCount(CAMVID_SIZE, 3),)
    assert test.class_pixels == (27,) * 11
    assert test.ignored_pixels == 27
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
    assert split.class_pixels == ()
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
