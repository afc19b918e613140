"""The measuring loop: sources decoded once, encoded once per point, predicted, scored.

Threads read, code and score while the model predicts, so the slower of the two sets the pace. What
a batch holds depends on the samples alone, never on what was measured before: a run that was cut
off and goes on gives the numbers of one that was not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from lossproof.models.model import BoxedModel, Model, company_of
from lossproof.records import (
    Failure,
    Frames,
    FrameSize,
    Measurement,
    Media,
    MediaKind,
    Sample,
    Stat,
)
from lossproof.resizing import frame_size_of, resized
from lossproof.runs.ahead import ahead
from lossproof.runs.labels import labelled
from lossproof.runs.sweep import Key, Point
from lossproof.runs.transmit import Received, transmit
from lossproof.runs.workbench import Workbench
from lossproof.targets import SourceTarget
from lossproof.tasks import Task

SAMPLES_PER_JOB: Mapping[MediaKind, int] = {"picture": 8, "clip": 2}
"""All their frames, coded at two points, are in memory at once."""
_BATCHES_AHEAD = 1
_PREDICTIONS_AHEAD = 1
_SCORES_AHEAD = 1


@dataclass(frozen=True)
class Job:
    """Some consecutive samples, and the (point, model) pairs that lack any of them.

    ``wanted`` holds, for each pair, the indices that it has already.
    """

    start: int
    stop: int
    wanted: Mapping[Key, frozenset[int]]


@dataclass(frozen=True)
class Part:
    """What a few samples gave for one (point, model)."""

    point: int
    model: int
    measurements: tuple[Measurement, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class _Arrival:
    """A sample on its way through a point. ``targets`` are by model where each has its own, and
    else one for all, under None."""

    index: int
    sample: Sample
    received: "Future[Received]"
    targets: "Mapping[int | None, Future[Any]]"

    def target(self, model: int) -> "Future[Any]":
        return self.targets[model if None not in self.targets else None]


@dataclass(frozen=True)
class _Batch:
    """The samples of a job at a point, and the indices that each model has already."""

    point: int
    models: Mapping[int, frozenset[int]]
    arrivals: tuple[_Arrival, ...]


@dataclass(frozen=True)
class _Asked:
    """Some samples that a model is predicting. ``failures`` never reached the model."""

    point: int
    model: int
    arrivals: tuple[_Arrival, ...]
    failures: tuple[Failure, ...]
    predictions: "Future[list[Any]]"


@dataclass(frozen=True)
class _Scored:
    """A predicted sample whose statistic is being computed."""

    arrival: _Arrival
    stat: "Future[Stat]"


@dataclass(frozen=True)
class _Predicted:
    point: int
    model: int
    scored: tuple[_Scored, ...]
    failures: tuple[Failure, ...]


def measure(bench: Workbench, jobs: Iterable[Job], *, threads: int) -> Iterator[Part]:
    """Measure the jobs in order. Raises ValueError when a model or its predictions are at fault."""
    predictions_ahead = _PREDICTIONS_AHEAD if threads > 1 else 0
    pool = ThreadPoolExecutor(threads, thread_name_prefix="codec")
    # One batch is handed to a model while another is in it, so that none of its threads idles at
    # the end of a batch; a model that takes one at a time makes the other wait.
    models = ThreadPoolExecutor(1 + predictions_ahead, thread_name_prefix="model")
    try:
        batches = ahead(_batches(bench, jobs, pool), _BATCHES_AHEAD)
        asked = ahead(_asked(bench, batches, models), predictions_ahead)
        for predicted in ahead(_predicted(bench, asked, pool), _SCORES_AHEAD):
            yield _part(predicted)
    except BaseException:
        # A prediction that is under way cannot be stopped; whoever leaves early need not wait.
        models.shutdown(wait=False, cancel_futures=True)
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    models.shutdown()
    pool.shutdown()


def _batches(bench: Workbench, jobs: Iterable[Job], pool: ThreadPoolExecutor) -> Iterator[_Batch]:
    for job in jobs:
        yield from _job_batches(bench, job, pool)


def _job_batches(bench: Workbench, job: Job, pool: ThreadPoolExecutor) -> Iterator[_Batch]:
    indices = _needed(bench, job)
    samples = [bench.samples[index] for index in indices]
    media = [pool.submit(bench.dataset.read_media, sample) for sample in samples]
    targets = [_targets(bench, job, pool, *pair) for pair in zip(samples, media, strict=True)]
    points = sorted({point for point, _ in job.wanted})
    for size in dict.fromkeys(bench.points[point].frame_size for point in points):
        resized = [pool.submit(_resized, source, size) for source in media]
        for point in (p for p in points if bench.points[p].frame_size == size):
            received = [
                pool.submit(_transmitted, bench.points[point], *pair)
                for pair in zip(media, resized, strict=True)
            ]
            arrivals = map(_Arrival, indices, samples, received, targets)
            models = {model: done for (p, model), done in job.wanted.items() if p == point}
            yield _Batch(point, models, tuple(arrivals))


def _needed(bench: Workbench, job: Job) -> Sequence[int]:
    """The samples that some pair lacks; all where a model takes several together, for their
    company."""
    indices = range(job.start, job.stop)
    if any(company_of(bench.models[model]) > 1 for _, model in job.wanted):
        return indices
    return [one for one in indices if any(one not in done for done in job.wanted.values())]


def _targets(
    bench: Workbench,
    job: Job,
    pool: ThreadPoolExecutor,
    sample: Sample,
    source: "Future[Media]",
) -> "dict[int | None, Future[Any]]":
    if bench.labels == "dataset":
        return {None: pool.submit(_target, bench, sample, source)}
    models = sorted({model for _, model in job.wanted})
    return {model: pool.submit(_own_target, bench, model, sample, source) for model in models}


def _own_target(bench: Workbench, model: int, sample: Sample, source: "Future[Media]") -> Any:
    return labelled(bench, model, sample, source.result())


def _target(bench: Workbench, sample: Sample, source: "Future[Media]") -> Any:
    if bench.task.target == "source":
        return SourceTarget(source.result().frames)
    return bench.dataset.read_target(sample)


def _resized(source: "Future[Media]", frame_size: FrameSize | None) -> Frames:
    return resized(source.result().frames, frame_size)


def _transmitted(point: Point, source: "Future[Media]", frames: "Future[Frames]") -> Received:
    return transmit(point.codec, source.result(), frames.result())


def _asked(
    bench: Workbench, batches: Iterable[_Batch], models: ThreadPoolExecutor
) -> Iterator[_Asked]:
    for batch in batches:
        whole, failures = _arrived(batch.arrivals)
        for index, done in batch.models.items():
            model = bench.models[index]
            if failures:
                yield _Asked(batch.point, index, (), failures, _no_predictions())
            wanted = whole if company_of(model) > 1 else _lacking(whole, done)
            for some in _slices(wanted, max(1, model.batch_size)):
                if not all(arrival.index in done for arrival in some):
                    predictions = models.submit(_predict, model, some)
                    yield _Asked(batch.point, index, some, (), predictions)


def _lacking(arrivals: Sequence[_Arrival], done: frozenset[int]) -> tuple[_Arrival, ...]:
    return tuple(arrival for arrival in arrivals if arrival.index not in done)


def _no_predictions() -> "Future[list[Any]]":
    predictions: Future[list[Any]] = Future()
    predictions.set_result([])
    return predictions


def _slices(arrivals: tuple[_Arrival, ...], size: int) -> Iterator[tuple[_Arrival, ...]]:
    for start in range(0, len(arrivals), size):
        yield arrivals[start : start + size]


def _predicted(
    bench: Workbench, asked: Iterable[_Asked], pool: ThreadPoolExecutor
) -> Iterator[_Predicted]:
    for batch in asked:
        name = bench.models[batch.model].name
        scored = tuple(
            _Scored(
                arrival,
                pool.submit(
                    _score, bench.task, name, prediction, arrival, arrival.target(batch.model)
                ),
            )
            for arrival, prediction in zip(batch.arrivals, batch.predictions.result(), strict=True)
        )
        yield _Predicted(batch.point, batch.model, scored, batch.failures)


def _arrived(arrivals: Sequence[_Arrival]) -> tuple[tuple[_Arrival, ...], tuple[Failure, ...]]:
    """The samples that came through, and those that are damaged, with the reason."""
    whole, failures = [], []
    for arrival in arrivals:
        try:
            arrival.received.result()
            # What a model says of the source is no damage: it stops the run where it is scored.
            if None in arrival.targets:
                arrival.targets[None].result()
            whole.append(arrival)
        except ValueError as error:
            failures.append(Failure(arrival.index, arrival.sample.id, _one_line(error)))
    return tuple(whole), tuple(failures)


def _predict(model: Model, arrivals: Sequence[_Arrival]) -> list[Any]:
    """Raises ValueError, with the samples' names in it."""
    try:
        return _predictions(model, arrivals)
    except ValueError as error:
        first, last = arrivals[0].sample.id, arrivals[-1].sample.id
        named = f"sample {first}" if len(arrivals) == 1 else f"samples {first} to {last}"
        raise ValueError(f"model {model.name}, {named}: {error}") from error


def _predictions(model: Model, arrivals: Sequence[_Arrival]) -> list[Any]:
    frames = [arrival.received.result().frames for arrival in arrivals]
    if isinstance(model, BoxedModel) and model.wants_boxes:
        targets = [arrival.targets[None].result() for arrival in arrivals]
        boxes = [
            target.boxes_in(frame_size_of(frame))
            for target, frame in zip(targets, frames, strict=True)
        ]
        return list(model.predict_in_boxes(frames, boxes))
    return list(model.predict(frames))


def _score(
    task: Task, model: str, prediction: Any, arrival: _Arrival, expected: "Future[Any]"
) -> Stat:
    target = expected.result()
    try:
        fitted = task.fit(prediction, frame_size_of(arrival.received.result().frames), target)
        task.validate(fitted, target)
    except ValueError as error:
        raise ValueError(f"model {model}, sample {arrival.sample.id}: {error}") from error
    return task.sample_stat(fitted, target)


def _part(item: _Predicted) -> Part:
    measurements = tuple(_measurement(scored) for scored in item.scored)
    return Part(item.point, item.model, measurements, item.failures)


def _measurement(scored: _Scored) -> Measurement:
    received = scored.arrival.received.result()
    return Measurement(
        index=scored.arrival.index,
        sample_id=scored.arrival.sample.id,
        num_bytes=received.num_bytes,
        num_pixels=received.num_pixels,
        num_frames=received.num_frames,
        duration_seconds=received.duration_seconds,
        group=scored.arrival.sample.group or scored.arrival.sample.id,
        stat=scored.stat.result(),
    )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
