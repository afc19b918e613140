"""Making worlds: whole or not at all, again what is damaged, and after kills what is missing."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lossproof.tinytown.folder import MANIFEST, open_world
from lossproof.tinytown.making import BUILT_IN_SIZE, built_in_folder, make
from lossproof.tinytown.plan import VERSION

from .conftest import SIZE
from .stand_in import ARTIST

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
from pathlib import Path
from lossproof.tinytown.making import make
from tests.tinytown.stand_in import SLOW

if __name__ == "__main__":
    make(
        Path(sys.argv[1]),
        size=6,
        workers=int(sys.argv[2]),
        artist=SLOW,
        progress=lambda done, _: print(done, flush=True),
    )
"""


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_several_processes_make_the_same_bytes(
    world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    told: list[tuple[int, int]] = []
    progress = lambda done, total: told.append((done, total))  # noqa: E731
    make(tmp_path / "other", size=SIZE, workers=2, progress=progress, artist=ARTIST)
    assert contents(tmp_path / "other") == contents(world)
    assert told == [(done, 55) for done in range(56)]
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


@pytest.mark.parametrize("workers", [1, 2])
def test_killed_it_goes_on_with_what_is_missing(workers: int, world: Path, tmp_path: Path) -> None:
    folder = tmp_path / "world"
    unfinished = tmp_path / f".world-v{VERSION}-6.unfinished"
    before = 0
    for _ in range(2):
        assert kill_after(workers, folder, unfinished, number=before + 5)
        kept = {path: path.stat().st_mtime_ns for path in unfinished.rglob("*.json")}
        assert not folder.exists()
        before = len(kept)
    make(folder, size=SIZE, workers=1, artist=ARTIST)
    assert contents(folder) == contents(world)
    assert not unfinished.exists()
    for path, changed in kept.items():
        assert (folder / path.relative_to(unfinished)).stat().st_mtime_ns == changed


def kill_after(workers: int, folder: Path, unfinished: Path, *, number: int) -> bool:
    """Kill the process when so many stills are there; whether it was at work."""
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-c", SCRIPT, str(folder), str(workers)]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": paths}) as process:
        while process.poll() is None and len(list(unfinished.rglob("*.json"))) < number:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    time.sleep(0.5)  # its own processes end with it, in a moment
    return process.returncode == -signal.SIGKILL


def test_what_is_damaged_or_missing_is_made_again(world: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(world, tmp_path / "world")
    before = contents(folder)
    damaged = folder / "stills/test/000003.depth.png"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
    (folder / "clips/val/run/g01_c03.mkv").unlink()
    assert [place.files[0] for place in open_world(folder).damaged()] == [
        "stills/test/000003.png",
        "clips/val/run/g01_c03.mkv",
    ]
    told: list[tuple[int, int]] = []
    progress = lambda done, total: told.append((done, total))  # noqa: E731
    make(folder, size=SIZE, workers=1, progress=progress, artist=ARTIST)
    assert contents(folder) == before
    assert told == [(53, 55), (54, 55), (55, 55)]


def test_a_whole_world_is_left_alone(world: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in world.rglob("*")}
    told: list[int] = []
    make(world, size=SIZE, progress=lambda done, total: told.append(done), artist=ARTIST)
    assert {path: path.stat().st_mtime_ns for path in world.rglob("*")} == before
    assert not told


def test_another_size_and_another_content_are_refused(world: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="has all of the world of size 6, not all of 7; another"):
        make(world, size=7, artist=ARTIST)
    with pytest.raises(ValueError, match="size is 0; 1 or more"):
        make(tmp_path / "none", size=0, artist=ARTIST)
    with pytest.raises(ValueError, match="workers is 0; 1 or more"):
        make(tmp_path / "none", workers=0, artist=ARTIST)
    (tmp_path / "holiday.txt").touch()
    with pytest.raises(ValueError, match="holds something else"):
        make(tmp_path, size=SIZE, artist=ARTIST)
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.txt"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "is damaged"),
        (f'{{"version": {VERSION}}}', "is damaged"),
        (
            '{"version": 99, "size": 6, "files": {}}',
            f"has version 99 of tinytown; {VERSION} is allowed",
        ),
    ],
)
def test_a_wrong_manifest_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(ValueError, match=problem):
        open_world(tmp_path)


def start(folder: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", SCRIPT, str(folder), "1"]
    pipe = subprocess.PIPE
    return subprocess.Popen(words, cwd=ROOT, stdout=pipe, stderr=pipe, text=True)


def test_of_two_processes_one_draws_and_the_other_waits(world: Path, tmp_path: Path) -> None:
    folder = tmp_path / "world"
    both = [start(folder) for _ in range(2)]
    said = [one.communicate(timeout=120) for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert sorted(drawn.split() for drawn, _ in said) == [[], [str(done) for done in range(56)]]
    assert contents(folder) == contents(world)
    assert [path.name for path in tmp_path.iterdir()] == ["world"]


def test_who_waited_for_another_world_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "world"
    with start(folder) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "0\n"
        with pytest.raises(ValueError, match=r"has all of the world of size 6, not stills of 6"):
            make(folder, size=SIZE, holds="stills", workers=1, artist=ARTIST)
        other.communicate(timeout=120)
    assert other.returncode == 0


def test_a_cache_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").touch()
    monkeypatch.setenv("LOSSPROOF_CACHE", str(tmp_path / "cache"))
    with pytest.raises(OSError, match=r"the cache cannot be written: .*; LOSSPROOF_CACHE may"):
        make(tmp_path / "world", size=SIZE, workers=1, artist=ARTIST)
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]


def test_the_built_in_world_lies_in_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOSSPROOF_CACHE", str(tmp_path))
    assert built_in_folder("clips") == tmp_path / f"tinytown-v{VERSION}-{BUILT_IN_SIZE}-clips"


def test_half_a_world_has_what_the_whole_has_of_it(world: Path, tmp_path: Path) -> None:
    halves = {half: tmp_path / half for half in ("stills", "clips")}
    for half, folder in halves.items():
        make(folder, size=SIZE, holds=half, workers=1, artist=ARTIST)
        whole = {name: data for name, data in contents(world).items() if str(name).startswith(half)}
        assert whole
        found = contents(folder)
        assert {name: found[name] for name in whole} == whole
    assert len(open_world(halves["stills"]).stills("train")) == SIZE
    with pytest.raises(ValueError, match="has stills of tinytown alone; it needs clips"):
        open_world(halves["stills"]).clips("train")
    with pytest.raises(ValueError, match="has clips of the world of size 6, not stills of 6"):
        make(halves["clips"], size=SIZE, holds="stills", artist=ARTIST)
