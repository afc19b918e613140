"""A plain folder of pictures."""

from pathlib import Path

import pytest

from lossproof.datasets.pictures import Pictures

from .layouts import write_pictures, write_text


def test_pictures_of_all_folders_come_by_their_paths(tmp_path: Path) -> None:
    write_pictures(tmp_path)
    write_text(tmp_path / "notes.txt", "none")
    write_text(tmp_path / ".thumbnails" / "a.png", "none")
    samples = Pictures(tmp_path).samples("all")
    assert [sample.id for sample in samples] == ["a.png", "b.png", "day/c.png"]
    assert Pictures(tmp_path).classes == ()


def test_classes_may_be_named(tmp_path: Path) -> None:
    write_pictures(tmp_path)
    write_text(tmp_path / "classes.txt", "road\nsky\n\n")
    assert Pictures(tmp_path).classes == ("road", "sky")
    write_text(tmp_path / "classes.txt", "road\nroad\n")
    with pytest.raises(ValueError, match=r"classes\.txt names a class twice"):
        assert Pictures(tmp_path).classes
