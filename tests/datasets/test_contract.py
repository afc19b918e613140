"""What every dataset of the table keeps to."""

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lossproof.datasets import DATASETS, Dataset, dataset_class, open_dataset
from lossproof.records import DamagedSample
from lossproof.tables import by_name
from lossproof.targets import (
    ActionTarget,
    DepthTarget,
    DetectionTarget,
    PoseTarget,
    SegmentationTarget,
    SourceTarget,
)

from .layouts import LAYOUTS

TARGETS = {
    "segmentation": SegmentationTarget,
    "depth": DepthTarget,
    "detection": DetectionTarget,
    "pose": PoseTarget,
    "action": ActionTarget,
    "fidelity": SourceTarget,
}


@pytest.fixture(params=DATASETS, ids=lambda entry: entry.name)
def entry(request: pytest.FixtureRequest) -> type[Dataset]:
    return request.param


@pytest.fixture
def dataset(entry: type[Dataset], tmp_path: Path) -> Dataset:
    root = tmp_path / "data"
    LAYOUTS[entry.name](root)
    return open_dataset(f"{entry.name}:{root}")


def test_every_entry_has_a_layout_to_test_it_with() -> None:
    assert sorted(LAYOUTS) == sorted(entry.name for entry in DATASETS)


def test_describes_itself(entry: type[Dataset]) -> None:
    assert entry.default_split in entry.splits
    assert len(set(entry.splits)) == len(entry.splits)
    assert entry.task in TARGETS
    assert all(0 <= value <= 255 for colour in entry.palette for value in colour)
    assert entry.source.url.startswith(("https://", "lossproof data make "))
    assert entry.source.licence
    assert entry.source.layout


def test_classes_and_colours(dataset: Dataset) -> None:
    assert len(set(dataset.classes)) == len(dataset.classes)
    assert (len(dataset.classes) == 0) == (dataset.task in ("depth", "fidelity"))
    assert len(dataset.palette) in (0, len(dataset.classes))


def test_default_split_reads(dataset: Dataset) -> None:
    for sample in dataset.samples(dataset.default_split):
        media, target = dataset.read_media(sample), dataset.read_target(sample)
        assert media.frames.dtype == np.uint8
        assert media.frames.ndim == (3 if dataset.media == "picture" else 4)
        assert media.frames.shape[-1] == 3
        files = (sample.media, *sample.others)
        assert media.num_bytes == sum(path.stat().st_size for path in files)
        assert isinstance(target, TARGETS[dataset.task])
        size = media.frames.shape[-3:-1]
        match target:
            case SegmentationTarget():
                assert target.class_map.shape == size
            case DepthTarget():
                assert target.depth.shape == size
                assert np.isfinite(target.depth).any()
            case DetectionTarget() | PoseTarget():
                assert target.frame_size == size[::-1]
        assert getattr(target, "num_classes", len(dataset.classes)) == len(dataset.classes)


def test_samples_are_the_same_every_time(dataset: Dataset) -> None:
    samples = dataset.samples(dataset.default_split)
    assert list(samples) == list(dataset.samples(dataset.default_split))
    assert len({sample.id for sample in samples}) == len(samples) > 0
    assert list(pickle.loads(pickle.dumps(dataset)).samples(dataset.default_split)) == list(samples)


def test_threads_read_what_one_reads(dataset: Dataset) -> None:
    samples = list(dataset.samples(dataset.default_split)) * 8
    alone = [dataset.read_media(sample).frames for sample in samples]
    with ThreadPoolExecutor(4) as pool:
        together = [media.frames for media in pool.map(dataset.read_media, samples)]
    assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))


def test_missing_files_are_damage(dataset: Dataset) -> None:
    sample = dataset.samples(dataset.default_split)[0]
    gone = replace(sample, media=Path("gone.png"))
    with pytest.raises(DamagedSample, match=r"gone\.png is missing"):
        dataset.read_media(gone)
    if dataset.media == "picture":
        with pytest.raises(DamagedSample, match=r"gone\.png is missing"):
            dataset.read_target(gone)
    if sample.target:
        with pytest.raises(DamagedSample, match=r"gone\.png is missing"):
            dataset.read_target(replace(sample, target=Path("gone.png")))


def test_damaged_files_leave_the_others(dataset: Dataset) -> None:
    """Every other sample's media is cut in half."""
    samples = list(dataset.samples(dataset.default_split))
    cut = samples[::2]
    for path in {sample.media for sample in cut}:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    for sample in cut:
        with pytest.raises(DamagedSample, match=r"^[^\n]+$"):
            dataset.read_media(sample)
    for sample in samples[1::2]:
        assert dataset.read_media(sample).frames.size > 0


def test_unknown_split(dataset: Dataset) -> None:
    with pytest.raises(ValueError, match=f"no split 'nope'; {', '.join(dataset.splits)} are"):
        dataset.samples("nope")


@pytest.mark.parametrize("kind", ["does not exist", "is a file", "is an empty folder", "layout"])
def test_folder_is_refused(entry: type[Dataset], tmp_path: Path, kind: str) -> None:
    root = tmp_path / "data"
    if kind == "is a file":
        root.touch()
    elif kind != "does not exist":
        root.mkdir()
    if kind == "layout":
        (root / "holiday.txt").touch()
    with pytest.raises(ValueError, match=kind) as caught:
        open_dataset(f"{entry.name}:{root}")
    message = str(caught.value)
    assert str(root) in message
    assert entry.source.url in message
    assert entry.source.licence in message
    assert "\n" not in message
    assert kind != "layout" or "found holiday.txt" in message


@pytest.mark.parametrize("text", ["", "camvid", "camvid:", ":data/CamVid", "data/CamVid", "/"])
def test_form_is_refused(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"is not of the form NAME:PATH.*; known names: tinytown, cam"
    ):
        open_dataset(text)


@pytest.mark.parametrize("text", ["tinytwon", "tinytwon:"])
def test_a_form_that_is_refused_has_the_nearest_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"form NAME:PATH.* \(did you mean 'tinytown'\?\)"):
        open_dataset(text)


def test_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"'camvdi' \(did you mean 'camvid'\?\); known: camvid"):
        dataset_class("camvdi")


def test_duplicate_names_are_refused() -> None:
    with pytest.raises(ValueError, match="two entries are called"):
        by_name([*DATASETS, DATASETS[0]])


def test_home_and_colons_in_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    LAYOUTS["camvid"](tmp_path / "a:b")
    sample = open_dataset("camvid:~/a:b").samples("test")[0]
    assert sample.media.is_relative_to(tmp_path / "a:b")


def test_importing_the_room_imports_no_torch() -> None:
    code = "import sys, lossproof.datasets; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
