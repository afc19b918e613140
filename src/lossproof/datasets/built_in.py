"""Datasets without a PATH: one name for those of several tasks, and what is made on first use."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from lossproof.datasets.dataset import Dataset
from lossproof.datasets.tinytown import (
    TinytownAction,
    TinytownDepth,
    TinytownDetection,
    TinytownPose,
    TinytownSegmentation,
)
from lossproof.tinytown.making import Progress, built_in_folder, make
from lossproof.tinytown.plan import Holds

Place = Callable[[Progress | None], Path]
"""Makes the data where it is not whole, telling how far it is, and says where it is."""

FAMILIES: Mapping[str, tuple[type[Dataset], ...]] = {
    "tinytown": (
        TinytownSegmentation,
        TinytownDepth,
        TinytownDetection,
        TinytownPose,
        TinytownAction,
    ),
}


def _half(dataset: type[Dataset]) -> Holds:
    return "clips" if dataset.media == "clip" else "stills"


def _made(holds: Holds, progress: Progress | None) -> Path:
    """The folder of half of the built-in world, made or mended where that is needed."""
    folder = built_in_folder(holds)
    make(folder, holds=holds, progress=progress)
    return folder


def own_name(name: str, *, task: str | None) -> str:
    """The name of the dataset that a family's name stands for; any other name is its own.

    Raises ValueError for a family's name without one of its tasks.
    """
    if name not in FAMILIES:
        return name
    by_task = {dataset.task: dataset.name for dataset in FAMILIES[name]}
    if task not in by_task:
        wrong = "needs a task" if task is None else f"is not for {task}"
        raise ValueError(f"dataset {name!r} {wrong}; {', '.join(by_task.values())} are allowed")
    return by_task[task]


def place_of(text: str, *, task: str | None) -> Place | None:
    """What makes the data that ``text`` stands for; None where it names a PATH.

    Raises ValueError for a family's name without one of its tasks.
    """
    name = own_name(text, task=task)
    for dataset in (one for datasets in FAMILIES.values() for one in datasets):
        if name == dataset.name:
            return partial(_made, _half(dataset))
    return None
