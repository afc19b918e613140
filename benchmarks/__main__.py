"""Measure everything and print it; ``--write`` keeps it in RESULTS.md."""

import argparse
import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

from benchmarks import (
    average_precision,
    clip_sweep,
    demo,
    explorer,
    find,
    grouping,
    memory,
    report,
    round_trips,
    start_up,
    sweeps,
    training,
    video_round_trips,
)
from benchmarks.ratio import Amount, Ratio

Measure = Callable[[Amount], Iterator[Ratio]]

RESULTS = Path(__file__).with_name("RESULTS.md")
PACKAGES = (
    *("torch", "onnxruntime", "imagecodecs", "opencv-contrib-python-headless"),
    *("av", "pillow", "numpy"),
)
PARTS: Mapping[str, Measure] = {
    "start_up": start_up.measure,
    "round_trips": round_trips.measure,
    "video_round_trips": video_round_trips.measure,
    "average_precision": average_precision.measure,
    "grouping": grouping.measure,
    "clip_sweep": clip_sweep.measure,
    "memory": memory.measure,
    "sweeps": sweeps.measure,
    "training": training.measure,
    "demo": demo.measure,
    "explorer": explorer.measure,
    "report": report.measure,
    "find": find.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--pictures", type=int, default=233, help="of CamVid's test split")
    parser.add_argument("--images", type=int, default=5000, help="that precision is averaged over")
    parser.add_argument("--decisions", type=int, default=500, help="that find takes of each")
    parser.add_argument("--store", default="benchmarks-store", help="where find's sweeps are kept")
    parser.add_argument("--world", default="", help="only find's worlds with this in their name")
    parser.add_argument("--only", choices=PARTS, action="append", help="may be repeated")
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {RESULTS.name}")
    words = parser.parse_args()
    lines = []
    for ratio in _ratios(words):
        lines.append(_line(ratio))
        print(lines[-1], flush=True)
    if words.write:
        RESULTS.write_text(_page(lines, words))


def _ratios(words: argparse.Namespace) -> Iterator[Ratio]:
    for name in words.only or PARTS:
        amount = Amount(
            words.repeats,
            words.pictures,
            words.images,
            words.decisions,
            words.store,
            words.world,
        )
        yield from PARTS[name](amount)


def _line(ratio: Ratio) -> str:
    verdict = "met" if ratio.met else "**missed**"
    target = f"{ratio.bound} {ratio.target:.2f}"
    return f"| {ratio.what} | {ratio.value:.2f} | {target} | {verdict} | {ratio.detail} |"


def _command(words: argparse.Namespace) -> str:
    options = f"--repeats {words.repeats} --pictures {words.pictures} --images {words.images}"
    return f"python -m benchmarks --write {options}"


def _page(lines: list[str], words: argparse.Namespace) -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"`{_command(words)}`, {time.strftime('%Y-%m-%d', time.gmtime())}:",
            f"medians over {words.repeats} rounds, in which what is compared takes turns, in one",
            f"run on {os.cpu_count()} cores ({platform.machine()}, {platform.system()}),",
            f"Python {platform.python_version()}, {packages}.",
            "",
            "Ratios, not seconds, are what to compare: seconds are of that machine on that day.",
            "",
            "| what | ratio | target | | behind it |",
            "| --- | --- | --- | --- | --- |",
            *lines,
            "",
        ]
    )


if __name__ == "__main__":
    main()
