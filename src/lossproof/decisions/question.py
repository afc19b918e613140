"""What is asked: how much may be lost, of what, and how sure one must be."""

from dataclasses import dataclass, replace
from typing import Literal

from lossproof.decisions.drops import (
    Drops,
    classes_of,
    drops_of_classes,
    drops_of_whole,
    drops_of_worst,
)
from lossproof.records import Result
from lossproof.tasks import Task

Worst = float | Literal["class"] | None


@dataclass(frozen=True, kw_only=True)
class Question:
    """``max_drop`` is the share of the source's score that may be lost.

    ``worst`` asks the same of a part: the mean over the worst share of the samples, each by its own
    loss, or the class that loses most. ``classes`` are the scores of those by name, without which
    they are those that the source has a score of on the samples at hand. Raises ValueError.
    """

    task: Task
    max_drop: float
    confidence: float = 0.95
    worst: Worst = None
    classes: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if not 0 < self.max_drop < 1:
            raise ValueError(
                f"max_drop is {self.max_drop:g}; a share above 0 and below 1 is allowed"
            )
        if not 0.5 < self.confidence < 1:
            raise ValueError(f"confidence is {self.confidence:g}; above 0.5 and below 1 is allowed")
        if isinstance(self.worst, float) and not 0 < self.worst < 1:
            raise ValueError(f"worst is {self.worst:g}; a share below 1 or class is allowed")
        if self.task.score(self.task.headline).unit == "dB":
            raise ValueError(
                f"{self.task.name} is told in decibels, of which no share is a drop; "
                "a task with a model is allowed"
            )

    @property
    def alpha(self) -> float:
        return 1 - self.confidence

    def of(self, source: Result) -> "Question":
        """The same, of the classes that this source has, also where some of its samples lack one.

        Raises ValueError for a task without classes.
        """
        if self.worst != "class":
            return self
        return replace(self, classes=classes_of(self.task, source))

    def drops(self, source: Result, arrived: Result) -> Drops:
        """How much what arrived loses of the source's score; both are of the same samples.

        Raises ValueError for a part that the task does not have.
        """
        assert source.sample_ids == arrived.sample_ids
        if self.worst is None:
            return drops_of_whole(self.task, source, arrived)
        if self.worst == "class":
            return drops_of_classes(self.task, source, arrived, self.classes)
        return drops_of_worst(self.task, source, arrived, share=self.worst)
