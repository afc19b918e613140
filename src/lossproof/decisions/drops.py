"""How much is lost of the source's score, and how far that is known."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64

from lossproof.analysis.alone import scores_alone
from lossproof.analysis.jackknife import Estimate, estimate, left_out_weights
from lossproof.analysis.rates import drop
from lossproof.analysis.sequential import rare
from lossproof.records import Result, Summarise
from lossproof.tasks import Task

_FEW_LOSING = 15

Weights = Float64[np.ndarray, "r n"]
Values = Float64[np.ndarray, " n"]
Scores = Mapping[str, Float64[np.ndarray, " n"]]


class Losing(NamedTuple):
    """Groups of samples that have something to lose, how many of them lose of it, and how many half
    or more, each sample scored by itself; what these lose, as a share of what there was."""

    num_groups: int
    num_losing: int
    num_broken: int
    lost: float


@dataclass(frozen=True)
class Part:
    """What is lost of one score, over the worst ``share`` of the samples."""

    estimate: Estimate
    losing: Losing
    share: float = 1.0

    def upper(self, alpha: float) -> float:
        """What the drop does not exceed but with probability ``alpha``."""
        return max(self.estimate.upper(alpha), self._least(alpha))

    def _least(self, alpha: float) -> float:
        """What the bound is no less than, since more groups may lose than were seen to.

        Those that were not seen lose as the others do. Where hardly any does, that tells too
        little, and as many as may break lose all they have. Of the worst share where many lose,
        the spread tells how many may be in it.
        """
        num_groups, num_losing, num_broken, lost = self.losing
        few = num_losing < _FEW_LOSING
        if self.share < 1 and not few:
            return -math.inf
        may = rare(num_losing, num_groups, alpha=alpha)
        lost_then = lost * may * num_groups / max(1, num_losing)
        if few:
            lost_then = max(lost_then, rare(num_broken, num_groups, alpha=alpha))
        return min(1.0, self.estimate.value + (lost_then - lost) / self.share)

    def lower(self, alpha: float) -> float:
        """What the drop does not fall below but with probability ``alpha``."""
        return self.estimate.lower(alpha)


@dataclass(frozen=True)
class Drops:
    """The drops of all that is asked for, by name: of the whole there is one, under "".

    All must stay within a tolerance, so for that each may be asked at the full error rate (Berger's
    intersection-union test, Technometrics 24, 1982). One that these samples do not tell is unknown,
    and has no bound.
    """

    parts: dict[str, Part]

    @property
    def worst(self) -> str:
        """The name of the part that loses most."""
        values = {name: one.estimate.value for name, one in self.parts.items()}
        known = {name: value for name, value in values.items() if np.isfinite(value)}
        return max(known, key=known.__getitem__, default="")

    @property
    def most(self) -> Estimate:
        """The largest drop; NaN where none is defined."""
        part = self.parts.get(self.worst)
        return part.estimate if part else estimate(float("nan"), np.zeros(0))

    @property
    def value(self) -> float:
        """The largest drop; NaN where none is defined."""
        return self.most.value

    @property
    def error(self) -> float:
        """The standard error of that."""
        return self.most.error

    def upper(self, alpha: float) -> float:
        """What no drop exceeds but with probability ``alpha``; infinity where one is unknown."""
        return max((one.upper(alpha) for one in self.parts.values()), default=float("inf"))

    def lower(self, alpha: float) -> float:
        """What the largest drop does not fall below but with probability ``alpha``.

        The highest of several bounds is one only where they share the error rate (Bonferroni).
        """
        each = alpha / max(1, len(self.parts))
        return max((one.lower(each) for one in self.parts.values()), default=float("-inf"))

    def unknown(self) -> str:
        """The name of a part that is in too few samples to be told; "" where there is none."""
        return next((name for name, one in self.parts.items() if one.estimate.unknown), "")


def drops_of_whole(task: Task, source: Result, arrived: Result) -> Drops:
    """The drop of the headline score."""
    return Drops({"": next(_parts(task, source, arrived, [task.headline]))})


def drops_of_classes(
    task: Task, source: Result, arrived: Result, names: Sequence[str] | None = None
) -> Drops:
    """The drop of each class by the ``names`` of their scores, or of those that this source has a
    score of. A class that is in fewer groups than a bound takes is unknown.

    Raises ValueError where the task has no classes.
    """
    names = classes_of(task, source) if names is None else names
    parts = _parts(task, source, arrived, names)
    return Drops(
        {_class_name(name, arrived): _capped(one) for name, one in zip(names, parts, strict=True)}
    )


def classes_of(task: Task, source: Result) -> tuple[str, ...]:
    """The scores of the classes that a source has a score of. Raises ValueError where the task has
    no classes."""
    scores = _summarise(task)(source.stats, None)
    return tuple(name for name in _of_classes(scores, task) if scores[name][0] > 0)


def drops_of_worst(task: Task, source: Result, arrived: Result, *, share: float) -> Drops:
    """The mean loss of the worst ``share`` of the samples, as a share of the mean score; samples
    that alone have no score are left out."""
    name = task.headline
    before, after = (one[name] for one in _alone(task, source, arrived))
    losses = _sign(task, name) * (before - after)
    tails = worst_mean(losses, before, _weights(source.groups), share=share)
    found = estimate(float(tails[0]), tails[1:])
    # Only so many samples make up the mean, and its spread is known as well as theirs.
    few = int(share * np.isfinite(losses).sum())
    found = found._replace(num_parts=min(few, found.num_parts))
    return Drops({"": _part(found, before, losses, source.groups, share=share)})


def worst_mean(
    losses: Float64[np.ndarray, " n"],
    whole: Float64[np.ndarray, " n"],
    weights: Weights,
    *,
    share: float,
) -> Float64[np.ndarray, " r"]:
    """The mean of the largest ``share`` of the losses over the mean of ``whole``, per resample.

    Losses that are not finite are left out. NaN where nothing is left or the mean is 0.
    """
    known = np.isfinite(losses)
    losses, whole, counts = losses[known], whole[known], weights[:, known]
    if not losses.size:
        return np.full(len(weights), np.nan)
    order = np.argsort(-losses)
    ranked = counts[:, order]
    wanted = share * counts.sum(axis=1, keepdims=True)
    before = np.cumsum(ranked, axis=1) - ranked
    taken = np.clip(wanted - before, 0, ranked)
    mean_loss = (taken * losses[order]).sum(axis=1) / taken.sum(axis=1)
    mean = (counts * whole).sum(axis=1) / counts.sum(axis=1)
    return drop(mean - mean_loss, mean, higher_is_better=True)


def _parts(task: Task, source: Result, arrived: Result, names: Sequence[str]) -> Iterator[Part]:
    """Of each score by its name."""
    weights = _weights(source.groups)
    before, after = (_summarise(task)(one.stats, weights) for one in (source, arrived))
    own_before, own_after = _alone(task, source, arrived)
    for name in names:
        sign = _sign(task, name)
        values = drop(after[name], before[name], higher_is_better=sign > 0)
        losses = sign * (own_before[name] - own_after[name])
        found = estimate(float(values[0]), values[1:])
        yield _part(found, own_before[name], losses, source.groups)


def _part(
    found: Estimate, before: Values, losses: Values, groups: Sequence[str], *, share: float = 1.0
) -> Part:
    return Part(found, _losing(before, losses, groups), share)


def _losing(before: Values, losses: Values, groups: Sequence[str]) -> Losing:
    """A sample has something to lose where it has a score, and another than 0."""
    has = np.isfinite(before) & (before != 0)
    names, losses, had = np.array(groups)[has], np.nan_to_num(losses[has], nan=1.0), before[has]
    whole = had.sum() or 1.0
    return Losing(
        num_groups=len(set(names.tolist())),
        num_losing=len(set(names[losses > 0].tolist())),
        num_broken=len(set(names[losses >= had / 2].tolist())),
        lost=float(np.maximum(losses, 0).sum() / whole),
    )


def _capped(part: Part) -> Part:
    """A class is known as well as the groups are many that have it."""
    few = min(part.losing.num_groups, part.estimate.num_parts)
    return replace(part, estimate=part.estimate._replace(num_parts=few))


def _alone(task: Task, *results: Result) -> Iterator[Scores]:
    return (scores_alone(_summarise(task), one.stats) for one in results)


def _summarise(task: Task) -> Summarise:
    return task.quick or task.summarise


def _sign(task: Task, name: str) -> float:
    return 1.0 if task.score(name).higher_is_better else -1.0


def _weights(groups: tuple[str, ...]) -> Weights:
    """All samples, then without each part."""
    left_out = left_out_weights(groups)
    return np.concatenate([np.ones((1, len(groups))), left_out])


def _of_classes(scores: Iterable[str], task: Task) -> list[str]:
    families = dict.fromkeys(name.partition("/")[0] for name in scores if "/" in name)
    if not families:
        raise ValueError(f"{task.name} has no score of each class; a worst share is allowed")
    chosen = task.headline if task.headline in families else next(iter(families))
    return [name for name in scores if name.startswith(f"{chosen}/")]


def _class_name(score: str, result: Result) -> str:
    index = int(score.partition("/")[2])
    classes = result.context.classes
    return classes[index] if index < len(classes) else str(index)
