"""Run a study: train what is missing, measure what is missing, and note what belongs together."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from lossproof.records import Result
from lossproof.runs.run import Conditions as Measuring
from lossproof.runs.run import run
from lossproof.runs.sweep import Machine, Point, Sweep, Work
from lossproof.runs.workbench import open_workbench
from lossproof.store import Store
from lossproof.studies.record import Entry, Record, save
from lossproof.studies.search import best_of
from lossproof.studies.study import Comparison, Study, Training, filled
from lossproof.tasks import Task, parse_task
from lossproof.training import Shelf, train
from lossproof.training.conditions import Conditions as TrainingConditions
from lossproof.training.shelf import in_full


def _quiet(doing: str) -> None:
    """Nothing is told."""


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """How a study is run; none of it changes a number. ``begin`` is called with what comes next."""

    training: TrainingConditions
    measuring: Measuring
    begin: Callable[[str], None] = _quiet


def run_study(study: Study, root: Path, conditions: Conditions) -> Record:
    """Do what the store at ``root`` lacks, and keep the record there; running again resumes.

    Raises ValueError for what does not exist or fit, and OSError when the store cannot be written.
    """
    store, shelf = Store(root), Shelf(root)
    store.check_writable()
    _check_data(study, conditions.measuring.machine)
    ids = _train(study, shelf, conditions)
    record = Record(study=study, ids=ids, entries=tuple(_measure(study, ids, root, conditions)))
    record = replace(record, comparisons=_decided(record, store))
    save(record, root)
    return record


def _check_data(study: Study, machine: Machine) -> None:
    """Raises ValueError for a task, data, a split and codecs that do not fit together, before hours
    of training."""
    points: dict[str | None, list[Point]] = {}
    for one in study.measured:
        points.setdefault(one.split or study.split, []).extend(one.points)
    for split, own in points.items():
        work = Work(
            task=study.task,
            data=study.data,
            models=(),
            points=tuple(dict.fromkeys(own)),
            split=split,
            limit=study.limit,
            seed=0,
        )
        open_workbench(work, machine)


def _train(study: Study, shelf: Shelf, conditions: Conditions) -> dict[str, str]:
    """The id of every training."""
    task = parse_task(study.task)
    ids: dict[str, str] = {}
    for place, training in enumerate(study.trainings, start=1):
        conditions.begin(f"training {training.name} ({place} of {len(study.trainings)})")
        ids[training.name] = _trained(training, task, ids, shelf, conditions.training)
    return ids


def _trained(
    training: Training,
    task: Task,
    ids: Mapping[str, str],
    shelf: Shelf,
    conditions: TrainingConditions,
) -> str:
    recipe = training.recipe
    if recipe.parent is not None:
        recipe = replace(recipe, parent=ids.get(recipe.parent, recipe.parent))
    if training.search is None:
        return train(recipe, shelf, conditions)
    return best_of(training.search, recipe, shelf, task=task, conditions=conditions)


def _measure(
    study: Study, ids: Mapping[str, str], root: Path, conditions: Conditions
) -> Iterator[Entry]:
    """The cells of every measurement that the study lists, each once."""
    store, shelf = Store(root), Shelf(root)
    for place, one in enumerate(study.measured, start=1):
        conditions.begin(f"measuring {', '.join(one.models)} ({place} of {len(study.measured)})")
        sweep = Sweep(
            task=study.task,
            data=(study.data,),
            models=tuple(in_full(shelf, filled(study.models[name], ids)) for name in one.models),
            points=one.points,
            split=one.split or study.split,
            limit=study.limit,
        )
        outcome = run(sweep, store, conditions.measuring)
        if outcome.unmeasured:
            raise ValueError(f"study {study.name} could not measure {outcome.unmeasured[0]}")
        for cell, (_, model) in zip(outcome.cells, outcome.keys, strict=True):
            yield Entry(one.models[model], cell)


def _decided(record: Record, store: Store) -> tuple[Comparison, ...]:
    """The comparisons with one model at each level, chosen where there were several."""
    return tuple(_chosen(one, record, store) for one in record.study.comparisons)


def _chosen(comparison: Comparison, record: Record, store: Store) -> Comparison:
    task = parse_task(record.study.task)
    sign = 1 if task.score(task.headline).higher_is_better else -1

    def best(names: tuple[str, ...], level: object) -> tuple[str, ...]:
        if len(names) == 1:
            return names
        found = {
            entry.model: sign * _score(store.get(entry.cell), task)
            for entry in record.entries
            if (entry.model in names and entry.cell.level == level)
            and entry.cell.split == comparison.chosen_on
        }
        if not found:
            raise ValueError(
                f"none of {', '.join(names)} was measured at {level} on {comparison.chosen_on}"
            )
        return (max(names, key=lambda name: found.get(name, -np.inf)),)

    after = {
        method: {level: best(names, level) for level, names in levels.items()}
        for method, levels in comparison.after.items()
    }
    return replace(comparison, after=after)


def _score(result: Result, task: Task) -> float:
    return float(task.summarise(result.stats, None)[task.headline][0])
