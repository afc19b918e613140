"""H.264 round trips in memory against FFmpeg processes, files between them, and PNG frames.

The other side is what a well-known tool does for every clip: raw frames (or one PNG file) to disk,
one process that encodes them into a file, a second that decodes it into PNG files, and these read
back. It takes one clip after another, and its processes use every core. Ours are done one after
another too, on one core, and then as sweeps do them, side by side on all.
"""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
from skimage import data

from benchmarks.ratio import Amount, Ratio, Rounds, take_turns
from lossproof.codecs.h264 import H264

CRF = 23
SIZE = (320, 240)
NUM_FRAMES = 60
CLIPS, PICTURES = 3, 20
RoundTrip = Callable[[np.ndarray], np.ndarray]
ENCODER = ("-c:v", "libx264", "-crf", str(CRF), "-pix_fmt", "yuv420p")


def measure(amount: Amount) -> Iterator[Ratio]:
    clips = [_pan(shift) for shift in range(CLIPS)]
    what = f"H.264 CRF {CRF} round trip of {NUM_FRAMES} frames, {SIZE[0]}x{SIZE[1]}"
    found = _rounds(clips, _clip_by_processes, repeats=amount.repeats)
    yield from _ratios(what, found, target=4.0)
    pictures = [_pan(shift)[0] for shift in range(PICTURES)]
    what = f"H.264 CRF {CRF} round trip of {PICTURES} pictures, {SIZE[0]}x{SIZE[1]}"
    found = _rounds(pictures, _picture_by_processes, repeats=amount.repeats)
    yield from _ratios(what, found, target=40.0)


def _rounds(media: Sequence[np.ndarray], by_processes: RoundTrip, *, repeats: int) -> Rounds:
    return take_turns(
        repeats,
        ours_1=lambda: _all(_ours, media, 1),
        ours_all=lambda: _all(_ours, media, os.cpu_count() or 1),
        processes=lambda: _all(by_processes, media, 1),
    )


def _ratios(what: str, found: Rounds, *, target: float) -> Iterator[Ratio]:
    for ours, cores in (("ours_1", "one core"), ("ours_all", "all cores")):
        faster = found.ratio("processes", ours)
        line = f"{what}: FFmpeg processes / ours on {cores}"
        yield Ratio(line, faster, "at least", target, str(found))


def _pan(shift: int) -> np.ndarray:
    """A camera that crosses a photograph at half a pixel and three quarters a frame, with noise."""
    photograph = cv2.resize(data.astronaut(), (768, 768), interpolation=cv2.INTER_CUBIC)
    centres = [(200 + 0.75 * i + 7 * shift, 200 + 0.5 * i + 5 * shift) for i in range(NUM_FRAMES)]
    views = np.stack([cv2.getRectSubPix(photograph, SIZE, centre) for centre in centres])
    noise = np.random.default_rng(shift).normal(0, 2, views.shape)
    return np.clip(views + noise, 0, 255).astype(np.uint8)


def _all(round_trip: RoundTrip, media: Sequence[np.ndarray], threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        for frames, decoded in zip(media, pool.map(round_trip, media), strict=True):
            assert decoded.shape == frames.shape


def _ours(frames: np.ndarray) -> np.ndarray:
    codec = H264(CRF)
    return codec.decode(codec.encode(frames))


def _clip_by_processes(clip: np.ndarray) -> np.ndarray:
    raw = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{SIZE[0]}x{SIZE[1]}", "-r", "25")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "in.rgb").write_bytes(clip.tobytes())
        return _encode_and_decode([*raw, "-i", "in.rgb"], Path(folder))


def _picture_by_processes(picture: np.ndarray) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        cv2.imwrite(str(Path(folder, "in.png")), picture[..., ::-1])
        return _encode_and_decode(["-i", "in.png"], Path(folder))[0]


def _encode_and_decode(source: list[str], folder: Path) -> np.ndarray:
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y"]
    subprocess.run([*program, *source, *ENCODER, "coded.mp4"], cwd=folder, check=True)
    subprocess.run([*program, "-i", "coded.mp4", "out%05d.png"], cwd=folder, check=True)
    files = sorted(folder.glob("out*.png"))
    return np.stack([cv2.imread(str(file))[..., ::-1] for file in files])
