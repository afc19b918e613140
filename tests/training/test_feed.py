"""The feed: the same batches whatever the threads, each sample compressed once, levels mixed."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from lossproof.codecs.jpeg import Jpeg
from lossproof.training import Augmentation, Compression, Recipe, Shelf
from lossproof.training.feed import Feed, Share
from lossproof.training.job import Job, open_job

from .conftest import QUIET
from .worlds import JPEG_5, SIZE, depth_gan, segnet, write_depth, write_segmentation

MIXED = Compression(codec="jpeg", levels=(90, 5))


@pytest.fixture
def data(tmp_path: Path) -> str:
    return write_segmentation(tmp_path / "world", num_training=8)


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The level of every picture that is compressed."""
    levels: list[int] = []
    encode, lock = Jpeg.encode, threading.Lock()

    def noted(self: Jpeg, frames: Any) -> bytes:
        with lock:
            levels.append(self.level)
        return encode(self, frames)

    monkeypatch.setattr(Jpeg, "encode", noted)
    return levels


def job_of(recipe: Recipe, shelf: Shelf, **conditions: Any) -> Job:
    return open_job(recipe, shelf, replace(QUIET, **conditions))


def batches(feed: Feed, epoch: int = 0, places: range | None = None) -> list[Any]:
    return list(feed.batches(epoch, places or range(feed.steps_per_epoch)))


def assert_same(one: list[Any], other: list[Any]) -> None:
    assert len(one) == len(other) > 0
    for first, second in zip(one, other, strict=True):
        assert torch.equal(first.images, second.images)
        assert torch.equal(first.targets, second.targets)


def test_batches_depend_on_seed_and_epoch_alone(data: str, shelf: Shelf) -> None:
    recipe = segnet(data, compression=MIXED, augmentation=Augmentation(flip=True, crop=(32, 32)))
    one = job_of(recipe, shelf, threads=1).feed()
    many = job_of(recipe, shelf, threads=5, memory_bytes=0, disk_bytes=0).feed()
    for epoch in (0, 3):
        assert_same(batches(one, epoch), batches(many, epoch))
    assert not torch.equal(batches(one, 0)[0].images, batches(one, 1)[0].images)
    other = job_of(replace(recipe, seed=1), shelf).feed()
    assert not torch.equal(batches(one, 0)[0].images, batches(other, 0)[0].images)


def test_an_epoch_goes_on_within_itself(data: str, shelf: Shelf) -> None:
    feed = job_of(segnet(data, compression=MIXED), shelf).feed()
    assert_same(batches(feed, 2)[1:], batches(feed, 2, range(1, 2)))


def test_whoever_leaves_early_leaves_no_thread(data: str, shelf: Shelf) -> None:
    feed = job_of(segnet(data), shelf, threads=3).feed()
    stream: Iterator[Any] = feed.batches(0, range(2))
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("feed")]


def test_a_sample_is_compressed_once_at_each_level(
    data: str, shelf: Shelf, encoded: list[int]
) -> None:
    feed = job_of(segnet(data, compression=MIXED), shelf).feed()
    for epoch in range(8):
        batches(feed, epoch)
    assert len(encoded) <= 16
    assert set(encoded) == {90, 5}


def test_both_levels_are_drawn_for_the_same_sample(data: str, shelf: Shelf) -> None:
    feed = job_of(segnet(data, compression=MIXED), shelf).feed()
    seen = {feed.example(epoch, 0).frames.tobytes() for epoch in range(12)}
    assert len(seen) == 2


def test_bitstreams_on_disk_serve_the_next_run(data: str, shelf: Shelf, encoded: list[int]) -> None:
    recipe = segnet(data, compression=JPEG_5)
    first = batches(job_of(recipe, shelf, memory_bytes=0).feed())
    again = batches(job_of(recipe, shelf, memory_bytes=0).feed())
    assert_same(first, again)
    assert len(encoded) == 8


def test_a_damaged_file_of_the_cache_is_passed_over(
    data: str, shelf: Shelf, encoded: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOSSPROOF_CACHE", str(tmp_path / "cache"))
    recipe = segnet(data, compression=JPEG_5)
    first = batches(job_of(recipe, shelf, memory_bytes=0).feed())
    for path in (tmp_path / "cache").glob("bitstreams/*/*.bin"):
        path.write_bytes(path.read_bytes()[:40])
    assert_same(first, batches(job_of(recipe, shelf, memory_bytes=0).feed()))


def test_another_content_under_the_same_name_is_another_bitstream(
    data: str, shelf: Shelf, tmp_path: Path
) -> None:
    recipe = segnet(data, compression=JPEG_5)
    before = job_of(recipe, shelf, memory_bytes=0).feed().example(0, 0).frames
    path = tmp_path / "world" / "test" / "0000.png"
    Image.fromarray(np.zeros((SIZE[1], SIZE[0], 3), np.uint8)).save(path)
    after = job_of(recipe, shelf, memory_bytes=0).feed().example(0, 0).frames
    assert before.max() > 100
    assert after.max() < 20


def test_the_crop_is_of_what_arrived_or_of_what_is_sent(
    data: str, shelf: Shelf, encoded: list[int]
) -> None:
    crop = Augmentation(crop=(32, 32))
    after = job_of(segnet(data, compression=JPEG_5, augmentation=crop), shelf).feed()
    before = job_of(
        segnet(data, compression=JPEG_5, augmentation=replace(crop, order="before codec")), shelf
    ).feed(with_source=True)
    one, other = after.example(0, 0), before.example(0, 0)
    assert np.array_equal(one.target, other.target)
    assert one.frames.shape == other.frames.shape == (32, 32, 3)
    codec = Jpeg(5)
    assert other.source is not None
    assert np.array_equal(other.frames, codec.decode(codec.encode(other.source)))
    assert not np.array_equal(one.frames, other.frames)
    encoded.clear()
    for _ in range(3):
        before.example(0, 0)
    assert len(encoded) == 3


def test_the_source_has_the_same_view(data: str, shelf: Shelf) -> None:
    augmentation = Augmentation(flip=True, crop=(32, 32))
    recipe = segnet(data, compression=JPEG_5, augmentation=augmentation)
    feed = job_of(recipe, shelf).feed(with_source=True)
    plain = job_of(segnet(data, augmentation=augmentation), shelf).feed()
    for index in range(8):
        source = feed.example(0, index).source
        assert source is not None
        # A recipe with one level draws the same numbers, whatever the codec.
        assert np.array_equal(source, plain.example(0, index).frames)


def test_processes_share_a_batch(data: str, shelf: Shelf) -> None:
    job = job_of(segnet(data), shelf)
    whole = batches(job.feed())
    halves = [batches(job.feed(share=Share(rank, 2))) for rank in (0, 1)]
    for place, batch in enumerate(whole):
        assert torch.equal(batch.images[0::2], halves[0][place].images)
        assert torch.equal(batch.images[1::2], halves[1][place].images)


def test_depth_comes_at_the_frame_size_with_its_holes(tmp_path: Path, shelf: Shelf) -> None:
    data = write_depth(tmp_path / "depth")
    recipe = depth_gan(data, compression=Compression(frame_size=(24, 16)))
    batch = batches(job_of(recipe, shelf).feed())[0]
    assert batch.images.shape == (4, 3, 16, 24)
    assert batch.targets.shape == (4, 1, 16, 24)
    assert batch.targets[:, 0, :2, :2].isnan().all()
    assert batch.targets[:, 0, 2:, 2:].isfinite().all()
    assert batch.images.abs().max() <= 1


def test_damaged_samples_are_left_out_and_named(data: str, shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "world" / "test" / "0003.png").write_bytes(b"no picture")
    feed = job_of(segnet(data), shelf).feed()
    assert sorted(len(batch.images) for batch in batches(feed)) == [3, 4]
    assert list(feed.damaged) == ["0003"]
    assert "0003.png" in feed.damaged["0003"]


def one_by_one(data: str) -> Recipe:
    recipe = segnet(data, compression=MIXED, augmentation=Augmentation(flip=True))
    return replace(recipe, schedule=replace(recipe.schedule, batch_size=1))


def test_a_batch_that_damage_leaves_empty_has_the_next_sample(
    data: str, shelf: Shelf, tmp_path: Path
) -> None:
    whole = batches(job_of(one_by_one(data), shelf).feed())
    order = np.random.default_rng([0, 0]).permutation(8).tolist()
    for place in (2, 3):
        (tmp_path / "world" / "test" / f"{order[place]:04d}.png").write_bytes(b"%d" % place)
    feed = job_of(one_by_one(data), shelf).feed()
    found = batches(feed)
    assert_same(found, [*whole[:2], whole[4], whole[4], *whole[4:]])
    assert sorted(feed.damaged) == sorted(f"{order[place]:04d}" for place in (2, 3))
    threads = job_of(one_by_one(data), shelf, threads=5).feed()
    assert_same(batches(threads), found)
    assert_same(batches(threads, places=range(3, 5)), found[3:5])


def test_one_readable_sample_is_enough(data: str, shelf: Shelf, tmp_path: Path) -> None:
    (_, *others) = sorted((tmp_path / "world" / "test").glob("000[0-7].png"))
    for path in others:
        path.write_bytes(path.name.encode())
    feed = job_of(one_by_one(data), shelf, threads=3).feed()
    only = torch.from_numpy(feed.example(0, 0).target)[None]
    found = batches(feed)
    assert len(found) == 8
    assert all(torch.equal(batch.targets, only) for batch in found)


def test_processes_fill_their_own_share(data: str, shelf: Shelf, tmp_path: Path) -> None:
    order = np.random.default_rng([0, 0]).permutation(8).tolist()
    recipe = segnet(data)
    recipe = replace(recipe, schedule=replace(recipe.schedule, batch_size=2))
    whole = batches(job_of(recipe, shelf).feed())
    (tmp_path / "world" / "test" / f"{order[2]:04d}.png").write_bytes(b"no picture")
    job = job_of(recipe, shelf)
    first, second = (batches(job.feed(share=Share(rank, 2))) for rank in (0, 1))
    assert torch.equal(first[1].images, whole[2].images[:1])
    assert torch.equal(second[1].images, whole[1].images[1:])


def test_no_sample_that_can_be_read(data: str, shelf: Shelf, tmp_path: Path) -> None:
    for path in (tmp_path / "world" / "test").glob("*.png"):
        path.write_bytes(path.name.encode())
    with pytest.raises(ValueError, match=r"all 8 training samples failed, first 0000: .*0000\.png"):
        batches(job_of(segnet(data), shelf).feed())


def test_frames_of_several_sizes(data: str, shelf: Shelf, tmp_path: Path) -> None:
    for kind, mode in (("test", "RGB"), ("testannot", "L")):
        Image.new(mode, (50, 40)).save(tmp_path / "world" / kind / "0000.png")
    with pytest.raises(ValueError, match="48x32, 50x40; give one frame_size or a crop"):
        batches(job_of(segnet(data), shelf).feed())
    sized = segnet(data, compression=Compression(frame_size=SIZE))
    assert len(batches(job_of(sized, shelf).feed())) == 2


def test_only_a_family_with_things_crops_around_them(tmp_path: Path) -> None:
    data = write_segmentation(tmp_path / "world")
    recipe = segnet(data, augmentation=Augmentation(crop=(32, 32), around=True))
    job = open_job(recipe, Shelf(tmp_path / "store"), QUIET)
    with pytest.raises(ValueError, match="segnet knows no things to crop around"):
        job.feed()
