"""Clips of numbered pictures: both forms, in ZIP files and out of them."""

import pickle
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from lossproof.datasets import fingerprint
from lossproof.datasets.frame_clips import FrameClips
from lossproof.records import DamagedSample

from .layouts import SIZE, save, write_frame_clips, write_rgb


def zip_folder(folder: Path) -> Path:
    """The folder inside a ZIP file of its name, and the folder itself gone."""
    path = folder.with_suffix(".zip")
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*.png")):
            archive.write(file, file.relative_to(folder.parent))
    shutil.rmtree(folder)
    return path


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Three clips of three frames, unpacked, with the labels 2, 1, 2 of a MATLAB file."""
    for clip in (1, 2, 3):
        for frame in (1, 2, 3):
            name = f"{clip:05d}/{frame}.png"
            write_rgb(tmp_path / "valClips" / name, size=SIZE, seed=10 * clip + frame)
    labels = np.array([[2.0], [1.0], [2.0]])
    savemat(tmp_path / "labels.mat", {"valLb": labels, "trLb": np.array([[3.0]])})
    return tmp_path


def test_labels_are_folders(tmp_path: Path) -> None:
    write_frame_clips(tmp_path)
    write_rgb(tmp_path / "train" / "crawl" / "7" / "1.png", size=SIZE)
    dataset = FrameClips(tmp_path)
    assert dataset.classes == ("crawl", "run", "walk")
    samples = dataset.samples("val")
    assert samples[0].id == "val/run/00000"
    assert [dataset.read_target(sample).label for sample in samples] == [1, 1, 2, 2]
    assert dataset.read_target(samples[0]).num_classes == 3


def test_folders_of_systems_are_no_classes(tmp_path: Path) -> None:
    write_frame_clips(tmp_path)
    for name in (".ipynb_checkpoints", "@eaDir"):
        write_rgb(tmp_path / "val" / name / "7" / "1.png", size=SIZE)
    (tmp_path / "val" / "nothing").mkdir()
    dataset = FrameClips(tmp_path)
    assert dataset.classes == ("run", "walk")
    assert [dataset.read_target(one).label for one in dataset.samples("val")] == [0, 0, 1, 1]


def test_frames_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    folder = tmp_path / "test" / "run" / "clip"
    for number in range(8, 12):
        save(folder / f"frame{number}.png", Image.new("RGB", SIZE, (number, 0, 0)))
    dataset = FrameClips(tmp_path)
    media = dataset.read_media(dataset.samples("test")[0])
    assert media.frames[:, 0, 0, 0].tolist() == [8, 9, 10, 11]
    assert media.num_bytes == sum(path.stat().st_size for path in folder.iterdir())
    assert np.isnan(media.duration_seconds)


def test_archive_and_folder_give_the_same(course: Path) -> None:
    unpacked = FrameClips(course)
    samples = unpacked.samples("val")
    expected = [unpacked.read_media(sample) for sample in samples]
    labels = [unpacked.read_target(sample).label for sample in samples]
    assert labels == [1, 0, 1]
    assert unpacked.classes == ("class 1", "class 2", "class 3")
    zip_folder(course / "valClips")
    packed = FrameClips(course)
    found = packed.samples("val")
    assert [sample.id for sample in found] == [sample.id for sample in samples]
    assert found[0].id == "valClips/00001"
    for sample, media, label in zip(found, expected, labels, strict=True):
        assert np.array_equal(packed.read_media(sample).frames, media.frames)
        assert packed.read_media(sample).num_bytes == media.num_bytes
        assert packed.read_target(sample).label == label


def test_archives_are_read_by_many_threads(course: Path) -> None:
    zip_folder(course / "valClips")
    dataset = FrameClips(course)
    samples = list(dataset.samples("val")) * 20
    alone = [dataset.read_media(sample).frames for sample in samples[:3]] * 20
    with ThreadPoolExecutor(8) as pool:
        together = [media.frames for media in pool.map(dataset.read_media, samples)]
    assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))
    assert pickle.loads(pickle.dumps(dataset)).samples("val") == dataset.samples("val")


def test_archive_and_labels_count_in_the_fingerprint(course: Path) -> None:
    zip_folder(course / "valClips")
    dataset = FrameClips(course)
    before = fingerprint(dataset.samples("val"))
    savemat(course / "labels.mat", {"valLb": np.array([[1.0], [1.0], [2.0]])})
    assert fingerprint(dataset.samples("val")) != before
    assert dataset.read_target(dataset.samples("val")[0]).label == 0


def test_lost_and_other_pictures(tmp_path: Path) -> None:
    write_frame_clips(tmp_path)
    dataset = FrameClips(tmp_path)
    folder = tmp_path / "val" / "run" / "00000"
    write_rgb(folder / "3.png", size=(8, 8))
    with pytest.raises(DamagedSample, match=r"3\.png is 8x8, the first of its clip 32x24"):
        dataset.read_media(dataset.samples("val")[0])
    (folder / "2.png").unlink()
    with pytest.raises(
        DamagedSample, match=r"00000 lacks the pictures \[2\]: .* 2 of them, 1 to 3"
    ):
        dataset.read_media(dataset.samples("val")[0])
    write_rgb(folder / "03.png", size=SIZE)
    with pytest.raises(DamagedSample, match="lacks the pictures"):
        dataset.read_media(dataset.samples("val")[0])
    assert len(dataset.read_media(dataset.samples("val")[1]).frames) == 3


def test_a_number_twice(tmp_path: Path) -> None:
    write_frame_clips(tmp_path)
    write_rgb(tmp_path / "val" / "run" / "00000" / "03.png", size=SIZE)
    dataset = FrameClips(tmp_path)
    with pytest.raises(DamagedSample, match="has a number twice"):
        dataset.read_media(dataset.samples("val")[0])


def test_truncated_archive(course: Path) -> None:
    path = zip_folder(course / "valClips")
    dataset = FrameClips(course)
    samples = dataset.samples("val")
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DamagedSample, match=r"valClips\.zip is truncated or no ZIP file"):
        dataset.read_media(samples[0])
    with pytest.raises(ValueError, match=r"valClips\.zip is truncated or no ZIP file"):
        dataset.samples("val")
    path.unlink()
    with pytest.raises(DamagedSample, match=r"valClips\.zip is missing"):
        dataset.read_media(samples[0])


def test_damage_inside_an_archive_hurts_one_clip(course: Path) -> None:
    path = zip_folder(course / "valClips")
    dataset = FrameClips(course)
    samples = dataset.samples("val")
    data = bytearray(path.read_bytes())
    with ZipFile(path) as archive:
        start = archive.getinfo("valClips/00002/2.png").header_offset + 200
    data[start : start + 4] = bytes(4)
    path.write_bytes(data)
    with pytest.raises(DamagedSample, match=r"valClips\.zip is corrupt at valClips/00002/2\.png"):
        dataset.read_media(samples[1])
    assert len(dataset.read_media(samples[0]).frames) == 3


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no MATLAB file at all", "is no MATLAB file that can be read"),
        ({"other": np.ones((3, 1))}, "has no labels; trLb and valLb are allowed"),
        ({"valLb": np.array([[0.0], [1.0], [2.0]])}, "has other labels in valLb than numbers"),
        ({"valLb": np.array([[1.5], [1.0], [2.0]])}, "has labels in valLb that are not whole"),
        ({"valLb": np.array([[1.0], [1.0]])}, "has no label for clip 00003; 1 to 2 are allowed"),
    ],
)
def test_labels_refused(course: Path, content: dict[str, np.ndarray] | bytes, reason: str) -> None:
    path = course / "labels.mat"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        savemat(path, content)
    dataset = FrameClips(course)
    with pytest.raises(DamagedSample, match=rf"labels\.mat {reason}"):
        dataset.read_target(dataset.samples("val")[2])
