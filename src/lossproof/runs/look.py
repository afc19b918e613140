"""Some samples at every point with what a model says of them, to be looked at and not scored."""

from collections.abc import Iterator, Sequence
from typing import Any

from lossproof.models.model import BoxedModel, Model
from lossproof.records import Frames, Media, Sample
from lossproof.resizing import frame_size_of, resized
from lossproof.runs.labels import labelled
from lossproof.runs.sweep import Machine, Point, Sweep
from lossproof.runs.transmit import transmit
from lossproof.runs.workbench import Workbench, open_workbench
from lossproof.targets import SourceTarget
from lossproof.tasks import Legend, Look, Task

DEFAULT_NUMBER = 2


def look(sweep: Sweep, samples: Sequence[str], machine: Machine) -> Iterator[Look]:
    """Samples by their ids, or the first two; each model at each point, in that order.

    Raises ValueError for an id that the split does not have, and for a sample that is damaged.
    """
    for work in sweep.works():
        yield from look_at(open_workbench(work, machine), samples)


def look_at(bench: Workbench, samples: Sequence[str]) -> Iterator[Look]:
    """As ``look``, with what is open already."""
    for sample in _chosen(bench, samples):
        media = bench.dataset.read_media(sample)
        for place in range(len(bench.models)):
            target = _target(bench, place, sample, media)
            for point in bench.points:
                yield _look(bench, sample, media, target, place, point)


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


def _look(
    bench: Workbench, sample: Sample, media: Media, target: Any, place: int, point: Point
) -> Look:
    received = transmit(point.codec, media, resized(media.frames, point.frame_size))
    model = bench.models[place]
    prediction = answer(model, received.frames, target)
    fitted = bench.task.fit(prediction, frame_size_of(received.frames), target)
    bench.task.validate(fitted, target)
    legend = bench.task.legend_for(target, Legend(bench.dataset.classes, bench.dataset.palette))
    shown = drawn_on(bench.task, media.frames, received.frames)
    return Look(
        sample=sample.id,
        model=model.name,
        codec=point.codec.name,
        level=point.level,
        num_bytes=received.num_bytes,
        picture=bench.task.draw(shown, fitted, legend),
        key=bench.task.key(fitted, legend) if bench.task.key else {},
    )


def answer(model: Model, frames: Frames, target: Any) -> Any:
    """What a model says of one picture or clip; one that wants boxes is given the target's."""
    if isinstance(model, BoxedModel) and model.wants_boxes:
        boxes = [target.boxes_in(frame_size_of(frames))]
        (prediction,) = model.predict_in_boxes([frames], boxes)
    else:
        (prediction,) = model.predict([frames])
    return prediction


def _target(bench: Workbench, place: int, sample: Sample, media: Media) -> Any:
    """What the model at ``place`` is scored against, whose own word it may be."""
    if bench.labels == "model":
        return labelled(bench, place, sample, media)
    if bench.task.target == "source":
        return SourceTarget(media.frames)
    return bench.dataset.read_target(sample)


def drawn_on(task: Task, source: Frames, arrived: Frames) -> Frames:
    """What a prediction is drawn on: what arrived, at the source's size, which is the target's, so
    that small frames are seen as they are used; where the source is the target, the source."""
    return source if task.target == "source" else resized(arrived, frame_size_of(source))
