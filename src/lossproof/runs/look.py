"""Some samples at every point with what a model says of them, to be looked at and not scored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lossproof.models.model import BoxedModel, Model
from lossproof.records import Frame, Frames, Level, Media, Sample
from lossproof.resizing import frame_size_of, resized
from lossproof.runs.sweep import Machine, Point, Sweep
from lossproof.runs.transmit import transmit
from lossproof.runs.workbench import Workbench, open_workbench
from lossproof.targets import SourceTarget
from lossproof.tasks import Legend

DEFAULT_NUMBER = 2


@dataclass(frozen=True, kw_only=True)
class Look:
    """A sample through a point, with a model's prediction drawn on it, at the source's size."""

    sample: str
    model: str
    codec: str
    level: Level
    num_bytes: int
    picture: Frame


def look(sweep: Sweep, samples: Sequence[str], machine: Machine) -> Iterator[Look]:
    """Samples by their ids, or the first two; each model at each point, in that order.

    Raises ValueError for an id that the split does not have, and for a sample that is damaged.
    """
    for work in sweep.works():
        bench = open_workbench(work, machine)
        for sample in _chosen(bench, samples):
            media = bench.dataset.read_media(sample)
            for model in bench.models:
                for point in bench.points:
                    yield _look(bench, sample, media, model, point)


def _chosen(bench: Workbench, names: Sequence[str]) -> Sequence[Sample]:
    if not names:
        return bench.samples[:DEFAULT_NUMBER]
    known = {sample.id: sample for sample in bench.samples}
    for name in names:
        if name not in known:
            some = ", ".join(list(known)[:3])
            raise ValueError(
                f"sample {name!r} is not in split {bench.split} of {bench.dataset.name}; ids look "
                f"like {some}"
            )
    return [known[name] for name in names]


def _look(bench: Workbench, sample: Sample, media: Media, model: Model, point: Point) -> Look:
    received = transmit(point.codec, media, resized(media.frames, point.frame_size))
    target = _target(bench, sample, media)
    frame_size = frame_size_of(received.frames)
    if isinstance(model, BoxedModel) and model.wants_boxes:
        boxes = [target.boxes_in(frame_size)]
        (prediction,) = model.predict_in_boxes([received.frames], boxes)
    else:
        (prediction,) = model.predict([received.frames])
    fitted = bench.task.fit(prediction, frame_size, target)
    bench.task.validate(fitted, target)
    return Look(
        sample=sample.id,
        model=model.name,
        codec=point.codec.name,
        level=point.level,
        num_bytes=received.num_bytes,
        picture=bench.task.draw(_as_large(received.frames, media.frames), fitted, _legend(bench)),
    )


def _target(bench: Workbench, sample: Sample, media: Media) -> Any:
    if bench.task.target == "source":
        return SourceTarget(media.frames)
    return bench.dataset.read_target(sample)


def _as_large(frames: Frames, source: Frames) -> Frames:
    """At the source's size, which is the target's: small frames are then seen as they are used."""
    return resized(frames, frame_size_of(source))


def _legend(bench: Workbench) -> Legend:
    return Legend(bench.dataset.classes, bench.dataset.palette)
