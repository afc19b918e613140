"""JPEG round trips: threads against one thread, and against Pillow at as many threads."""

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
from PIL import Image
from skimage import data

from benchmarks.ratio import Amount, Ratio, take_turns
from lossproof.codecs.jpeg import Jpeg

SIZES = ((640, 480), (2048, 1024))
QUALITY = 50
PIXELS_PER_RUN = 120_000_000


def measure(amount: Amount) -> Iterator[Ratio]:
    for size in SIZES:
        yield from _at_size(size, amount.repeats)


def _at_size(size: tuple[int, int], repeats: int) -> Iterator[Ratio]:
    frame = cv2.resize(data.astronaut(), size, interpolation=cv2.INTER_CUBIC)
    frames = [frame] * (PIXELS_PER_RUN // frame[..., 0].size)
    found = take_turns(
        repeats,
        ours_1=lambda: _all(_ours, frames, 1),
        ours_2=lambda: _all(_ours, frames, 2),
        pillow_1=lambda: _all(_pillow, frames, 1),
        pillow_2=lambda: _all(_pillow, frames, 2),
    )
    pixels = len(frames) * frame[..., 0].size / 1e6
    speeds = {name: pixels / found.median(name) for name in found.seconds}
    detail = ", ".join(f"{name} {speed:.0f} MP/s" for name, speed in speeds.items())
    what = f"JPEG {QUALITY} round trip, {size[0]}x{size[1]}"
    threads = found.ratio("ours_1", "ours_2")
    yield Ratio(f"{what}: two threads / one", threads, "at least", 1.8, detail)
    for count in (1, 2):
        faster = found.ratio(f"pillow_{count}", f"ours_{count}")
        yield Ratio(f"{what}: ours / Pillow, {count} threads", faster, "at least", 1.7, detail)


def _all(
    round_trip: Callable[[np.ndarray], object], frames: list[np.ndarray], threads: int
) -> None:
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(round_trip, frames):
            pass


def _ours(frame: np.ndarray) -> None:
    codec = Jpeg(QUALITY)
    codec.decode(codec.encode(frame))


def _pillow(frame: np.ndarray) -> None:
    buffer = io.BytesIO()
    Image.fromarray(frame).save(buffer, "JPEG", quality=QUALITY)
    buffer.seek(0)
    np.asarray(Image.open(buffer))
