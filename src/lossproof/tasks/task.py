"""What a task is: prediction type, metric, headline score, drawing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, Protocol

from lossproof.records import Frame, Frames, FrameSize, MediaKind, Setting, Stat, Summarise

Colour = tuple[int, int, int]
OWN_LABELS = "own-2"
"""How predictions become targets, and its version: part of what names a cell's metric."""


@dataclass(frozen=True)
class Score:
    """How a score is read.

    ``heading`` is the paper's column heading where it has one. ``unit`` is "%" for scores in [0, 1]
    that people read as percentages, else a unit such as "m", or "" for a plain number; ``digits``
    of it are shown. The score ``iou`` stands for ``iou/0``, ``iou/1`` and so on.
    """

    name: str
    heading: str
    better: Literal["higher", "lower"] = "higher"
    unit: str = "%"
    digits: int = 1

    @property
    def shown(self) -> float:
        """What a value is multiplied by where people read it."""
        return 100.0 if self.unit == "%" else 1.0

    @property
    def higher_is_better(self) -> bool:
        return self.better == "higher"


@dataclass(frozen=True)
class Legend:
    """What a drawing needs to know of the dataset: its classes, and their colours if it has any.

    ``span`` are the numbers at the ends of the colours, where several drawings share them.
    """

    classes: tuple[str, ...] = ()
    palette: tuple[Colour, ...] = ()
    span: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task, complete: everything that a sweep, a table or a figure needs to know of it.

    ``metric`` names the metric and its version; ``settings`` are those of the metric, such as a cap
    on depth. ``fit(prediction, frame_size, target)`` brings a prediction from the frame that the
    model was given to the target's frame. ``scores`` are all that ``summarise`` gives, of which
    ``columns`` stand in tables. ``draw(frames, prediction, legend)`` gives a picture to look at,
    (H, W, 3). ``target`` says whether the target comes with the dataset or is the source itself.

    ``quick`` gives of ``summarise`` only the headline score and that of each class, in less time.
    ``as_target(prediction, frame_size, num_classes)`` makes a target of what a model says of a
    source of that size, for footage that nobody has annotated; None where that has no meaning.
    ``own_headline`` is the headline score against such targets, where it is another: an error is
    then 0 on the source, and no change is a share of that.
    ``span(target)`` is that of the colours of a sample's drawings, so that these can be compared;
    None where each has its own. ``key(prediction, legend)`` names the colours of a drawing where
    that does not do so itself.
    """

    name: str
    metric: str
    validate: Callable[[Any, Any], None]
    sample_stat: Callable[[Any, Any], Stat]
    summarise: Summarise
    fit: Callable[[Any, FrameSize, Any], Any]
    draw: Callable[[Frames, Any, Legend], Frame]
    scores: tuple[Score, ...]
    columns: tuple[str, ...]
    headline: str
    settings: Mapping[str, Setting] = field(default_factory=dict)
    target: Literal["dataset", "source"] = "dataset"
    as_target: Callable[[Any, FrameSize, int], Any] | None = None
    own_headline: str | None = None
    quick: Summarise | None = None
    span: Callable[[Any], tuple[float, float] | None] | None = None
    key: Callable[[Any, Legend], Mapping[str, Colour]] | None = None
    media: MediaKind = "picture"

    def __post_init__(self) -> None:
        names = [score.name for score in self.scores]
        for name in (*self.columns, self.headline, self.own_headline or self.headline):
            if name not in names:
                raise ValueError(f"column {name!r} is none of the scores {names}")

    def score(self, name: str) -> Score:
        """How to read a score of ``summarise``; of ``iou/3`` what is said of ``iou``."""
        family = name.partition("/")[0]
        return next(score for score in self.scores if score.name == family)

    def headline_of(self, is_known: Callable[[str], bool]) -> Score:
        """The headline score, or the first column of which something is known where it is not: a
        network of one stream alone has no fusion."""
        known = (name for name in (self.headline, *self.columns) if is_known(name))
        return self.score(next(known, self.headline))

    def by_model(self) -> "Task":
        """The task against the model's own predictions on the source. Raises ValueError where
        these can be no target."""
        if self.as_target is None:
            raise ValueError(f"{self.name} has no labels that a model could give")
        headline = self.own_headline or self.headline
        columns = tuple(dict.fromkeys([*self.columns, headline]))
        metric = f"{self.metric} {OWN_LABELS}"
        return replace(self, metric=metric, headline=headline, columns=columns)

    def legend_for(self, target: Any, legend: Legend) -> Legend:
        """What all drawings of a sample have in common, beside what those of its dataset have."""
        return replace(legend, span=self.span and self.span(target))

    @property
    def table(self) -> Sequence[Score]:
        """The scores that stand in tables, in their order."""
        return [self.score(name) for name in self.columns]


class TaskKind(Protocol):
    """A frozen dataclass whose fields are the settings of the metric; ``task()`` binds them."""

    name: ClassVar[str]

    def task(self) -> Task: ...
