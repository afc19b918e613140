"""The demo, part after part, the world that it is made in, and its page: once, not in rounds."""

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.ratio import Amount, Ratio
from lossproof.report.page.contents import contents_of
from lossproof.report.page.page import to_html
from lossproof.tinytown.making import BUILT_IN_SIZE, make
from lossproof.tinytown.plan import places_of

WORLD_SECONDS = 90.0
FIRST_TABLE_SECONDS = 60.0
DEMO_SECONDS = 600.0
PAGE_SECONDS = 5.0
MEMORY_BYTES = 4 * 2**30
_PART = re.compile(r"^(\S.*?) +(\d+) *$", re.MULTILINE)


def measure(_: Amount) -> Iterator[Ratio]:
    """From nothing but the package to the page."""
    with tempfile.TemporaryDirectory(prefix="lossproof-demo-") as folder:
        yield _world(Path(folder) / "world")
        yield from _demo(Path(folder))
        yield _page(Path(folder) / "demo")


def _world(folder: Path) -> Ratio:
    began = time.monotonic()
    make(folder)
    seconds = time.monotonic() - began
    number = len(places_of(BUILT_IN_SIZE))
    detail = f"{seconds:.1f} s, {number / seconds:.1f} a second"
    return _share(f"drawing {number} stills and clips of tinytown", seconds, WORLD_SECONDS, detail)


def _demo(folder: Path) -> Iterator[Ratio]:
    done = subprocess.run(
        [sys.executable, "-m", "lossproof", "demo", "--out", str(folder / "demo")],
        env={**os.environ, "LOSSPROOF_CACHE": str(folder / "cache")},
        check=True,
        capture_output=True,
        text=True,
    )
    seconds = parts_in(done.stdout)
    first = next(iter(seconds))
    parts = ", ".join(f"{part} {count} s" for part, count in seconds.items() if part != "all")
    yield _share(
        "demo: its first table", seconds[first], FIRST_TABLE_SECONDS, f"{first}, its world included"
    )
    yield _share("demo, all of it", seconds["all"], DEMO_SECONDS, parts)
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    yield Ratio(
        "demo: peak memory / 4 GiB", used / MEMORY_BYTES, "at most", 1.0, f"{used / 2**20:.0f} MiB"
    )


def parts_in(told: str) -> dict[str, int]:
    """The seconds of each part and of all, from what the demo printed."""
    _, table = told.rsplit("\npart ", 1)
    return {part: int(count) for part, count in _PART.findall(table)}


def _page(store: Path) -> Ratio:
    """Of the demo's store, built once more."""
    began = time.monotonic()
    to_html(contents_of(store))
    seconds = time.monotonic() - began
    return _share("the demo's page", seconds, PAGE_SECONDS, f"{seconds:.2f} s, without pictures")


def _share(what: str, seconds: float, most: float, detail: str) -> Ratio:
    return Ratio(f"{what} / {most:.0f} s", seconds / most, "at most", 1.0, detail)
