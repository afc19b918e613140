"""A plain folder of pictures."""

import os
from pathlib import Path

import pytest

from lossproof.datasets.pictures import Pictures
from lossproof.records import DamagedSample

from .layouts import write_pictures, write_text


def test_pictures_of_all_folders_come_by_their_paths(tmp_path: Path) -> None:
    write_pictures(tmp_path)
    write_text(tmp_path / "notes.txt", "none")
    write_text(tmp_path / ".thumbnails" / "a.png", "none")
    samples = Pictures(tmp_path).samples("all")
    assert [sample.id for sample in samples] == ["a.png", "b.png", "day/c.png"]
    assert Pictures(tmp_path).classes == ()


def test_links_are_followed_once_and_broken_ones_told(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    write_pictures(root)
    write_pictures(elsewhere)
    (root / "link").symlink_to(elsewhere)
    (elsewhere / "back").symlink_to(root)
    (root / "lost.png").symlink_to(tmp_path / "nothing.png")
    dataset = Pictures(root)
    samples = dataset.samples("all")
    names = [sample.id for sample in samples]
    own = ["a.png", "b.png", "day/c.png"]
    assert names == sorted([*own, *(f"link/{name}" for name in own), "lost.png"])
    with pytest.raises(DamagedSample, match=r"lost\.png is missing"):
        dataset.read_media(samples[names.index("lost.png")])


def test_a_name_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    write_pictures(tmp_path)
    (tmp_path / "a.png").rename(tmp_path / os.fsdecode(b"caf\xe9.png"))
    with pytest.raises(ValueError, match=r"lists 'caf\\udce9\.png'; names of files in UTF-8"):
        Pictures(tmp_path).samples("all")


def test_classes_may_be_named(tmp_path: Path) -> None:
    write_pictures(tmp_path)
    write_text(tmp_path / "classes.txt", "road\nsky\n\n")
    assert Pictures(tmp_path).classes == ("road", "sky")
    write_text(tmp_path / "classes.txt", "road\nroad\n")
    with pytest.raises(ValueError, match=r"classes\.txt names a class twice"):
        assert Pictures(tmp_path).classes
