"""What a study is: trainings, models made of them, where these are measured, and comparisons."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from lossproof.records import Level
from lossproof.runs.sweep import Point
from lossproof.studies.search import Search
from lossproof.training import Recipe

_TRAINING = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, kw_only=True)
class Training:
    """A model to train, under a name; the recipe's ``parent`` may be an earlier training's name.

    With a ``search`` the recipe's schedule is the best of several that are tried, its own first.
    Raises ValueError where that lies beyond the search's ranges.
    """

    name: str
    recipe: Recipe
    search: Search | None = None

    def __post_init__(self) -> None:
        for name, one in (self.search.ranges if self.search else {}).items():
            value = getattr(self.recipe.schedule, name)
            if not one.low <= value <= one.high:
                raise ValueError(
                    f"{name} of {self.name} is {value:g}; its search allows {one.low:g} to "
                    f"{one.high:g}"
                )


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Some of the study's models, by their names, each at every one of the points."""

    models: tuple[str, ...]
    points: tuple[Point, ...]
    split: str | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A model before, and what there is after at each level, by the way it was made.

    ``after["retrain"][10]`` names the model retrained for level 10. Where it names several models,
    it is the one with the best score at that level on the split ``chosen_on``. ``table`` is the
    paper's table that this is a row by row counterpart of.
    """

    title: str
    codec: str
    before: str
    after: Mapping[str, Mapping[Level, tuple[str, ...]]]
    chosen_on: str | None = None
    table: int | None = None


@dataclass(frozen=True, kw_only=True)
class Study:
    """Everything of one question: training, measuring, comparing.

    ``models`` are models' names and what ``open_model`` takes, where ``{NAME}`` is the id of a
    training. ``task`` is as ``parse_task`` takes it; ``data`` is ``NAME:PATH``. ``smoke`` is the
    number of samples of a smoke run, and ``file`` the file that it was read from. Raises ValueError
    for a name that stands twice or is not there.
    """

    name: str
    title: str
    task: str
    data: str
    trainings: tuple[Training, ...] = ()
    models: Mapping[str, str] = field(default_factory=dict)
    measured: tuple[Measured, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    limit: int | None = None
    split: str | None = None
    notes: str = ""
    smoke: int | None = None
    file: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9_]+", self.name):
            raise ValueError(f"study name {self.name!r} has other than a-z, 0-9 and _")
        known: set[str] = set()
        for training in self.trainings:
            if training.name in known:
                raise ValueError(f"training {training.name!r} stands twice in study {self.name}")
            known.add(training.name)
        for spec in self.models.values():
            _check_known(trainings_in(spec), known, kind="training")
        for one in self.measured:
            _check_known(one.models, set(self.models), kind="model")
        for comparison in self.comparisons:
            _check_known(_named(comparison), set(self.models), kind="model")


def trainings_in(spec: str) -> list[str]:
    """The trainings that a model's text is made of."""
    return _TRAINING.findall(spec)


def filled(spec: str, ids: Mapping[str, str]) -> str:
    """A model's text with the ids of its trainings."""
    return _TRAINING.sub(lambda match: ids[match[1]], spec)


def limited(study: Study, limit: int) -> Study:
    """The same on ``limit`` samples at most, each training with as many iterations at most."""
    return replace(
        study,
        smoke=limit,
        limit=_at_most(limit, study.limit),
        trainings=tuple(
            replace(one, recipe=_short(one.recipe, limit), search=one.search and one.search.short())
            for one in study.trainings
        ),
    )


def _short(recipe: Recipe, limit: int) -> Recipe:
    iterations = _at_most(limit, recipe.schedule.iterations)
    schedule = replace(recipe.schedule, iterations=iterations, epochs=None)
    return replace(recipe, limit=_at_most(limit, recipe.limit), schedule=schedule)


def _at_most(limit: int, own: int | None) -> int:
    return limit if own is None else min(limit, own)


def _named(comparison: Comparison) -> Iterator[str]:
    yield comparison.before
    for levels in comparison.after.values():
        for names in levels.values():
            yield from names


def _check_known(names: Iterable[str], known: Iterable[str], *, kind: str) -> None:
    for name in names:
        if name not in known:
            listed = ", ".join(sorted(known)) or "none"
            raise ValueError(f"{kind} {name!r} is not in the study; known: {listed}")
