"""File digests are remembered, and the memory is never more than a shortcut."""

import hashlib
import json
import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import platformdirs
import pytest

from lossproof.digests import cache_folder, digest_files, file_digest

OLD_NS = 10**18


def old_file(path: Path, content: bytes, *, mtime_ns: int = OLD_NS) -> Path:
    path.write_bytes(content)
    os.utime(path, ns=(mtime_ns, mtime_ns))
    return path


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The data files that are opened while the test runs."""
    seen: list[Path] = []
    true_open = Path.open

    def counting_open(self: Path, *args: Any, **kwargs: Any) -> Any:
        if self.suffix == ".bin":
            seen.append(self)
        return true_open(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", counting_open)
    return seen


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return [old_file(tmp_path / f"{i}.bin", bytes([i]) * 10) for i in range(3)]


def reference(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def test_digests_are_blake2b_of_the_content(files: list[Path]) -> None:
    assert digest_files(files) == [reference(bytes([i]) * 10) for i in range(3)]
    assert digest_files([]) == []


def test_unchanged_files_are_read_once(files: list[Path], opened: list[Path]) -> None:
    first = digest_files(files)
    opened.clear()
    assert digest_files(files) == first
    assert opened == []


def test_a_file_named_twice_is_read_once(files: list[Path], opened: list[Path]) -> None:
    digests = digest_files([files[0]] * 3)
    assert len(opened) == 1
    assert len(set(digests)) == 1


def test_changed_files_are_read_again(files: list[Path], opened: list[Path]) -> None:
    digest_files(files)
    opened.clear()
    old_file(files[0], b"another size")
    old_file(files[1], b"y" * 10, mtime_ns=OLD_NS + 1)
    assert digest_files(files)[:2] == [reference(b"another size"), reference(b"y" * 10)]
    assert {path.name for path in opened} <= {"0.bin", "1.bin"}
    assert files[1] in opened


def test_a_file_just_written_is_not_trusted(tmp_path: Path) -> None:
    path = tmp_path / "fresh.bin"
    path.write_bytes(b"one")
    stat = path.stat()
    file_digest(path)
    path.write_bytes(b"two")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert file_digest(path) == reference(b"two")


def test_missing_and_unreadable_files_are_none(tmp_path: Path, files: list[Path]) -> None:
    paths = [tmp_path / "gone.bin", tmp_path, Path("a\0b"), files[0]]
    assert digest_files(paths) == [None, None, None, reference(bytes(10))]


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b"null", b'{"format": 1}', b'{"format": 1, "files": {"a": 3}}', b"\xff\0"],
)
def test_a_damaged_cache_is_no_cache(cache: Path, files: list[Path], damage: bytes) -> None:
    expected = digest_files(files)
    for shelf in cache.rglob("*.json"):
        shelf.write_bytes(damage)
    assert digest_files(files) == expected
    assert json.loads(next(cache.rglob("*.json")).read_bytes())["format"] == 1


def test_a_cache_of_another_format_is_not_read(
    cache: Path, files: list[Path], opened: list[Path]
) -> None:
    expected = digest_files(files)
    shelf = next(cache.rglob("*.json"))
    shelf.write_text(json.dumps({**json.loads(shelf.read_text()), "format": 99}))
    opened.clear()
    assert digest_files(files) == expected
    assert len(opened) == 3


def test_an_unwritable_cache_is_no_error(tmp_path: Path, files: list[Path]) -> None:
    blocked = tmp_path / "a file where the folder should be"
    blocked.touch()
    assert digest_files(files, cache=blocked) == digest_files(files)


def test_writers_at_once(cache: Path, files: list[Path]) -> None:
    expected = digest_files(files, cache=cache / "other")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: digest_files(files), range(24)))
    assert all(answer == expected for answer in answers)
    assert not list(cache.rglob("*.tmp"))


def test_processes_at_once(files: list[Path]) -> None:
    expected = digest_files(files)
    with ProcessPoolExecutor(2) as pool:
        assert list(pool.map(digest_files, [files] * 4)) == [expected] * 4


def test_where_the_cache_is(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    assert cache_folder() == cache
    monkeypatch.delenv("LOSSPROOF_CACHE")
    assert cache_folder() == platformdirs.user_cache_path("lossproof")
