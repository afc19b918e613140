"""Peak memory of a sweep of few and of many samples."""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from skimage import data

from benchmarks.ratio import Amount, Ratio

FEW, MANY = 50, 5000
SIZE = (480, 360)
HERE = Path(__file__).parent

# Linux counts in what a process had before it became another program, so the sweep is started by a
# small process and not by this one.
_LAUNCHER = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def measure(amount: Amount) -> Iterator[Ratio]:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        _write_dataset(root / "data")
        peaks = {
            count: statistics.median(_peak_bytes(root, count, run) for run in range(amount.repeats))
            for count in (FEW, MANY)
        }
    detail = ", ".join(f"{count} samples {peak / 2**20:.0f} MiB" for count, peak in peaks.items())
    yield Ratio(
        f"peak memory of a sweep, {MANY} / {FEW} samples",
        peaks[MANY] / peaks[FEW],
        "at most",
        1.10,
        detail,
    )


def _write_dataset(root: Path) -> None:
    """As many samples as wanted in CamVid's layout; the files of the first stand for all."""
    for folder in ("test", "testannot"):
        (root / folder).mkdir(parents=True)
    photograph = cv2.resize(data.astronaut(), SIZE)
    labels = np.random.default_rng(0).integers(0, 11, SIZE[::-1], dtype=np.uint8)
    Image.fromarray(photograph).save(root / "first.png")
    Image.fromarray(labels).save(root / "first_labels.png")
    names = [f"{index:06d}.png" for index in range(MANY)]
    for name in names:
        os.link(root / "first.png", root / "test" / name)
        os.link(root / "first_labels.png", root / "testannot" / name)
    lines = [f"test/{name} testannot/{name}\n" for name in names]
    (root / "test.txt").write_text("".join(lines))


def _peak_bytes(root: Path, samples: int, run: int) -> int:
    words = ["--task", "segmentation", "--data", f"camvid:{root / 'data'}", "--codec", "jpeg"]
    words += ["--model", f"{HERE / 'quick_model.py'}:load", "--levels", "75,10"]
    words += ["--limit", str(samples), "--store", str(root / f"store-{samples}-{run}"), "--json"]
    command = [sys.executable, "-m", "lossproof", "sweep", *words]
    launched = [sys.executable, "-c", _LAUNCHER, *command]
    done = subprocess.run(launched, capture_output=True, text=True, check=True)
    return int(done.stdout) * (1 if sys.platform == "darwin" else 1024)
