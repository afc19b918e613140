"""Everything a work needs, opened once per process: dataset, task, samples, models."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from lossproof.datasets import DATASETS, open_dataset
from lossproof.datasets.dataset import Dataset
from lossproof.datasets.fingerprint import fingerprint
from lossproof.models import open_model
from lossproof.models.model import Model
from lossproof.records import Cell, Context, Sample
from lossproof.runs.sweep import Key, Machine, Point, Work
from lossproof.runs.transmit import resizer
from lossproof.settings import settings
from lossproof.tasks import Task, parse_task


@dataclass(frozen=True)
class Workbench:
    """Opened things in the order of the work's names.

    ``limit`` is None where it leaves nothing out: then all samples are measured.
    """

    task: Task
    dataset: Dataset
    split: str
    samples: Sequence[Sample]
    limit: int | None
    models: tuple[Model, ...]
    points: tuple[Point, ...]


def open_workbench(work: Work, machine: Machine) -> Workbench:
    """Open what ``work`` names. Raises ValueError for whatever does not exist or fit together."""
    task = parse_task(work.task)
    dataset = open_dataset(work.data, task=task.name)
    _check_fit(dataset, task, work.points)
    split = work.split or dataset.default_split
    samples = dataset.samples(split)
    return Workbench(
        task=task,
        dataset=dataset,
        split=split,
        samples=samples[: work.limit],
        limit=work.limit if work.limit and work.limit < len(samples) else None,
        models=tuple(_open_models(work, machine, task.name, dataset.classes)),
        points=work.points,
    )


def _check_fit(dataset: Dataset, task: Task, points: Sequence[Point]) -> None:
    known = [one.name for one in DATASETS if one.task == task.name]
    if task.target == "dataset" and dataset.task != task.name:
        raise ValueError(
            f"{dataset.name} is for {dataset.task}; datasets for {task.name}: {', '.join(known)}"
        )
    for point in points:
        if dataset.media not in point.codec.media:
            raise ValueError(
                f"{point.codec.name} codes {' and '.join(point.codec.media)}s; {dataset.name} has "
                f"{dataset.media}s"
            )


def _open_models(work: Work, machine: Machine, task: str, classes: tuple[str, ...]) -> list[Model]:
    open_one = partial(
        open_model,
        task=task,
        num_classes=len(classes),
        classes=classes,
        device=machine.device,
        threads=machine.threads,
    )
    return [open_one(spec) for spec in work.models]


def cells(work: Work, bench: Workbench) -> dict[Key, Cell]:
    """The cell of every point and model. Raises ValueError for two models that are the same."""
    if len({(model.name, model.weights) for model in bench.models}) < len(bench.models):
        raise ValueError(f"a model is given twice among {', '.join(work.models)}")
    content = fingerprint(bench.samples, classes=bench.dataset.classes)
    return {
        (p, m): Cell(
            task=bench.task.name,
            data=bench.dataset.name,
            split=bench.split,
            limit=bench.limit,
            fingerprint=content,
            model=model.name,
            weights=model.weights,
            codec=point.codec.name,
            level=point.level,
            settings=settings(point.codec),
            encoder=_encoder(point),
            frame_size=point.frame_size,
            metric=bench.task.metric,
            metric_settings=bench.task.settings,
            seed=work.seed,
        )
        for m, model in enumerate(bench.models)
        for p, point in enumerate(bench.points)
    }


def _encoder(point: Point) -> str:
    encoder = point.codec.encoder()
    return f"{encoder} + {resizer()}" if point.frame_size else encoder


def context(bench: Workbench, point: Point) -> Context:
    """How to read the results at a point."""
    codec = point.codec
    return Context(
        classes=bench.dataset.classes,
        level_unit=codec.unit,
        better=codec.better,
        reference_level=codec.ladder[0],
    )
