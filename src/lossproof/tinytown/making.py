"""Making a world in a folder, in several processes, whole or not at all.

Everything is drawn in a folder beside the one that is wanted, each file complete or absent, and
renamed when all is there. Whatever moment the making is killed at, making again goes on with what
is missing.
"""

import hashlib
import multiprocessing
import os
import shutil
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from filelock import FileLock

from lossproof.atomic import write_bytes
from lossproof.digests import cache_folder
from lossproof.parenthood import end_with_parent
from lossproof.tinytown.clip_files import clip_file
from lossproof.tinytown.folder import close_world, is_world, open_world
from lossproof.tinytown.plan import VERSION, ClipPlace, Holds, Place, StillPlace, places_of
from lossproof.tinytown.still_files import still_files
from lossproof.tinytown.truth import ACTIONS, ActionClip, Still

BUILT_IN_SIZE = 160
"""Stills to train on in the world that is made where no folder is named."""

_SCRATCH = ".scratch"

Progress = Callable[[int, int], None]
"""Called with the stills and clips done, and all that there are; in the caller's thread."""


class DrawClip(Protocol):
    """``action`` is one of ``ACTIONS``; street and person follow from ``scene_seed`` alone."""

    def __call__(
        self, rng: np.random.Generator, *, action: str, scene_seed: int, group: str
    ) -> ActionClip: ...


@dataclass(frozen=True)
class Artist:
    """Who draws: two functions of modules, so that other processes can find them by name."""

    still: Callable[[np.random.Generator], Still]
    clip: DrawClip


def tinytown() -> Artist:
    """The one that draws this world."""
    from lossproof.tinytown.clips import clip
    from lossproof.tinytown.frame import still

    return Artist(still, clip)


def built_in_folder(holds: Holds) -> Path:
    """Where that half of the world is that no one names a folder for; its version and size are in
    the name. Halves are made apart, for whoever needs but one."""
    return cache_folder() / f"tinytown-v{VERSION}-{BUILT_IN_SIZE}-{holds}"


def make(
    folder: Path,
    *,
    size: int = BUILT_IN_SIZE,
    holds: Holds = "all",
    workers: int | None = None,
    progress: Progress | None = None,
    artist: Artist | None = None,
) -> None:
    """Make the world with ``size`` stills to train on in ``folder``, or half of it, or mend the one
    there.

    It has an eighth as many stills to validate and half as many to test, half as many clips to
    train, a sixteenth to validate and a quarter to test, and a few more where that is very few.
    ``workers`` processes draw, by default one per core; with 1 it is this one. Several are started
    by ``spawn``: a script that calls this needs ``if __name__ == "__main__"``. This process waits
    for another that is making or mending the same folder. Raises ValueError for a folder that holds
    something else or a world of another size, OSError where it cannot be written or a process ended
    early.
    """
    if size < 1:
        raise ValueError(f"size is {size}; 1 or more stills are allowed")
    if workers is not None and workers < 1:
        raise ValueError(f"workers is {workers}; 1 or more are allowed")
    folder = folder.expanduser().absolute()
    number = workers or os.cpu_count() or 1
    wanted = _Wanted(size, holds)
    easel = _Easel(artist or tinytown(), number, progress or (lambda done, total: None))
    if is_world(folder) and not _damaged(folder, wanted):
        return
    with _alone_at(folder):
        if is_world(folder):
            _mend(folder, wanted, easel)
        else:
            _make(folder, wanted, easel)


@contextmanager
def _alone_at(folder: Path) -> Iterator[None]:
    """After other processes that are making or mending the same folder; the lock lies in the cache.

    Raises OSError where that cannot be written.
    """
    locks = cache_folder() / "locks"
    try:
        locks.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(
            f"the cache cannot be written: {error}; LOSSPROOF_CACHE may name another"
        ) from None
    name = hashlib.blake2b(os.fsencode(folder.resolve()), digest_size=16).hexdigest()
    with FileLock(locks / name):
        yield


class _Wanted(NamedTuple):
    """What a folder shall hold."""

    size: int
    holds: Holds

    @property
    def places(self) -> tuple[Place, ...]:
        return places_of(self.size, self.holds)


@dataclass(frozen=True)
class _Easel:
    """How is drawn."""

    artist: Artist
    workers: int
    progress: Progress


def _make(folder: Path, wanted: _Wanted, easel: _Easel) -> None:
    """Draw what is not there yet of a world, and put it in its place."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"{folder} holds something else; a new or an empty folder is allowed")
    unfinished = folder.with_name(f".{folder.name}-v{VERSION}-{wanted.size}.unfinished")
    missing = [place for place in wanted.places if not _is_there(unfinished, place)]
    _draw(unfinished, missing, easel, total=len(wanted.places))
    close_world(unfinished, size=wanted.size, holds=wanted.holds)
    unfinished.replace(folder)


def _damaged(folder: Path, wanted: _Wanted) -> Sequence[Place]:
    """What is missing or damaged of the world that is there. Raises ValueError for another one."""
    world = open_world(folder)
    if (world.size, world.holds) != wanted:
        raise ValueError(
            f"{folder} has {world.holds} of the world of size {world.size}, not {wanted.holds} of "
            f"{wanted.size}; another folder is allowed"
        )
    return world.damaged()


def _mend(folder: Path, wanted: _Wanted, easel: _Easel) -> None:
    """Draw again what is missing or damaged."""
    damaged = _damaged(folder, wanted)
    if damaged:
        _draw(folder, damaged, easel, total=len(wanted.places))
        close_world(folder, size=wanted.size, holds=wanted.holds)


def _is_there(folder: Path, place: Place) -> bool:
    return all((folder / name).is_file() for name in place.files)


def _draw(folder: Path, places: Sequence[Place], easel: _Easel, *, total: int) -> None:
    done = total - len(places)
    easel.progress(done, total)
    several = easel.workers > 1 and len(places) > 1
    drawn = _by_several(folder, places, easel) if several else _alone(folder, places, easel)
    with closing(drawn):
        for _ in drawn:
            done += 1
            easel.progress(done, total)
    # A killed process leaves what it was just writing.
    shutil.rmtree(folder / _SCRATCH, ignore_errors=True)


def _alone(folder: Path, places: Sequence[Place], easel: _Easel) -> Generator[None, None, None]:
    for place in places:
        _put(folder, place, easel.artist)
        yield


def _by_several(
    folder: Path, places: Sequence[Place], easel: _Easel
) -> Generator[None, None, None]:
    pool = ProcessPoolExecutor(
        min(easel.workers, len(places)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
    )
    try:
        drawing = [pool.submit(_put, folder, place, easel.artist) for place in places]
        for drawn in as_completed(drawing):
            drawn.result()
            yield
    except BrokenProcessPool:
        raise OSError(
            "a process that draws tinytown ended early: killed, out of memory, or started by a "
            "script without if __name__ == '__main__'; what was drawn is kept, and making it again "
            "goes on from there"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _put(folder: Path, place: Place, artist: Artist) -> None:
    """Draw one still or clip and write its files."""
    for name, content in _contents(place, artist).items():
        write_bytes(folder / name, content, scratch=folder / _SCRATCH)


def _contents(place: Place, artist: Artist) -> dict[str, bytes]:
    if isinstance(place, StillPlace):
        return {f"{place.stem}{end}": data for end, data in _still(place, artist).items()}
    return dict(zip(place.files, [_clip(place, artist)], strict=True))


def _still(place: StillPlace, artist: Artist) -> dict[str, bytes]:
    return still_files(artist.still(place.rng()))


def _clip(place: ClipPlace, artist: Artist) -> bytes:
    action = ACTIONS[place.label]
    drawn = artist.clip(place.rng(), action=action, scene_seed=place.scene_seed, group=place.group)
    return clip_file(drawn.frames, frames_per_second=drawn.frames_per_second)


def _begin() -> None:
    """One thread for each process, which ends with the one that started it."""
    import cv2

    cv2.setNumThreads(1)
    end_with_parent()
