"""SYNTHIA, KITTI and RGB-D recordings: metres, what is unknown, splits and groups."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lossproof.datasets.dataset import Dataset
from lossproof.datasets.kitti_depth import KittiDepth
from lossproof.datasets.rgbd import Rgbd
from lossproof.datasets.synthia import Synthia
from lossproof.records import DamagedSample

from .layouts import (
    KITTI_DRIVES,
    SIZE,
    depth_codes,
    write_depth,
    write_kitti_depth,
    write_rgb,
    write_rgbd,
    write_synthia,
    write_synthia_seqs,
    write_synthia_sf,
)

DEPTH: list[tuple[type[Dataset], Callable[[Path], None]]] = [
    (Synthia, write_synthia),
    (Synthia, write_synthia_seqs),
    (KittiDepth, write_kitti_depth),
    (Rgbd, write_rgbd),
]


def depth_of(dataset: Dataset, split: str, index: int = 0) -> np.ndarray:
    return dataset.read_target(dataset.samples(split)[index]).depth


def ids(dataset: Dataset, split: str) -> list[str]:
    return [sample.id for sample in dataset.samples(split)]


def test_millimetres_by_hand(tmp_path: Path) -> None:
    write_rgbd(tmp_path)
    depth = depth_of(Rgbd(tmp_path), "all")
    assert depth.dtype == np.float32
    assert depth[0, :3].tolist() == pytest.approx([np.nan, 0.1, 0.2], nan_ok=True)
    assert np.isnan(depth[-1, -1])
    assert np.isnan(depth).sum() == 2


def test_centimetres_by_hand(tmp_path: Path) -> None:
    write_synthia(tmp_path)
    depth = depth_of(Synthia(tmp_path), "all")
    assert depth[0, :3].tolist() == pytest.approx([np.nan, 1, 2], nan_ok=True)
    assert np.isnan(depth).sum() == 2


def test_256ths_of_a_metre_by_hand(tmp_path: Path) -> None:
    write_kitti_depth(tmp_path)
    depth = depth_of(KittiDepth(tmp_path), "test")
    assert depth[0, :3].tolist() == pytest.approx([np.nan, 100 / 256, 200 / 256], nan_ok=True)
    assert depth[-1, -1] == pytest.approx(65_535 / 256)
    assert np.isnan(depth).sum() == 1


def test_depth_in_colours_by_hand(tmp_path: Path) -> None:
    write_synthia_sf(tmp_path)
    path = tmp_path / "SEQ1" / "DepthLeft" / "0000000.png"
    pixels = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    pixels[0, :5] = [[0, 0, 0], [255, 0, 0], [0, 1, 0], [0, 0, 1], [255, 255, 255]]
    Image.fromarray(pixels).save(path)
    unit = 5000 / 16_777_215
    expected = [np.nan, 255 * unit, 256 * unit, 65_536 * unit, np.nan]
    depth = depth_of(Synthia(tmp_path), "all")
    assert depth[0, :5].tolist() == pytest.approx(expected, nan_ok=True, rel=1e-6)
    with_alpha = Image.fromarray(np.dstack([pixels, np.full(SIZE[::-1], 7, np.uint8)]))
    with_alpha.save(path)
    assert np.array_equal(depth_of(Synthia(tmp_path), "all"), depth, equal_nan=True)


@pytest.mark.parametrize(("kind", "write"), DEPTH)
@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        (np.ones((24, 32), np.uint8), "is 8-bit grey; depth is 16-bit grey or RGB"),
        (np.ones((12, 32), np.uint16), r"gives 32x12 and its picture .* is 32x24; the same size"),
        (
            np.dstack([depth_codes(), depth_codes(), depth_codes() + 1]),
            "has 768 pixels whose channels differ",
        ),
    ],
)
def test_depth_maps_refused(
    tmp_path: Path,
    kind: type[Dataset],
    write: Callable[[Path], None],
    codes: np.ndarray,
    reason: str,
) -> None:
    write(tmp_path)
    sample = kind(tmp_path).samples("test")[0]
    write_depth(sample.target, codes)
    with pytest.raises(DamagedSample, match=rf"\.png {reason}"):
        kind(tmp_path).read_target(sample)


@pytest.mark.parametrize(("kind", "write"), [*DEPTH, (Synthia, write_synthia_sf)])
def test_damaged_depth_maps(
    tmp_path: Path, kind: type[Dataset], write: Callable[[Path], None]
) -> None:
    write(tmp_path)
    dataset = kind(tmp_path)
    sample = dataset.samples("test")[0]
    data = sample.target.read_bytes()
    for num_bytes in range(1, len(data), 9):
        sample.target.write_bytes(data[:num_bytes])
        with pytest.raises(DamagedSample, match=r"is truncated|is no picture"):
            dataset.read_target(sample)
    flipped = bytearray(data)
    flipped[len(data) // 2] ^= 1
    sample.target.write_bytes(flipped)
    with pytest.raises(DamagedSample, match="has a wrong checksum"):
        dataset.read_target(sample)
    Image.new("RGB", SIZE).save(sample.target, "JPEG")
    with pytest.raises(DamagedSample, match="is JPEG; depth maps are stored as PNG"):
        dataset.read_target(sample)


def test_colour_depth_of_another_kind(tmp_path: Path) -> None:
    write_synthia_sf(tmp_path)
    sample = Synthia(tmp_path).samples("test")[0]
    write_depth(sample.target, depth_codes())
    with pytest.raises(DamagedSample, match="is 16-bit grey; depth in colours is 8-bit RGB"):
        Synthia(tmp_path).read_target(sample)


@pytest.mark.parametrize(
    ("kind", "write"),
    [(Rgbd, write_rgbd), (Synthia, write_synthia), (Synthia, write_synthia_sf)],
)
def test_splits_follow_the_order(
    tmp_path: Path, kind: type[Dataset], write: Callable[[Path], None]
) -> None:
    write(tmp_path)
    dataset = kind(tmp_path)
    train, test = ids(dataset, "train"), ids(dataset, "test")
    assert sorted(train + test) == sorted(ids(dataset, "all"))
    assert len(train) == 4 * len(test)
    sequences = {name.rpartition("/")[0] for name in train}
    for sequence in sequences:
        mine = [[n for n in part if n.rpartition("/")[0] == sequence] for part in (train, test)]
        assert max(mine[0]) < min(mine[1])


def test_what_systems_leave_beside_frames_moves_no_split(tmp_path: Path) -> None:
    write_synthia(tmp_path)
    before = Synthia(tmp_path).samples("test")
    for path in list(tmp_path.rglob("*.png")):
        (path.parent / f"._{path.name}").touch()
    assert Synthia(tmp_path).samples("test") == before


def test_frames_without_their_pair_are_listed(tmp_path: Path) -> None:
    write_rgbd(tmp_path)
    (tmp_path / "frame-000000.depth.png").unlink()
    (tmp_path / "frame-000008.color.png").unlink()
    dataset = Rgbd(tmp_path)
    samples = dataset.samples("all")
    assert len(samples) == 10
    with pytest.raises(DamagedSample, match=r"frame-000000\.depth\.png is missing"):
        dataset.read_target(samples[0])
    with pytest.raises(DamagedSample, match=r"frame-000008\.color\.png is missing"):
        dataset.read_media(samples[1])


def test_sequences_are_groups(tmp_path: Path) -> None:
    for name in ("seq-01", "seq-02"):
        write_rgbd(tmp_path / name)
    samples = Rgbd(tmp_path).samples("test")
    assert [sample.group for sample in samples] == ["seq-01"] * 2 + ["seq-02"] * 2
    assert samples[0].id == "seq-01/frame-000064"
    assert {sample.group for sample in Rgbd(tmp_path / "seq-01").samples("all")} == {""}


def test_jpeg_colours(tmp_path: Path) -> None:
    write_rgbd(tmp_path)
    for path in tmp_path.glob("*.color.png"):
        write_rgb(path.with_suffix(".jpg"), size=SIZE)
        path.unlink()
    samples = Rgbd(tmp_path).samples("all")
    assert {sample.media.suffix for sample in samples} == {".jpg"}
    assert Rgbd(tmp_path).read_media(samples[0]).frames.shape == (24, 32, 3)


def test_synthia_drives_are_groups_of_all_their_cameras(tmp_path: Path) -> None:
    write_synthia_seqs(tmp_path)
    samples = Synthia(tmp_path).samples("all")
    assert len(samples) == 20
    assert samples[0].id == "SYNTHIA-SEQS-01-FALL/Stereo_Left/Omni_B/000000"
    assert {s.group for s in samples} == {"SYNTHIA-SEQS-01-FALL", "SYNTHIA-SEQS-05-RAIN"}
    alone = Synthia(tmp_path / "SYNTHIA-SEQS-01-FALL").samples("all")
    assert alone[0].id == "Stereo_Left/Omni_B/000000"
    assert {sample.group for sample in alone} == {""}


def test_synthia_inside_the_folder_of_its_archive(tmp_path: Path) -> None:
    write_synthia(tmp_path / "RAND_CITYSCAPES")
    for path in (tmp_path / "RAND_CITYSCAPES" / "Depth" / "Depth").glob("*"):
        shutil.move(path, path.parents[1])
    (tmp_path / "RAND_CITYSCAPES" / "Depth" / "Depth").rmdir()
    dataset = Synthia(tmp_path)
    assert ids(dataset, "test") == ["RAND_CITYSCAPES/0000004"]
    assert np.isfinite(depth_of(dataset, "test")).any()


def test_kitti_frames_without_depth_are_left_out(tmp_path: Path) -> None:
    write_kitti_depth(tmp_path)
    samples = KittiDepth(tmp_path).samples("test")
    assert len(samples) == 6
    assert samples[0].id == f"{KITTI_DRIVES[0]}/image_02/0000000000"
    assert {sample.group for sample in samples} == {n.removesuffix("_sync") for n in KITTI_DRIVES}


def test_kitti_lists_of_the_other_form(tmp_path: Path) -> None:
    write_kitti_depth(tmp_path)
    expected = KittiDepth(tmp_path).samples("test")
    (tmp_path / "eigen_test_files_with_gt.txt").unlink()
    lines = [f"2011_09_26/{drive} {n} l\n" for drive in KITTI_DRIVES for n in (0, 1, 2, 9)]
    (tmp_path / "splits" / "eigen").mkdir(parents=True)
    (tmp_path / "splits" / "eigen" / "test_files.txt").write_text("".join(lines))
    assert KittiDepth(tmp_path).samples("test") == expected


def test_kitti_drives_that_are_not_there_are_damage(tmp_path: Path) -> None:
    write_kitti_depth(tmp_path)
    shutil.rmtree(tmp_path / "data_depth_annotated" / "val" / KITTI_DRIVES[0])
    dataset = KittiDepth(tmp_path)
    samples = dataset.samples("test")
    assert len(samples) == 6
    with pytest.raises(DamagedSample, match=r"0000000000\.png is missing"):
        dataset.read_target(samples[0])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2011_09_26 0 l", r"line 1 is '2011_09_26 0 l'; DAY/DRIVE/CAMERA"),
        ("2011_09_26/drive zero l", "line 1 is"),
        ("2011_09_26/drive/image_02/other/0.png None", "line 1 is"),
        ("../../a/data/0.png None 1", "a file below the dataset's folder"),
        ("", "lists no samples"),
    ],
)
def test_kitti_lists_refused(tmp_path: Path, line: str, reason: str) -> None:
    write_kitti_depth(tmp_path)
    (tmp_path / "eigen_test_files_with_gt.txt").write_text(f"{line}\n")
    with pytest.raises(ValueError, match=reason):
        KittiDepth(tmp_path).samples("test")
