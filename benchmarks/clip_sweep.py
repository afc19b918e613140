"""Whether a sweep over clips keeps every core busy."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import cv2
import numpy as np
from skimage import data

from benchmarks.ratio import Amount, Ratio

NUM_CLIPS = 16
NUM_FRAMES = 60
SIZE = (320, 240)
CORES = os.cpu_count() or 1


def measure(amount: Amount) -> Iterator[Ratio]:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        _write_clips(root / "clips" / "pan")
        found = [_sweep(root, run) for run in range(amount.repeats)]
    wall, cpu = (median(one[place] for one in found) for place in (0, 1))
    yield Ratio(
        f"sweep of {NUM_CLIPS} clips ({NUM_FRAMES} frames of {SIZE[0]}x{SIZE[1]}) through H.264 at "
        f"5 levels: wall time / (CPU time / {CORES} cores)",
        median(seconds / (work / CORES) for seconds, work in found),
        "at most",
        1.15,
        f"wall {wall:.2f} s, CPU {cpu:.2f} s",
    )


def _sweep(root: Path, run: int) -> tuple[float, float]:
    """Seconds of the whole command, and of all processors in it."""
    words = ["--task", "fidelity", "--data", f"clips:{root / 'clips'}", "--model", "identity"]
    words += ["--codec", "h264", "--store", str(root / f"store-{run}"), "--json"]
    command = [sys.executable, "-m", "lossproof", "sweep", *words]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, used


def _write_clips(folder: Path) -> None:
    """A window that wanders over a photograph, near lossless."""
    import av

    folder.mkdir(parents=True)
    photograph = cv2.resize(data.astronaut(), (640, 480))
    for number in range(NUM_CLIPS):
        with av.open(str(folder / f"{number:02d}.mp4"), "w") as container:
            stream = container.add_stream("libx264", rate=25, options={"crf": "12"})
            stream.width, stream.height = SIZE
            stream.pix_fmt = "yuv420p"
            for index in range(NUM_FRAMES):
                top, left = number * 5 + index, number * 7 + 2 * index
                window = np.ascontiguousarray(
                    photograph[top : top + SIZE[1], left : left + SIZE[0]]
                )
                for packet in stream.encode(av.VideoFrame.from_ndarray(window, format="rgb24")):
                    container.mux(packet)
            for packet in stream.encode():
                container.mux(packet)
