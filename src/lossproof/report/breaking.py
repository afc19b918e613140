"""Which samples break first: what each by itself loses at a level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lossproof.analysis.alone import scores_alone
from lossproof.records import FrameSize, Level, Result
from lossproof.tasks import Score, task_of

_MOST_SAMPLES = 2000
"""Of more it takes too long to score each at every level."""


@dataclass(frozen=True)
class Damage:
    """What a sample loses of its own score: positive is worse, in the unit of the score."""

    sample: str
    before: float
    after: float
    lost: float


@dataclass(frozen=True)
class Breaking:
    """The samples of one model and codec that lose most at the strongest level, worst first, with
    the damage of each at every level; NaN where a level does not have the sample."""

    model: str
    codec: str
    frame_size: FrameSize | None
    samples: str
    score: Score
    levels: tuple[Level, ...]
    damages: tuple[tuple[str, Mapping[Level, float]], ...]


def rank_by_damage(reference: Result, arrived: Result) -> list[Damage]:
    """The samples that both have, the one that loses most first.

    Each is scored by itself with the task's headline score. Samples that alone have no score, such
    as a picture without objects, are left out. Equal ones stay in the order of the split.
    """
    task = task_of(arrived.cell)
    sign = 1.0 if task.score(task.headline).higher_is_better else -1.0
    summarise = task.quick or task.summarise
    before, after = (
        dict(zip(one.sample_ids, scores_alone(summarise, one.stats)[task.headline], strict=True))
        for one in (reference, arrived)
    )
    found = [
        Damage(sample, float(before[sample]), float(value), sign * float(before[sample] - value))
        for sample, value in after.items()
        if sample in before and np.isfinite(before[sample] - value)
    ]
    return sorted(found, key=lambda one: -one.lost)


def breaking(
    results: Sequence[Result], *, model: str, samples: str, most: int = 10
) -> Breaking | None:
    """Of one curve's results, the best level first; None where there are too many samples to score
    each, or no damage is known. ``model`` and ``samples`` are the curve's titles."""
    reference, *others = results
    if not others or reference.num_samples > _MOST_SAMPLES:
        return None
    ranked = {one.cell.level: rank_by_damage(reference, one) for one in others}
    lost = {level: {one.sample: one.lost for one in found} for level, found in ranked.items()}
    worst = ranked[others[-1].cell.level][:most]
    if not worst:
        return None
    cell = reference.cell
    task = task_of(cell)
    damages = tuple(
        (one.sample, {level: found.get(one.sample, np.nan) for level, found in lost.items()})
        for one in worst
    )
    return Breaking(
        model=model,
        codec=cell.codec,
        frame_size=cell.frame_size,
        samples=samples,
        score=task.score(task.headline),
        levels=tuple(lost),
        damages=damages,
    )
