"""The cache of bitstreams: made once, bounded, and only ever a shortcut."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossproof.training.bitstreams import Bitstreams

NAMES = [f"{n:02x}{n:030d}" for n in range(40)]


class Made:
    """Ten bytes for each name, and how often each was made."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, name: str) -> Callable[[], bytes]:
        def make() -> bytes:
            self.names.append(name)
            return name[:2].encode() * 5

        return make


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*.bin"))


def test_bytes_are_made_once(tmp_path: Path) -> None:
    made, cache = Made(), Bitstreams(memory_bytes=100, disk_bytes=0, folder=tmp_path)
    for _ in range(3):
        assert cache.get(NAMES[1], made(NAMES[1])) == b"01" * 5
    assert made.names == [NAMES[1]]


def test_what_leaves_memory_is_on_disk_and_found_by_the_next(tmp_path: Path) -> None:
    made, cache = Made(), Bitstreams(memory_bytes=20, disk_bytes=1000, folder=tmp_path)
    for name in NAMES[:5]:
        cache.get(name, made(name))
    assert [path.stem for path in files(tmp_path)] == NAMES[:3]
    again = Bitstreams(memory_bytes=20, disk_bytes=1000, folder=tmp_path)
    for name in NAMES[:3]:
        assert again.get(name, made(name)) == name[:2].encode() * 5
    assert made.names == NAMES[:5]


@settings(max_examples=30, deadline=None)  # every file is synced to the disk
@given(asked=st.lists(st.sampled_from(NAMES[:8]), max_size=40))
def test_the_bounds_hold_whatever_is_asked(
    tmp_path_factory: pytest.TempPathFactory, asked: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("bitstreams")
    made, cache = Made(), Bitstreams(memory_bytes=25, disk_bytes=30, folder=folder)
    for name in asked:
        assert cache.get(name, made(name)) == name[:2].encode() * 5
        assert len(files(folder)) <= 3
        assert sum(len(held.data) for held in cache._memory.values()) == cache._in_memory <= 25


def test_the_least_recently_used_leaves_first(tmp_path: Path) -> None:
    made, cache = Made(), Bitstreams(memory_bytes=0, disk_bytes=20, folder=tmp_path)
    for name in (NAMES[0], NAMES[1], NAMES[0], NAMES[2]):
        cache.get(name, made(name))
    assert [path.stem for path in files(tmp_path)] == [NAMES[0], NAMES[2]]


def test_a_folder_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    made, cache = Made(), Bitstreams(memory_bytes=0, disk_bytes=99, folder=tmp_path / "file")
    for _ in range(2):
        assert cache.get(NAMES[0], made(NAMES[0])) == b"00" * 5
    assert made.names == [NAMES[0]] * 2


def test_what_was_dropped_is_made_again(tmp_path: Path) -> None:
    made, cache = Made(), Bitstreams(memory_bytes=99, disk_bytes=99, folder=tmp_path)
    cache.get(NAMES[0], made(NAMES[0]))
    cache.drop(NAMES[0])
    cache.get(NAMES[0], made(NAMES[0]))
    assert len(made.names) == 2


def test_an_error_of_the_maker_is_passed_on(tmp_path: Path) -> None:
    def refuse() -> bytes:
        raise ValueError("no such frame")

    with pytest.raises(ValueError, match="no such frame"):
        Bitstreams(memory_bytes=9, disk_bytes=9, folder=tmp_path).get(NAMES[0], refuse)


def test_bounds_below_zero(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="memory_bytes is -1 and disk_bytes 0"):
        Bitstreams(memory_bytes=-1, disk_bytes=0, folder=tmp_path)


def test_what_is_for_memory_alone_never_reaches_the_disk(tmp_path: Path) -> None:
    made, cache = Made(), Bitstreams(memory_bytes=20, disk_bytes=1000, folder=tmp_path)
    for place, name in enumerate(NAMES[:8]):
        cache.get(name, made(name), on_disk=place % 2 == 1)
    assert [path.stem for path in files(tmp_path)] == [NAMES[1], NAMES[3], NAMES[5]]
    cache.get(NAMES[6], made(NAMES[6]), on_disk=False)
    assert made.names == NAMES[:8]
