"""UCF101: official lists, the class that is spelled in two ways, and lists that are wrong."""

from pathlib import Path

import pytest

from lossproof.datasets.ucf101 import Ucf101
from lossproof.records import DamagedSample

from .layouts import write_text, write_ucf101


@pytest.fixture
def ucf101(tmp_path: Path) -> Ucf101:
    write_ucf101(tmp_path)
    return Ucf101(tmp_path)


def test_labels_and_groups(ucf101: Ucf101) -> None:
    samples = ucf101.samples("test01")
    assert ucf101.classes == ("Archery", "HandstandPushups")
    assert [ucf101.read_target(sample).label for sample in samples] == [0, 0, 1, 1]
    assert [sample.group for sample in samples] == [
        "Archery_g01",
        "Archery_g08",
        "HandstandPushups_g01",
        "HandstandPushups_g08",
    ]


def test_two_spellings_find_one_file(ucf101: Ucf101) -> None:
    samples = ucf101.samples("test01")
    assert samples[2].id == "HandStandPushups/v_HandStandPushups_g01_c01"
    assert samples[2].media.parent.name == "HandstandPushups"
    assert len(ucf101.read_media(samples[2]).frames) == 5
    folder = ucf101.root / "UCF-101"
    (folder / "HandstandPushups").rename(folder / "HandStandPushups")
    again = ucf101.samples("test01")
    assert [sample.id for sample in again] == [sample.id for sample in samples]
    assert again[2].media.is_file()


def test_training_lists_have_numbers(ucf101: Ucf101) -> None:
    listing = ucf101.root / "ucfTrainTestlist" / "trainlist02.txt"
    write_text(listing, "Archery/v_Archery_g01_c01.avi 1\n")
    assert [sample.id for sample in ucf101.samples("train02")] == ["Archery/v_Archery_g01_c01"]
    write_text(listing, "Archery/v_Archery_g01_c01.avi 2\n")
    with pytest.raises(ValueError, match=r"trainlist02\.txt line 1 is .*; a class of classInd"):
        ucf101.samples("train02")


def test_absent_lists_and_clips(ucf101: Ucf101) -> None:
    with pytest.raises(ValueError, match=r"split 'train01' is not in .*; splits there: test01"):
        ucf101.samples("train01")
    sample = ucf101.samples("test01")[0]
    sample.media.unlink()
    assert ucf101.samples("test01")[0].id == sample.id
    with pytest.raises(DamagedSample, match=r"v_Archery_g01_c01\.avi is missing"):
        ucf101.read_media(ucf101.samples("test01")[0])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Juggling/v_Juggling_g01_c01.avi", "a class of classInd"),
        ("v_Archery_g01_c01.avi", "CLASS/v_CLASS_gNN_cNN.avi"),
        ("../Archery/v.avi", "a file below the dataset's folder"),
        ("Archery/v_Archery_g01_c01.avi\nArchery/v_Archery_g01_c01.avi", "twice"),
    ],
)
def test_lists_refused(ucf101: Ucf101, line: str, reason: str) -> None:
    write_text(ucf101.root / "ucfTrainTestlist" / "testlist01.txt", f"{line}\n")
    with pytest.raises(ValueError, match=rf"testlist01\.txt.*{reason}"):
        ucf101.samples("test01")


def test_numbers_of_classes_refused(ucf101: Ucf101) -> None:
    write_text(ucf101.root / "ucfTrainTestlist" / "classInd.txt", "1 Archery\n3 Diving\n")
    with pytest.raises(ValueError, match=r"classInd\.txt line 2 is '3 Diving'; '2 NAME' is"):
        Ucf101(ucf101.root).samples("test01")
