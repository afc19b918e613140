"""From a recipe to a model on the shelf."""

import contextlib
from collections.abc import Iterator

import torch
from accelerate import PartialState

from lossproof.datasets import fingerprint
from lossproof.digests import file_digest
from lossproof.settings import settings
from lossproof.training.card import Card, machine
from lossproof.training.conditions import Conditions
from lossproof.training.job import Job, open_job
from lossproof.training.label_free import distil_job, recalibrate_job
from lossproof.training.lock import alone_at
from lossproof.training.outcome import Outcome
from lossproof.training.recipe import Recipe
from lossproof.training.shelf import Shelf

_LABEL_FREE = {"recalibrate": recalibrate_job, "distil": distil_job}


def train(recipe: Recipe, shelf: Shelf, conditions: Conditions | None = None) -> str:
    """The id of the model that the recipe ends with, on the shelf.

    A model that is there already is not trained again; a run that was cut off goes on where its
    last checkpoint was, and one that another of the same recipe came before waits for it. Raises
    ValueError for a recipe that does not fit its data or parent and for a loss that is not finite,
    and OSError when weights or checkpoints cannot be written.
    """
    job = open_job(recipe, shelf, conditions or Conditions())
    if shelf.contains(job.id):
        return job.id
    with alone_at(job) as wanted:
        if wanted:
            _run(job)
    return job.id


def _run(job: Job) -> None:
    with _own_torch(job.recipe.seed, job.conditions.torch_threads):
        run = _LABEL_FREE.get(job.recipe.method, job.family.train)
        _finish(job, run(job))


def _finish(job: Job, outcome: Outcome) -> None:
    """One of the processes puts the model on the shelf; the others wait until it is there."""
    processes = PartialState()
    # Where the file system keeps no locks, another run may have been quicker.
    if processes.is_main_process and not job.shelf.contains(job.id):
        job.shelf.put(_card(job, outcome))
    processes.wait_for_everyone()


@contextlib.contextmanager
def _own_torch(seed: int, torch_threads: int | None) -> Iterator[None]:
    """Torch's generator and number of threads are the run's inside, and as before after it."""
    before = torch.get_num_threads()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        torch.set_num_threads(torch_threads or before)
        try:
            yield
        finally:
            torch.set_num_threads(before)


def _card(job: Job, outcome: Outcome) -> Card:
    weights = file_digest(job.best_weights)
    assert weights is not None
    return Card(
        id=job.id,
        arch=job.family.name,
        num_classes=len(job.dataset.classes),
        classes=job.dataset.classes,
        network_settings=job.family.network_settings(job.settings),
        recipe=job.recipe.as_dict(),
        family_settings=settings(job.settings),
        parent=job.recipe.parent,
        parent_weights=file_digest(job.parent) if job.parent else None,
        weights=weights,
        data=fingerprint(job.training),
        validation_data=fingerprint(job.validation),
        num_training=len(job.training),
        num_validation=len(job.validation),
        score_name=job.task.headline,
        score=outcome.score,
        laps=outcome.laps,
        duration_seconds=round(outcome.duration_seconds, 3),
        damaged=dict(outcome.damaged),
        machine=machine(
            device=job.conditions.device,
            precision=job.conditions.precision,
            torch_threads=torch.get_num_threads(),
        ),
    )
