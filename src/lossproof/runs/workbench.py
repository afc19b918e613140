"""Everything a work needs, opened once per process: dataset, task, samples, models."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from lossproof.datasets import DATASETS, open_dataset
from lossproof.datasets.dataset import Dataset
from lossproof.datasets.fingerprint import fingerprint
from lossproof.models import open_model
from lossproof.models.model import BoxedModel, Model
from lossproof.records import Cell, Context, Labels, Sample
from lossproof.runs.own_targets import OwnTargets
from lossproof.runs.sweep import Key, Machine, Point, Work
from lossproof.runs.transmit import resizer
from lossproof.settings import settings
from lossproof.tasks import Task, parse_task


@dataclass(frozen=True)
class Workbench:
    """Opened things in the order of the work's names.

    ``limit`` is None where it leaves nothing out: then all samples are measured. ``classes`` are
    those that the models are asked for, empty where nobody has named them.
    """

    task: Task
    dataset: Dataset
    split: str
    samples: Sequence[Sample]
    limit: int | None
    models: tuple[Model, ...]
    points: tuple[Point, ...]
    labels: Labels = "dataset"
    classes: tuple[str, ...] = ()
    own_targets: OwnTargets = field(default_factory=OwnTargets)


def open_workbench(work: Work, machine: Machine) -> Workbench:
    """Open what ``work`` names. Raises ValueError for whatever does not exist or fit together."""
    task = parse_task(work.task, labels=work.labels)
    dataset = open_dataset(work.data, task=task.name)
    _check_fit(dataset, task, work)
    classes = _classes(dataset, task, work)
    split = work.split or dataset.default_split
    samples = dataset.samples(split)
    return Workbench(
        task=task,
        dataset=dataset,
        split=split,
        samples=samples[: work.limit],
        limit=work.limit if work.limit and work.limit < len(samples) else None,
        models=tuple(_open_models(work, machine, task.name, classes)),
        points=work.points,
        labels=work.labels,
        classes=classes,
    )


def _check_fit(dataset: Dataset, task: Task, work: Work) -> None:
    known = [one.name for one in DATASETS if one.task == task.name]
    if work.labels == "dataset" and task.target == "dataset" and dataset.task != task.name:
        raise ValueError(
            f"{dataset.name} is for {dataset.task}; datasets for {task.name}: {', '.join(known)}; "
            f"or any of {task.media}s with labels of the model (--labels model)"
        )
    if work.labels == "model" and dataset.media != task.media:
        raise ValueError(
            f"{dataset.name} has {dataset.media}s; {task.media}s are allowed for {task.name}"
        )
    for point in work.points:
        if dataset.media not in point.codec.media:
            raise ValueError(
                f"{point.codec.name} codes {' and '.join(point.codec.media)}s; {dataset.name} has "
                f"{dataset.media}s"
            )


def _classes(dataset: Dataset, task: Task, work: Work) -> tuple[str, ...]:
    """The dataset's; with labels of the model only where they are of this task, or of any."""
    if work.labels == "dataset" or dataset.task == "fidelity":
        return dataset.classes
    # A folder of clips without folders in it is one class, which is no name for what is done there.
    known = len(dataset.classes) > (1 if task.name == "action" else 0)
    return dataset.classes if known and dataset.task == task.name else ()


def _open_models(work: Work, machine: Machine, task: str, classes: tuple[str, ...]) -> list[Model]:
    open_one = partial(
        open_model,
        task=task,
        num_classes=len(classes),
        classes=classes,
        device=machine.device,
        threads=machine.threads,
    )
    models = [open_one(spec) for spec in work.models]
    for model in models:
        if work.labels == "model" and isinstance(model, BoxedModel) and model.wants_boxes:
            raise ValueError(
                f"{model.name} is told where people are by the labels of the dataset; "
                "labels of the model are for models that find them"
            )
    return models


def cells(work: Work, bench: Workbench) -> dict[Key, Cell]:
    """The cell of every point and model. Raises ValueError for two models that are the same."""
    if len({(model.name, model.weights) for model in bench.models}) < len(bench.models):
        raise ValueError(f"a model is given twice among {', '.join(work.models)}")
    reading = getattr(bench.dataset, "reading", "")
    content = fingerprint(bench.samples, classes=bench.dataset.classes, reading=reading)
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
            labels=work.labels,
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
        classes=bench.classes,
        level_unit=codec.unit,
        better=codec.better,
        reference_level=codec.ladder[0],
    )
