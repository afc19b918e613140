"""CamVid: lists, values, and the mistakes that copies of it have."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lossproof.datasets.camvid import CamVid
from lossproof.records import DamagedSample

from .layouts import CAMVID_SIZE, write_camvid, write_rgb


def test_classes_are_segnets() -> None:
    assert CamVid.classes[0] == "Sky"
    assert CamVid.classes[10] == "Bicyclist"
    assert CamVid.palette[CamVid.classes.index("Road")] == (128, 64, 128)
    assert len(CamVid.classes) == 11


def test_values_by_hand(camvid: CamVid) -> None:
    target = camvid.read_target(camvid.samples("test")[0])
    assert target.class_map[0].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255]
    assert target.num_classes == 11
    assert target.ignore == 255


def test_samples_in_listed_order(camvid: CamVid) -> None:
    listing = camvid.root / "test.txt"
    listing.write_text("".join(reversed(listing.read_text().splitlines(keepends=True))))
    assert [s.id for s in camvid.samples("test")] == [f"0001TP_{i:06d}" for i in (2, 1, 0)]


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\n\n", " "])
def test_absolute_names_count_by_folder_and_file(camvid: CamVid, separator: str) -> None:
    pairs = [
        f"/SegNet/CamVid/test/0001TP_{i:06d}.png /SegNet/CamVid/testannot/0001TP_{i:06d}.png"
        for i in range(3)
    ]
    relative = camvid.samples("test")
    (camvid.root / "test.txt").write_text(separator.join(pairs))
    assert camvid.samples("test") == relative


@pytest.mark.parametrize(
    "name",
    [
        "../secret.png",
        "test/../../secret.png",
        "/data/../secret.png",
        "/..",
        "/",
        "..\\secret.png",
        "C:/secret.png",
        ".",
    ],
)
def test_names_stay_below_the_root(camvid: CamVid, name: str) -> None:
    (camvid.root / "test.txt").write_text(f"{name} testannot/0001TP_000000.png\n")
    with pytest.raises(ValueError, match=r"test\.txt line 1 names .* below the dataset's folder"):
        camvid.samples("test")


def test_half_a_pair(camvid: CamVid) -> None:
    with (camvid.root / "test.txt").open("a") as listing:
        listing.write("test/0001TP_000007.png\n")
    with pytest.raises(ValueError, match=r"line 4 is 'test/0001TP_000007\.png'; pairs"):
        camvid.samples("test")


def test_twice_in_a_list(camvid: CamVid) -> None:
    listing = camvid.root / "test.txt"
    listing.write_text(listing.read_text() * 2)
    with pytest.raises(ValueError, match="lists '0001TP_000000' twice"):
        camvid.samples("test")


def test_empty_list(camvid: CamVid) -> None:
    (camvid.root / "test.txt").write_text("\n")
    with pytest.raises(ValueError, match=r"test\.txt lists no samples"):
        camvid.samples("test")


def test_absent_split_is_answered_with_those_there(camvid: CamVid) -> None:
    with pytest.raises(ValueError, match=r"split 'val' is not in .*; splits there: train, test"):
        camvid.samples("val")


@pytest.mark.parametrize("num_bits", [8, 4])
def test_palette_annotations_give_their_indices(tmp_path: Path, num_bits: int) -> None:
    write_camvid(tmp_path)
    dataset = CamVid(tmp_path)
    sample = dataset.samples("test")[0]
    expected = dataset.read_target(sample).class_map
    with Image.open(sample.target) as grey:
        picture = Image.frombytes("P", grey.size, grey.tobytes())
    colours = [value for colour in dataset.palette for value in colour]
    picture.putpalette((colours + [0] * 768)[: 3 * 2**num_bits])
    picture.save(sample.target, bits=num_bits, transparency=0)
    assert sample.target.read_bytes()[24:26] == bytes([num_bits, 3])
    assert np.array_equal(dataset.read_target(sample).class_map, expected)


@pytest.mark.parametrize("value", [12, 37, 254, 255])
def test_value_without_a_meaning(camvid: CamVid, value: int) -> None:
    sample = camvid.samples("test")[0]
    Image.new("L", CAMVID_SIZE, value).save(sample.target)
    with pytest.raises(DamagedSample, match=rf"0001TP_000000\.png has .*\[{value}\]; 0 to 11 are"):
        camvid.read_target(sample)


def test_colour_annotation_is_refused(camvid: CamVid) -> None:
    sample = camvid.samples("test")[0]
    write_rgb(sample.target, size=CAMVID_SIZE)
    with pytest.raises(
        DamagedSample, match="is 8-bit RGB; class indices are 8-bit grey or palette"
    ):
        camvid.read_target(sample)


def test_annotation_of_another_size(camvid: CamVid) -> None:
    sample = camvid.samples("test")[0]
    Image.new("L", (9, 12)).save(sample.target)
    with pytest.raises(DamagedSample, match=r"gives 9x12 and its picture .* is 12x9"):
        camvid.read_target(sample)


def test_target_reads_only_the_head_of_the_picture(camvid: CamVid) -> None:
    sample = camvid.samples("test")[0]
    sample.media.write_bytes(sample.media.read_bytes()[:40])
    assert camvid.read_target(sample).class_map.shape == (9, 12)
    with pytest.raises(DamagedSample, match="is truncated"):
        camvid.read_media(sample)
