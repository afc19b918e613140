"""A result's scores and their bootstrap distributions, by name."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TypeVar, final

import numpy as np

from lossproof.analysis.bootstrap import Draws, distributions
from lossproof.records import Result
from lossproof.report.kept import Kept
from lossproof.tasks import Task, task_of

Value = TypeVar("Value")


def is_current(result: Result) -> bool:
    """Whether the statistics of a result are those that its task's metric reads now."""
    cell = result.cell
    return cell.metric == task_of(cell).metric


@final
class Summary:
    """The scores of one result, each computed when first asked for."""

    def __init__(self, result: Result, kept: Kept | None = None) -> None:
        self.result = result
        self._kept = kept
        cell = result.cell
        self.task: Task = task_of(cell)
        assert is_current(result), f"cell {cell.hash} was measured for {cell.metric}"

    @cached_property
    def scores(self) -> dict[str, float]:
        """Each score by its name, NaN where it is not known; those of classes by their names."""
        values = self.task.summarise(self.result.stats, None)
        return self._named({name: float(value[0]) for name, value in values.items()})

    @cached_property
    def distributions(self) -> dict[str, Draws]:
        """Each score's value, then its resamples, by the names of ``scores``."""
        result = self.result
        found = self._kept.get(result) if self._kept else None
        if found is None:
            found = distributions(self.task.summarise, result.stats, result.groups)
            if self._kept:
                self._kept.put(result, found)
        return self._named(found)

    @property
    def num_groups(self) -> int:
        """Of samples that are drawn together."""
        return len(set(self.result.groups))

    def only(self, samples: set[str]) -> "Summary":
        """Of these samples alone."""
        chosen = np.array([sample in samples for sample in self.result.sample_ids])
        return Summary(self.result.take(chosen), self._kept)

    def _named(self, values: Mapping[str, Value]) -> dict[str, Value]:
        classes = self.result.context.classes
        return {class_score(name, classes): value for name, value in values.items()}


def summary_of(result: Result, kept: Kept | None) -> Summary:
    """The summary of a result, made once for all who ask with the same ``kept``."""
    if kept is None:
        return Summary(result)
    # The summary holds on to its result, so that no other one gets its id.
    found: Summary = kept.made.setdefault(id(result), Summary(result, kept))
    return found


def class_score(name: str, classes: Sequence[str]) -> str:
    """``iou/3`` as ``iou/`` and the name of class 3 where it has one; other names as they are."""
    score, slash, index = name.partition("/")
    return f"{score}/{classes[int(index)]}" if slash and int(index) < len(classes) else name


def common(first: Summary, second: Summary) -> tuple[Summary, Summary]:
    """Both on the samples that both have, so that resampling pairs them."""
    if first.result.sample_ids == second.result.sample_ids:
        return first, second
    shared = set(first.result.sample_ids) & set(second.result.sample_ids)
    return first.only(shared), second.only(shared)
