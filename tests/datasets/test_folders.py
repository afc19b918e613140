"""Files below a folder: each once, wherever links lead."""

from pathlib import Path

import pytest

from lossproof.datasets.folders import files_below, is_hidden, is_there


def found_in(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in files_below(root))


def put(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def test_every_folder_is_visited_once(tmp_path: Path) -> None:
    root = tmp_path / "root"
    put(root / "top.png")
    put(root / "z" / "deep" / "x.png")
    put(tmp_path / "shared" / "y.png")
    (root / "back").symlink_to(root)
    (root / "a").symlink_to(tmp_path / "shared")
    (root / "b").symlink_to(tmp_path / "shared")
    (root / "z" / "again").symlink_to(root / "z")
    assert found_in(root) == ["a/y.png", "top.png", "z/deep/x.png"]


def test_a_folder_is_found_where_it_lies_rather_than_by_a_link_beside_it(tmp_path: Path) -> None:
    put(tmp_path / "z" / "x.png")
    (tmp_path / "a").symlink_to(tmp_path / "z")
    assert found_in(tmp_path) == ["z/x.png"]


def test_what_systems_leave_is_hidden(tmp_path: Path) -> None:
    for name in ("._a.png", ".Trash/b.png", "@eaDir/c.png", "d.png"):
        put(tmp_path / name)
    assert found_in(tmp_path) == ["d.png"]
    assert [is_hidden(name) for name in ("._a", "@eaDir", "a")] == [True, True, False]


def test_a_link_that_leads_nowhere_is_there(tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to(tmp_path / "nothing")
    (tmp_path / "folder").mkdir()
    places = [tmp_path / name for name in ("a.png", "folder", "b.png")]
    assert [is_there(place) for place in places] == [True, False, False]
    assert found_in(tmp_path) == ["a.png"]


def test_a_folder_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("os.scandir", refuse)
    with pytest.raises(ValueError, match="cannot be read: Permission denied"):
        found_in(tmp_path)
