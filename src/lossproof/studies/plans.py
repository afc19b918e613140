"""The paper's plan: a baseline, measured; retrained at every level, measured again."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from lossproof.codecs import make_codec, parse_codec
from lossproof.records import FrameSize, Level
from lossproof.runs.sweep import Point
from lossproof.studies.study import Comparison, Measured, Study, Training
from lossproof.training import Compression, Recipe, Schedule
from lossproof.training.recipe import Method

BASELINE = "baseline"
RETRAIN: Method = "retrain"


@dataclass(frozen=True, kw_only=True)
class Part:
    """A network that is trained by itself: how from the start, and how it goes on from there.

    ``again`` is the schedule of retraining and distillation; None is that of the start.
    """

    recipe: Recipe
    name: str = "model"
    again: Schedule | None = None


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """A codec and its levels, of which the first is the reference, at one frame size."""

    codec: str
    levels: tuple[Level, ...]
    frame_size: FrameSize | None = None

    def point(self, level: Level) -> Point:
        name, settings = parse_codec(self.codec)
        return Point(make_codec(name, level, **settings), self.frame_size)

    def points(self) -> tuple[Point, ...]:
        """``source`` and every level."""
        return (Point(make_codec("source"), self.frame_size), *map(self.point, self.levels))

    def compression(self, *levels: Level) -> Compression:
        return Compression(codec=self.codec, levels=levels, frame_size=self.frame_size)


def retraining(
    study: Study,
    parts: Sequence[Part],
    ladder: Ladder,
    *,
    model: str = "{model}",
    methods: Sequence[Method] = ("retrain", "recalibrate", "distil"),
    table: int | None = None,
) -> Study:
    """The study with the paper's plan in it.

    The baseline is trained on the source and measured at every level. From it a model is made for
    each level below the reference by each of the methods, and measured at that level. ``model`` is
    what ``open_model`` takes, with ``{NAME}`` for the model of a part.
    """
    lower = ladder.levels[1:]
    made = {(method, level): f"{method} {level:g}" for method, level in product(methods, lower)}
    trainings = [*_baselines(parts, ladder)]
    for (method, level), name in made.items():
        trainings += _trainings(parts, name, method, ladder.compression(level), many=len(parts) > 1)
    return replace(
        study,
        trainings=(*study.trainings, *trainings),
        models={
            **study.models,
            **{name: spec(model, name, many=len(parts) > 1) for name in (BASELINE, *made.values())},
        },
        measured=(
            *study.measured,
            Measured(models=(BASELINE,), points=ladder.points()),
            *_at_own_levels(made, ladder),
        ),
        comparisons=(
            *study.comparisons,
            Comparison(
                title="retrained for each level",
                codec=ladder.codec,
                before=BASELINE,
                after={
                    method: {level: (made[method, level],) for level in lower} for method in methods
                },
                table=table,
            ),
        ),
    )


def spec(model: str, name: str, *, many: bool) -> str:
    """What ``open_model`` takes, of the parts of the model called ``name``."""
    return re.sub(r"\{(\w+)\}", lambda part: "{" + part_name(name, part[1], many=many) + "}", model)


def part_name(name: str, part: str, *, many: bool) -> str:
    """The training of a part; the only part of a model is called as that is."""
    return f"{name} {part}" if many else name


def _baselines(parts: Sequence[Part], ladder: Ladder) -> Iterator[Training]:
    source = Compression(frame_size=ladder.frame_size)
    for part in parts:
        recipe = replace(part.recipe, compression=source)
        yield Training(name=part_name(BASELINE, part.name, many=len(parts) > 1), recipe=recipe)


def _trainings(
    parts: Sequence[Part], name: str, method: Method, compression: Compression, *, many: bool
) -> Iterator[Training]:
    for part in parts:
        recipe = replace(
            part.recipe,
            parent=part_name(BASELINE, part.name, many=many),
            method=method,
            compression=compression,
            schedule=part.again or part.recipe.schedule,
        )
        yield Training(name=part_name(name, part.name, many=many), recipe=recipe)


def _at_own_levels(made: dict[tuple[Method, Level], str], ladder: Ladder) -> Iterator[Measured]:
    for level in ladder.levels[1:]:
        names = tuple(name for (_, at), name in made.items() if at == level)
        yield Measured(models=names, points=(ladder.point(level),))
