"""A recipe with everything that it names opened, checked before anything is trained."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from torch import nn

from lossproof.datasets import Dataset, fingerprint, open_dataset
from lossproof.digests import file_digest
from lossproof.models.own_settings import own_settings
from lossproof.models.weights_file import check_metadata, read_metadata, save_weights
from lossproof.models.weights_hash import content_digests
from lossproof.models.zoo import ZOO_FILES, weights_file
from lossproof.records import Sample
from lossproof.settings import settings, spelled
from lossproof.tasks import Task
from lossproof.training.arrivals import Arrivals, media_digests
from lossproof.training.bitstreams import Bitstreams
from lossproof.training.conditions import Conditions
from lossproof.training.families import family_of
from lossproof.training.family import Family
from lossproof.training.feed import Feed, Share
from lossproof.training.holdout import content_of, held_out
from lossproof.training.recipe import Recipe
from lossproof.training.saving import explained
from lossproof.training.shelf import WEIGHTS, Shelf

FORMAT = 2
"""Changed when the same recipe would end with other weights."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """``id`` is a short hash of what decides the weights: recipe, content of the data, parent.

    ``settings`` are the family's. ``training`` and ``validation`` are samples, disjoint by content.
    ``parent`` is a weights file, None to start from the initialisation. ``damaged`` are samples of
    either split that could not be read so far, with the reason.
    """

    id: str
    recipe: Recipe
    conditions: Conditions
    shelf: Shelf
    family: Family
    settings: Any
    task: Task
    dataset: Dataset
    training: Sequence[Sample]
    validation: Sequence[Sample]
    parent: Path | None
    damaged: dict[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where checkpoints are, and the best weights so far."""
        return self.shelf.workplace(self.id)

    @property
    def best_weights(self) -> Path:
        return self.shelf.unfinished(self.id) / WEIGHTS

    @cached_property
    def arrivals(self) -> Arrivals:
        conditions = self.conditions
        return Arrivals(
            dataset=self.dataset,
            bitstreams=Bitstreams(
                memory_bytes=conditions.memory_bytes, disk_bytes=conditions.disk_bytes
            ),
            frame_size=self.recipe.compression.frame_size,
            digests=media_digests([*self.training, *self.validation]),
        )

    def feed(self, *, share: Share | None = None, with_source: bool = False) -> Feed:
        """The training split as the network gets it."""
        return Feed(
            arrivals=self.arrivals,
            family=self.family,
            settings=self.settings,
            samples=self.training,
            codecs=self.recipe.compression.codecs(),
            augmentation=self.recipe.augmentation,
            batch_size=min(self.recipe.schedule.batch_size, len(self.training)),
            seed=self.recipe.seed,
            threads=self.conditions.threads,
            share=share or Share(),
            with_source=with_source,
            damaged=self.damaged,
        )

    def save(self, network: nn.Module) -> None:
        """Keep the weights as the best so far, whole or not at all. Raises OSError."""
        path = self.best_weights
        with explained("the best weights", path, kept="run again, training goes on"):
            save_weights(
                path,
                network,
                arch=self.family.name,
                num_classes=len(self.dataset.classes),
                settings=self.family.network_settings(self.settings),
                notes={"classes": self.dataset.classes, "title": self.recipe.title},
            )


def open_job(recipe: Recipe, shelf: Shelf, conditions: Conditions) -> Job:
    """Open what the recipe names. Raises ValueError for whatever does not exist or fit."""
    family = family_of(recipe.family)
    parent = _parent(recipe, shelf)
    own = _family_settings(family, recipe, parent)
    task = family.task(own)
    dataset = open_dataset(recipe.data, task=task.name)
    _check_fit(dataset, task, recipe)
    training, validation = _splits(dataset, recipe)
    _check_disjoint(training, validation)
    return Job(
        id=_id(recipe, own, dataset, (training, validation), parent, conditions.precision),
        recipe=recipe,
        conditions=conditions,
        shelf=shelf,
        family=family,
        settings=own,
        task=task,
        dataset=dataset,
        training=training,
        validation=validation,
        parent=parent,
    )


def _family_settings(family: Family, recipe: Recipe, parent: Path | None) -> Any:
    """Those of the recipe; of the others, the network's own are its parent's."""
    if parent is not None:
        content_digests([parent], kind="parent")
        check_metadata(parent, read_metadata(parent), {"arch": family.name})
    given = {name: spelled(value) for name, value in recipe.settings.items()}
    return own_settings(family.settings, given, parent)


def _check_fit(dataset: Dataset, task: Task, recipe: Recipe) -> None:
    if dataset.task != task.name:
        raise ValueError(
            f"{dataset.name} is for {dataset.task}; a dataset for {task.name} is allowed"
        )
    codec = recipe.compression.codecs()[0]
    if dataset.media not in codec.media:
        raise ValueError(
            f"{codec.name} codes {' and '.join(codec.media)}s; {dataset.name} has {dataset.media}s"
        )


def _splits(dataset: Dataset, recipe: Recipe) -> tuple[Sequence[Sample], Sequence[Sample]]:
    samples = dataset.samples(recipe.split)
    if recipe.validation is not None:
        training, validation = samples, dataset.samples(recipe.validation)
    else:
        training, validation = held_out(samples, share=recipe.holdout, media=dataset.media)
    training, validation = training[: recipe.limit], validation[: recipe.limit]
    if not training or not validation:
        raise ValueError(
            f"split {recipe.split!r} of {dataset.name} leaves {len(training)} samples to train and "
            f"{len(validation)} to validate; 1 or more of each are allowed"
        )
    return training, validation


def _check_disjoint(training: Sequence[Sample], validation: Sequence[Sample]) -> None:
    """By content of what is decoded first: copies under another name are found as well."""
    content = content_of([*training, *validation])
    known = {key: one.id for one in training if (key := content[one])}
    shared = [(known[key], one.id) for one in validation if (key := content[one]) in known]
    if shared:
        trained, validated = shared[0]
        raise ValueError(
            f"{len(shared)} validation samples have the content of training samples, first "
            f"{validated!r} that of {trained!r}; splits without a common file are allowed"
        )


def _parent(recipe: Recipe, shelf: Shelf) -> Path | None:
    if recipe.parent is None:
        return None
    if recipe.parent in ZOO_FILES:
        return weights_file(recipe.parent)
    if recipe.parent.endswith(".safetensors"):
        return Path(recipe.parent).expanduser()
    return shelf.weights(recipe.parent)


def _id(
    recipe: Recipe,
    own: Any,
    dataset: Dataset,
    splits: tuple[Sequence[Sample], Sequence[Sample]],
    parent: Path | None,
    precision: str,
) -> str:
    """Of what decides the weights; 32 bits are not named."""
    content = {
        **recipe.identity(),
        "data": dataset.name,
        "settings": settings(own),
        "parent": file_digest(parent) if parent else None,
        "content": [fingerprint(split) for split in splits],
        "format": FORMAT,
        **({} if precision == "no" else {"precision": precision}),
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
