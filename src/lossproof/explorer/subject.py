"""What is looked at: a sample of a dataset, or a file of one's own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from lossproof.datasets.dataset import Dataset
from lossproof.datasets.images import decode_picture, read_size
from lossproof.datasets.videos import EXTENSIONS, read_clip
from lossproof.records import Media, MediaKind, Sample
from lossproof.targets import SourceTarget
from lossproof.tasks import Task

MODEL_EXTENSIONS = (".py", ".toml", ".onnx", ".safetensors")

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Limits:
    """What a file of one's own may be: bytes of the file, pixels of a picture, frames and decoded
    bytes of a clip, and seconds until it is read."""

    num_bytes: int = 64_000_000
    num_pixels: int = 16_000_000
    num_frames: int = 300
    decoded_bytes: int = 256_000_000
    seconds: float = 20.0


LIMITS = Limits()


@dataclass(frozen=True)
class Subject:
    """A picture or clip, decoded; ``target`` is None where nobody knows the truth."""

    name: str
    media: Media
    target: Any | None

    @property
    def kind(self) -> MediaKind:
        return "clip" if self.media.frames.ndim == 4 else "picture"


def of_dataset(dataset: Dataset, sample: Sample, task: Task) -> Subject:
    """A sample and its truth. Raises DamagedSample."""
    media = dataset.read_media(sample)
    if task.target == "source":
        return Subject(sample.id, media, SourceTarget(media.frames))
    return Subject(sample.id, media, dataset.read_target(sample))


def of_file(path: Path, task: Task, media: MediaKind, *, limits: Limits = LIMITS) -> Subject:
    """A file of one's own for a task that takes ``media``; its truth is known to fidelity alone.

    Raises ValueError for a file of the other kind, a damaged one and one beyond the limits.
    """
    num_bytes = path.stat().st_size
    if num_bytes > limits.num_bytes:
        raise ValueError(
            f"{path.name} has {num_bytes:,} bytes; up to {limits.num_bytes:,} are allowed"
        )
    kind: MediaKind = "clip" if path.suffix.lower() in EXTENSIONS else "picture"
    if task.target != "source" and kind != media:
        others = "" if kind == "picture" else "; the task action takes clips"
        raise ValueError(f"{path.name} is a {kind}; {task.name} takes a {media}{others}")
    read = _clip if kind == "clip" else _picture
    try:
        found = _within(limits.seconds, path.name, lambda: read(path, limits))
    except ValueError as error:
        raise ValueError(str(error).replace(str(path), path.name)) from error
    target = SourceTarget(found.frames) if task.target == "source" else None
    return Subject(path.name, found, target)


def _picture(path: Path, limits: Limits) -> Media:
    width, height = read_size(path)
    if width * height > limits.num_pixels:
        raise ValueError(
            f"{path.name} is {width}x{height}; up to {limits.num_pixels:,} pixels are allowed"
        )
    data = path.read_bytes()
    return Media(decode_picture(data, name=path.name), len(data))


def _clip(path: Path, limits: Limits) -> Media:
    media = read_clip(path, max_bytes=limits.decoded_bytes)
    num_frames = len(media.frames)
    if not 2 <= num_frames <= limits.num_frames:
        frames = "1 frame" if num_frames == 1 else f"{num_frames} frames"
        raise ValueError(f"{path.name} has {frames}; 2 to {limits.num_frames} are allowed")
    return media


def _within(seconds: float, name: str, read: Callable[[], Answer]) -> Answer:
    """What a reader gives in time; one that is late goes on, within its limits, unheard."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="upload")
    try:
        return pool.submit(read).result(timeout=seconds)
    except TimeoutError:
        raise ValueError(
            f"{name} was not read within {seconds:g} seconds; a smaller file is allowed"
        ) from None
    finally:
        pool.shutdown(wait=False)
