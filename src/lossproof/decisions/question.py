"""What is asked: how much may be lost, of what, and how sure one must be."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from jaxtyping import Float64

from lossproof.analysis.bootstrap import resample_weights
from lossproof.analysis.rates import drop
from lossproof.analysis.sequential import unseen, upper_bound
from lossproof.records import Result
from lossproof.tasks import Task

Worst = float | Literal["class"] | None


class Drops(NamedTuple):
    """A drop, the same over resamples, of how many groups, and whether any sample differs."""

    value: float
    draws: Float64[np.ndarray, " r"]
    num_groups: int
    differs: bool

    def bound(self, alpha: float) -> float:
        """What the drop does not exceed but with probability ``alpha``.

        Where no sample differs at all, resamples cannot tell of those that would: the bound is then
        the largest share of such that is still likely.
        """
        if not self.differs:
            return unseen(self.num_groups, alpha=alpha)
        return upper_bound(self.value, self.draws, alpha=alpha, num_groups=self.num_groups)


@dataclass(frozen=True, kw_only=True)
class Question:
    """``max_drop`` is the share of the source's score that may be lost.

    ``worst`` asks the same of a part: the mean over the worst share of the samples, each by its own
    loss, or the class that loses most. Raises ValueError.
    """

    task: Task
    max_drop: float
    confidence: float = 0.95
    worst: Worst = None

    def __post_init__(self) -> None:
        if not 0 < self.max_drop < 1:
            raise ValueError(f"max_drop is {self.max_drop}; more than 0 and below 1 is allowed")
        if not 0.5 <= self.confidence < 1:
            raise ValueError(f"confidence is {self.confidence}; 0.5 to below 1 is allowed")
        if isinstance(self.worst, float) and not 0 < self.worst < 1:
            raise ValueError(f"worst is {self.worst}; a share below 1 or 'class' is allowed")

    @property
    def alpha(self) -> float:
        return 1 - self.confidence

    def drops(self, source: Result, arrived: Result, *, num_resamples: int) -> Drops:
        """How much what arrived loses of the source's score; both are of the same samples."""
        assert source.sample_ids == arrived.sample_ids
        measure = self._measure(source, arrived)
        draws = [
            measure(weights)
            for weights in resample_weights(source.groups, num_resamples=num_resamples)
        ]
        return Drops(
            float(measure(None)[0]),
            np.concatenate(draws),
            len(set(source.groups)),
            _differs(source, arrived),
        )

    def _measure(self, source: Result, arrived: Result) -> Callable[[Any], Any]:
        """From weights of samples to drops."""
        if self.worst is None:
            return lambda weights: self._drop(source, arrived, self.task.headline, weights)
        if self.worst == "class":
            return lambda weights: self._of_worst_class(source, arrived, weights)
        return self._of_worst_share(source, arrived)

    def _drop(self, source: Result, arrived: Result, score: str, weights: Any) -> Any:
        of_source, of_arrived = (
            self.task.summarise(one.stats, weights)[score] for one in (source, arrived)
        )
        higher = self.task.score(score).higher_is_better
        return drop(of_arrived, of_source, higher_is_better=higher)

    def _of_worst_class(self, source: Result, arrived: Result, weights: Any) -> Any:
        of_source, of_arrived = (
            self.task.summarise(one.stats, weights) for one in (source, arrived)
        )
        names = _of_classes(of_source, self.task)
        higher = self.task.score(names[0]).higher_is_better
        drops = [drop(of_arrived[one], of_source[one], higher_is_better=higher) for one in names]
        return np.max(np.nan_to_num(np.stack(drops), nan=-np.inf), axis=0)

    def _of_worst_share(self, source: Result, arrived: Result) -> Callable[[Any], Any]:
        assert isinstance(self.worst, float)
        losses = sample_scores(self.task, source) - sample_scores(self.task, arrived)
        if not self.task.score(self.task.headline).higher_is_better:
            losses = -losses
        share, whole = self.worst, sample_scores(self.task, source)
        return lambda weights: _tail(losses, whole, weights, share=share)


def _of_classes(scores: Iterable[str], task: Task) -> list[str]:
    """The scores of the classes one by one. Raises ValueError where the task has none."""
    families = dict.fromkeys(name.partition("/")[0] for name in scores if "/" in name)
    if not families:
        raise ValueError(f"{task.name} has no score of each class; a worst share is allowed")
    chosen = task.headline if task.headline in families else next(iter(families))
    return [name for name in scores if name.startswith(f"{chosen}/")]


def sample_scores(task: Task, result: Result) -> Float64[np.ndarray, " n"]:
    """The headline score of every sample by itself; NaN where one alone has none."""
    eye = np.eye(result.num_samples)
    blocks = np.array_split(eye, max(1, result.num_samples // 25))
    scores: Float64[np.ndarray, " n"] = np.concatenate(
        [task.summarise(result.stats, block)[task.headline] for block in blocks]
    )
    return scores


def _tail(
    losses: Float64[np.ndarray, " n"],
    whole: Float64[np.ndarray, " n"],
    weights: Any,
    *,
    share: float,
) -> Float64[np.ndarray, " r"]:
    """The mean loss of the worst ``share`` of the samples, as a share of the mean score."""
    known = np.isfinite(losses)
    losses, whole = losses[known], whole[known]
    counts = np.ones((1, losses.size)) if weights is None else weights[:, known]
    order = np.argsort(-losses)
    sorted_counts = counts[:, order]
    wanted = share * counts.sum(axis=1, keepdims=True)
    before = np.cumsum(sorted_counts, axis=1) - sorted_counts
    taken = np.clip(wanted - before, 0, sorted_counts)
    mean_loss = (taken * losses[order]).sum(axis=1) / taken.sum(axis=1)
    mean: Float64[np.ndarray, " r"] = (counts * whole).sum(axis=1) / counts.sum(axis=1)
    return drop(mean - mean_loss, mean, higher_is_better=True)


def _differs(source: Result, arrived: Result) -> bool:
    return any(_unequal(source.stats[name], arrived.stats[name]) for name in source.stats)


def _unequal(one: Any, other: Any) -> bool:
    pairs: Sequence[tuple[Any, Any]] = (
        [(one.values, other.values), (one.counts, other.counts)]
        if hasattr(one, "counts")
        else [(one, other)]
    )
    return not all(np.array_equal(a, b, equal_nan=_floats(a)) for a, b in pairs)


def _floats(values: Any) -> bool:
    return bool(np.issubdtype(np.asarray(values).dtype, np.floating))
