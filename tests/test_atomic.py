"""Files whole or not there."""

import shutil
from pathlib import Path

import pytest

from lossproof.atomic import write_bytes


def test_folders_are_made_and_old_content_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"
    write_bytes(path, b"old")
    write_bytes(path, b"new", scratch=tmp_path / "scratch")
    assert path.read_bytes() == b"new"
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_folder_that_is_removed_on_the_way_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "parts" / "file"
    monkeypatch.setattr("os.fsync", lambda file: shutil.rmtree(path.parent))
    write_bytes(path, b"new", scratch=tmp_path / "scratch")
    assert path.read_bytes() == b"new"
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_failure_keeps_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_bytes(path, b"old")
    monkeypatch.setattr("os.replace", lambda *names: (_ for _ in ()).throw(OSError("no")))
    with pytest.raises(OSError, match="no"):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
