"""A subject under a model, and what is seen of it through a codec.

What stays while the level moves is kept: the decoded source, the model and what it says of the
source. A move costs one round trip of the codec and one prediction.
"""

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, final

import cv2
import numpy as np

from lossproof.analysis.rates import bits_per_pixel, kbit_per_second
from lossproof.codecs.codec import Codec
from lossproof.codecs.source import Source
from lossproof.explorer.kept import Kept
from lossproof.explorer.subject import Subject
from lossproof.models.model import Model
from lossproof.ragged import Ragged
from lossproof.records import Frame, Frames, FrameSize, Level, Stat
from lossproof.resizing import frame_size_of, resized
from lossproof.runs.labels import UNNAMED_CLASSES
from lossproof.runs.look import answer, drawn_on
from lossproof.runs.transmit import Received, transmit
from lossproof.tasks import Legend, Score, Task
from lossproof.tasks.drawing.canvas import middle
from lossproof.tasks.task import Colour

_LONGEST_SHOWN = 1600
_LONGEST_SMALL = 320
_QUALITY = 92


@dataclass(frozen=True)
class Seen:
    """A subject through a codec: what it costs, how it scores, and how it looks.

    ``picture`` (PNG) is what arrived, of a clip its middle frame; ``drawn`` and ``small`` (JPEG)
    have the prediction on it. ``rate`` is in bits per pixel, of clips with a duration in kbit/s.
    ``score`` is that of ``score_name``, NaN where this subject has none. ``key`` names the colours
    of the prediction where it does not name them itself. ``seconds`` is what it took.
    """

    codec: str
    level: Level
    num_bytes: int
    rate: float
    score_name: str
    score: float
    picture: bytes
    drawn: bytes
    small: bytes
    key: Mapping[str, Colour]
    seconds: float


@final
@dataclass(frozen=True, eq=False)
class Scene:
    """A subject under a model of a task, at a frame size before the codec (None: its own)."""

    task: Task
    subject: Subject
    model: Model
    legend: Legend
    frame_size: FrameSize | None
    target: Any
    frames: Frames
    kept: Kept[Seen] = field(default_factory=Kept)

    @property
    def score(self) -> Score:
        """What ``Seen.score`` is: the task's headline, or what the source has in its place."""
        return self.task.score(self.source.score_name)

    @property
    def rate_heading(self) -> str:
        """The unit of ``Seen.rate``."""
        known = math.isfinite(self.subject.media.duration_seconds)
        return "kbit/s" if known else "bits per pixel"

    @property
    def has_truth(self) -> bool:
        """Whether the score is against labels, not against what the model says of the source."""
        return self.subject.target is not None

    def at(self, codec: Codec) -> Seen:
        """What is seen through a codec; seen once, it is kept as ``Kept`` says.

        Raises ValueError when the codec or the model cannot take the subject.
        """
        seen = self.kept.get(codec)
        if seen is None:
            seen = _see(self, codec)
            self.kept.put(codec, seen)
        return seen

    @property
    def source(self) -> Seen:
        """What is seen without a codec, at the source's own size."""
        return replace(self, frames=self.subject.media.frames).at(Source())


def open_scene(
    task: Task, subject: Subject, model: Model, legend: Legend, frame_size: FrameSize | None
) -> Scene:
    """A scene whose source has been seen. Raises ValueError when the model cannot take it.

    Where nobody knows the truth, what the model says of the source is taken for it, and scored as
    labels of the model are in a sweep.
    """
    frames, target = subject.media.frames, subject.target
    if target is None:
        task = task.by_model()
        target = _own_target(task, frames, model, legend)
    shared = task.legend_for(target, legend)
    scene = Scene(task, subject, model, shared, frame_size, target, resized(frames, frame_size))
    assert scene.source is not None
    return scene


def _own_target(task: Task, frames: Frames, model: Model, legend: Legend) -> Any:
    if getattr(model, "wants_boxes", False):
        raise ValueError(
            f"{model.name} is shown one person at a time, in boxes that a dataset gives; "
            "a sample of a dataset is allowed"
        )
    said = answer(model, frames, None)
    assert task.as_target is not None
    with _named(model):
        num_classes = len(legend.classes) or UNNAMED_CLASSES
        return task.as_target(said, frame_size_of(frames), num_classes)


def _see(scene: Scene, codec: Codec) -> Seen:
    started = time.perf_counter()
    received = transmit(codec, scene.subject.media, scene.frames)
    prediction = answer(scene.model, received.frames, scene.target)
    with _named(scene.model):
        fitted = scene.task.fit(prediction, frame_size_of(received.frames), scene.target)
        scene.task.validate(fitted, scene.target)
    drawn = shrunk(_drawn(scene, received, fitted), _LONGEST_SHOWN)
    name, score = own_score(scene.task, scene.task.sample_stat(fitted, scene.target))
    return Seen(
        codec=codec.name,
        level=codec.level,
        num_bytes=received.num_bytes,
        rate=_rate(scene, received),
        score_name=name,
        score=score,
        picture=_png(shrunk(_as_large(received.frames, scene), _LONGEST_SHOWN)),
        drawn=_jpeg(drawn),
        small=_jpeg(shrunk(drawn, _LONGEST_SMALL)),
        key=scene.task.key(fitted, scene.legend) if scene.task.key else {},
        seconds=time.perf_counter() - started,
    )


@contextmanager
def _named(model: Model) -> Iterator[None]:
    """What is wrong with a prediction is said of its model."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"model {model.name}: {error}") from error


def _drawn(scene: Scene, received: Received, fitted: Any) -> Frame:
    frames = drawn_on(scene.task, scene.subject.media.frames, received.frames)
    return scene.task.draw(frames, fitted, scene.legend)


def _as_large(frames: Frames, scene: Scene) -> Frame:
    """What arrived, at the source's size; of a clip the middle frame."""
    return resized(middle(frames), frame_size_of(scene.subject.media.frames))


def _rate(scene: Scene, received: Received) -> float:
    if math.isfinite(received.duration_seconds):
        return kbit_per_second(received.num_bytes, received.duration_seconds)
    return bits_per_pixel(received.num_bytes, received.num_pixels)


def own_score(task: Task, stat: Stat) -> tuple[str, float]:
    """Name and value of the headline score of one sample by itself; where that is NaN, of the first
    of the table that is not, as for a network without one of the streams."""
    alone = {
        name: values if isinstance(values, Ragged) else np.asarray(values)[None]
        for name, values in stat.items()
    }
    scores = task.summarise(alone, None)
    headline = task.headline_of(lambda name: math.isfinite(scores[name][0]))
    return headline.name, float(scores[headline.name][0])


def shrunk(picture: Frame, longest: int) -> Frame:
    """The picture, no longer than this on either side."""
    width, height = frame_size_of(picture)
    if max(width, height) <= longest:
        return picture
    share = longest / max(width, height)
    return resized(picture, (max(1, round(width * share)), max(1, round(height * share))))


def _png(picture: Frame) -> bytes:
    """Without loss, because what a codec did is to be seen; and quickly."""
    return _encoded(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])


def _jpeg(picture: Frame) -> bytes:
    return _encoded(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])


def _encoded(extension: str, picture: Frame, options: list[int]) -> bytes:
    done, data = cv2.imencode(extension, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), options)
    assert done
    return bytes(data.tobytes())
