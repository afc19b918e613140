"""How much is lost of the source's score, and how far that is known."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float64

from lossproof.analysis.jackknife import Estimate, estimate, left_out_weights
from lossproof.analysis.rates import drop
from lossproof.analysis.sequential import rare
from lossproof.ragged import Ragged
from lossproof.records import Result, Stat
from lossproof.tasks import Task

_FEW_CHANGED = 5
_BLOCK = 25

Weights = Float64[np.ndarray, "r n"]


@dataclass(frozen=True)
class Drops:
    """The drops of all that is asked for, by name: of the whole there is one, under "".

    ``num_changed`` of ``num_groups`` groups of samples have another statistic than on the source.
    All must stay within a tolerance, so each may be asked at the full error rate (Berger's
    intersection-union test, Technometrics 24, 1982).
    """

    parts: dict[str, Estimate]
    num_groups: int
    num_changed: int

    @property
    def worst(self) -> str:
        """The name of the part that loses most."""
        known = {name: one.value for name, one in self.parts.items() if np.isfinite(one.value)}
        return max(known, key=known.__getitem__, default="")

    @property
    def value(self) -> float:
        """The largest drop; NaN where none is defined."""
        return self.parts[self.worst].value if self.parts else float("nan")

    @property
    def error(self) -> float:
        """The standard error of that."""
        return self.parts[self.worst].error if self.parts else float("nan")

    def upper(self, alpha: float) -> float:
        """What no drop exceeds but with probability ``alpha``.

        Where hardly any sample changes, the spread of those that did tells nothing of the next: the
        bound is then no less than the share of samples that may change.
        """
        if not self.parts or not np.isfinite(self.value):
            return float("inf")
        least = float("-inf")
        if self.num_changed < _FEW_CHANGED:
            least = rare(self.num_changed, self.num_groups, alpha=alpha)
        return max(least, *(one.upper(alpha) for one in self.parts.values()))

    def lower(self, alpha: float) -> float:
        """What the largest drop does not fall below but with probability ``alpha``."""
        bounds = [one.lower(alpha) for one in self.parts.values()]
        return max(bounds, default=float("-inf"))

    def unknown(self) -> str:
        """The name of a part that is in too few samples to be told; "" where there is none."""
        return next((name for name, one in self.parts.items() if not np.isfinite(one.error)), "")


def drops_of_whole(task: Task, source: Result, arrived: Result) -> Drops:
    """The drop of the headline score."""
    name = task.headline
    weights = _weights(source.groups)
    before, after = (_scores(task, one.stats, weights)[name] for one in (source, arrived))
    higher = task.score(name).higher_is_better
    return _drops({"": drop(after, before, higher_is_better=higher)}, source, arrived)


def drops_of_classes(task: Task, source: Result, arrived: Result) -> Drops:
    """The drop of each class that the source has a score of. Raises ValueError where the task has
    no classes."""
    weights = _weights(source.groups)
    before, after = (_scores(task, one.stats, weights) for one in (source, arrived))
    names = _of_classes(before, task)
    higher = task.score(names[0]).higher_is_better
    drops = {
        _class_name(name, arrived): drop(after[name], before[name], higher_is_better=higher)
        for name in names
        if before[name][0] > 0
    }
    return _drops(drops, source, arrived)


def drops_of_worst(task: Task, source: Result, arrived: Result, *, share: float) -> Drops:
    """The mean loss of the worst ``share`` of the samples, as a share of the mean score; samples
    that alone have no score are left out."""
    before, after = (sample_scores(task, one) for one in (source, arrived))
    sign = 1.0 if task.score(task.headline).higher_is_better else -1.0
    losses = sign * (before - after)
    tails = worst_mean(losses, before, _weights(source.groups), share=share)
    found = _drops({"": tails}, source, arrived)
    # Only so many samples make up the mean, and its spread is known as well as theirs.
    few = int(share * np.isfinite(losses).sum())
    tail = found.parts[""]
    parts = {"": tail._replace(num_parts=min(few, tail.num_parts))}
    return Drops(parts, found.num_groups, found.num_changed)


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


def sample_scores(task: Task, result: Result) -> Float64[np.ndarray, " n"]:
    """The headline score of every sample by itself; NaN where one alone has none."""
    eye = np.eye(result.num_samples)
    blocks = np.array_split(eye, max(1, result.num_samples // _BLOCK))
    scores: Float64[np.ndarray, " n"] = np.concatenate(
        [_scores(task, result.stats, block)[task.headline] for block in blocks]
    )
    return scores


def _scores(task: Task, stats: Stat, weights: Weights) -> Any:
    summarise: Callable[..., Any] = task.quick or task.summarise
    return summarise(stats, weights)


def _weights(groups: tuple[str, ...]) -> Weights:
    """All samples, then without each part."""
    left_out = left_out_weights(groups)
    return np.concatenate([np.ones((1, len(groups))), left_out])


def _drops(drops: dict[str, Any], source: Result, arrived: Result) -> Drops:
    changed = _changed(source.stats, arrived.stats)
    groups = np.array(source.groups)
    return Drops(
        {name: estimate(float(values[0]), values[1:]) for name, values in drops.items()},
        num_groups=len(set(source.groups)),
        num_changed=len(set(groups[changed].tolist())),
    )


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


def _changed(source: Stat, arrived: Stat) -> Bool[np.ndarray, " n"]:
    """Whether each sample has another statistic than on the source."""
    different = [_different(source[name], arrived[name]) for name in source]
    changed: Bool[np.ndarray, " n"] = np.any(different, axis=0)
    return changed


def _different(one: Any, other: Any) -> Any:
    if isinstance(one, Ragged):
        return _different_rows(one, other)
    unequal = (one != other) & ~(np.isnan(one) & np.isnan(other))
    return unequal.any(axis=tuple(range(1, unequal.ndim)))


def _different_rows(one: Ragged, other: Ragged) -> Bool[np.ndarray, " n"]:
    different: Bool[np.ndarray, " n"] = one.counts != other.counts
    alike = one.take(~different)
    unequal = alike.values != other.take(~different).values
    owner = alike.owner[unequal.any(axis=tuple(range(1, unequal.ndim)))]
    different[np.flatnonzero(~different)[owner]] = True
    return different
