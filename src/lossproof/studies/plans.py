"""The paper's plan: a baseline, measured; retrained at every level, measured again."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lossproof.codecs import codec_class, make_codec, parse_codec
from lossproof.records import FrameSize, Level
from lossproof.runs.sweep import Point
from lossproof.studies.study import Comparison, Measured, Study, Training
from lossproof.training import Compression, Recipe, Schedule
from lossproof.training.recipe import Method

BASELINE = "baseline"


@dataclass(frozen=True, kw_only=True)
class Part:
    """A network that is trained by itself: how from the start, and how it goes on from there.

    ``again`` is the schedule of retraining and distillation; None is that of the start. ``trained``
    is what a recipe takes as its parent, where the network has been trained before: then it has no
    start.
    """

    recipe: Recipe
    name: str = "model"
    again: Schedule | None = None
    trained: str | None = None


@dataclass(frozen=True, kw_only=True)
class Network:
    """A model of one part or of several, which are trained apart.

    ``model`` is what ``open_model`` takes, with ``{NAME}`` for the id of a part. ``trained`` is
    what it takes for the baseline, where the parts have been trained before. ``name`` goes before
    the names of its models, where a study has several networks. Raises ValueError where some parts
    have been trained before and some not.
    """

    parts: tuple[Part, ...]
    model: str = "{model}"
    trained: str | None = None
    name: str = ""

    def __post_init__(self) -> None:
        for part in self.parts:
            if (part.trained is None) != (self.trained is None):
                raise ValueError(
                    f"part {part.name} was trained before: {part.trained}; the network: "
                    f"{self.trained}; both or neither are allowed"
                )

    def called(self, label: str) -> str:
        """The model of this network that a study calls ``label``."""
        return f"{self.name} {label}".strip()

    def training(self, label: str, part: str) -> str:
        """The training of a part of a model; the only part is called as the model is."""
        whole = self.called(label)
        return whole if len(self.parts) == 1 else f"{whole} {part}"

    def spec(self, label: str) -> str:
        """What ``open_model`` takes, with the trainings of the model's parts in braces."""
        if label == BASELINE and self.trained is not None:
            return self.trained
        return re.sub(r"\{(\w+)\}", lambda part: f"{{{self.training(label, part[1])}}}", self.model)


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """A codec and its levels, of which the first is the reference, at one frame size.

    Raises ValueError for a codec of levels without any, and for levels that are not from the best
    to the worst.
    """

    codec: str
    levels: tuple[Level, ...]
    frame_size: FrameSize | None = None

    def __post_init__(self) -> None:
        codec = codec_class(parse_codec(self.codec)[0])
        if codec.level_range is None:
            return
        if not self.levels:
            raise ValueError(f"{self.codec} has no levels in a ladder; 1 or more are allowed")
        levels = [level or 0 for level in self.levels]
        best_first = sorted(set(levels), reverse=codec.better == "higher")
        if levels != best_first:
            allowed = ", ".join(f"{level:g}" for level in best_first)
            raise ValueError(
                f"levels of {self.codec} are {', '.join(f'{level:g}' for level in levels)} in a "
                f"ladder; from the best to the worst is allowed: {allowed}"
            )

    def point(self, level: Level) -> Point:
        name, settings = parse_codec(self.codec)
        return Point(make_codec(name, level, **settings), self.frame_size)

    def points(self) -> tuple[Point, ...]:
        """``source`` and every level."""
        return (Point(make_codec("source"), self.frame_size), *map(self.point, self.levels))

    def compression(self, *levels: Level) -> Compression:
        return Compression(codec=self.codec, levels=levels, frame_size=self.frame_size)


def network(recipe: Recipe, again: Schedule | None = None, *, name: str = "") -> Network:
    """A network of one part."""
    return Network(parts=(Part(recipe=recipe, again=again),), name=name)


def baseline(study: Study, network: Network, ladder: Ladder) -> Study:
    """The study with a network in it that is trained on the source, and measured there and on the
    ladder."""
    called = network.called(BASELINE)
    return replace(
        study,
        trainings=(*study.trainings, *_baselines(network, ladder)),
        models={**study.models, called: network.spec(BASELINE)},
        measured=(*study.measured, Measured(models=(called,), points=ladder.points())),
    )


def retraining(
    study: Study,
    network: Network,
    ladder: Ladder,
    *,
    methods: Sequence[Method] = ("retrain", "recalibrate", "distil"),
    table: int | None = None,
) -> Study:
    """The study with the paper's plan for a network in it.

    The baseline is trained on the source, if it was not before, and measured at every level. From
    it a model is made for each level below the reference by each of the methods, and measured at
    that level.
    """
    ways = [(method, level) for method in methods for level in ladder.levels[1:]]
    labels = [BASELINE, *(_label(*way) for way in ways)]
    trainings = [*_baselines(network, ladder)]
    for method, level in ways:
        trainings += _trainings(network, method, level, ladder)
    return replace(
        study,
        trainings=(*study.trainings, *trainings),
        models={**study.models, **{network.called(one): network.spec(one) for one in labels}},
        measured=(*study.measured, *_measured(network, ways, ladder)),
        comparisons=(*study.comparisons, _comparison(network, ways, ladder, table)),
    )


def _label(method: Method, level: Level) -> str:
    return f"{method} {level:g}"


def _baselines(network: Network, ladder: Ladder) -> Iterator[Training]:
    source = Compression(frame_size=ladder.frame_size)
    for part in (one for one in network.parts if one.trained is None):
        recipe = replace(part.recipe, compression=source)
        yield Training(name=network.training(BASELINE, part.name), recipe=recipe)


def _trainings(
    network: Network, method: Method, level: Level, ladder: Ladder
) -> Iterator[Training]:
    for part in network.parts:
        recipe = replace(
            part.recipe,
            parent=part.trained or network.training(BASELINE, part.name),
            method=method,
            compression=ladder.compression(level),
            schedule=part.again or part.recipe.schedule,
        )
        yield Training(name=network.training(_label(method, level), part.name), recipe=recipe)


def _measured(
    network: Network, ways: Sequence[tuple[Method, Level]], ladder: Ladder
) -> Iterator[Measured]:
    """The baseline everywhere, the others at their own level."""
    yield Measured(models=(network.called(BASELINE),), points=ladder.points())
    for level in ladder.levels[1:]:
        names = tuple(network.called(_label(*way)) for way in ways if way[1] == level)
        yield Measured(models=names, points=(ladder.point(level),))


def _comparison(
    network: Network, ways: Sequence[tuple[Method, Level]], ladder: Ladder, table: int | None
) -> Comparison:
    after: dict[str, dict[Level, tuple[str, ...]]] = {}
    for method, level in ways:
        after.setdefault(method, {})[level] = (network.called(_label(method, level)),)
    return Comparison(
        title=f"{network.name} retrained for each level".strip(),
        codec=ladder.codec,
        before=network.called(BASELINE),
        after=after,
        table=table,
    )
