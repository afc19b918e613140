"""How often 95% intervals hold the true value, by simulation: ``python -m benchmarks.coverage``.

The samples of a real sweep, or drawn ones, are taken for all there is, so that the true score is
known. From them N are drawn anew many times, and each time an interval is computed as a report
does. ``--store`` names a store with real sweeps at two levels or more; tasks that it does not have
are drawn.
"""

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lossproof.analysis.bootstrap import (
    CONFIDENCE,
    FEWEST_GROUPS,
    Interval,
    distributions,
    interval,
)
from lossproof.analysis.rates import drop
from lossproof.metrics import action, depth
from lossproof.predictions import StreamLogits
from lossproof.ragged import Ragged
from lossproof.records import Result, Stat
from lossproof.report.rows import ordered, series_of
from lossproof.store import Store
from lossproof.targets import ActionTarget, DepthTarget
from lossproof.tasks import Task, make_task, task_of

SCORES = {
    "segmentation": ("miou",),
    "detection": ("ap50", "ap"),
    "pose": ("oks_ap",),
    "depth": ("abs_rel", "rmse"),
    "action": ("top1_fusion",),
    "fidelity": ("psnr_db",),
}
Intervals = Mapping[str, Callable[[np.ndarray, int], Interval]]
INTERVALS: Intervals = {
    "percentile": lambda draws, num_groups: _percentile(draws[1:]),
    "reported": interval,
}
"""Of the value and its resamples, and the number of groups."""


class Population(NamedTuple):
    """All there is: statistics at the better and at the worse level, and groups of samples."""

    name: str
    task: Task
    reference: Stat
    worse: Stat
    groups: tuple[str, ...]


class Size(NamedTuple):
    """Groups drawn each time, how often, and resamples of each."""

    num_groups: int
    repeats: int
    resamples: int


class Line(NamedTuple):
    """How often each kind of interval held the true value, as a share of the repeats; the true
    value and the mean of what was estimated."""

    population: str
    score: str
    size: Size
    true: float
    mean: float
    shares: Mapping[str, float]


def _percentile(drawn: np.ndarray) -> Interval:
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(drawn[np.isfinite(drawn)], [tail, 1 - tail])
    return (float(low), float(high))


def simulate(population: Population, size: Size, *, seed: int = 0) -> list[Line]:
    """Of every score of the task and its drop. Resamples are drawn by another seed each time."""
    generator = np.random.default_rng(seed)
    names = SCORES[population.task.name]
    true = _values(population, population.reference, population.worse, names)
    held: dict[str, list[list[bool]]] = {name: [] for name in true}
    estimates: dict[str, list[float]] = {name: [] for name in true}
    for repeat in range(size.repeats):
        places, groups = _drawn(population.groups, size.num_groups, generator)
        stats = [_at(one, places) for one in (population.reference, population.worse)]
        resampled = _resampled(population, stats, groups, names, size.resamples, repeat)
        for name, draws in resampled.items():
            ends = [make(draws, size.num_groups) for make in INTERVALS.values()]
            held[name].append([low <= true[name] <= high for low, high in ends])
            estimates[name].append(float(draws[0]))
    return [
        Line(
            population.name,
            name,
            size,
            true[name],
            float(np.mean(estimates[name])),
            dict(zip(INTERVALS, np.mean(held[name], axis=0).tolist(), strict=True)),
        )
        for name in true
    ]


def _values(
    population: Population, reference: Stat, worse: Stat, names: Sequence[str]
) -> dict[str, float]:
    first, second = (
        {name: float(value[0]) for name, value in population.task.summarise(one, None).items()}
        for one in (reference, worse)
    )
    return {shown: float(value) for shown, value in _with_drops(population, first, second, names)}


def _resampled(
    population: Population,
    stats: Sequence[Stat],
    groups: Sequence[str],
    names: Sequence[str],
    resamples: int,
    seed: int,
) -> dict[str, np.ndarray]:
    first, second = (
        distributions(population.task.summarise, one, groups, num_resamples=resamples, seed=seed)
        for one in stats
    )
    return dict(_with_drops(population, first, second, names))


def _with_drops(
    population: Population,
    first: Mapping[str, object],
    second: Mapping[str, object],
    names: Sequence[str],
) -> Iterator[tuple[str, object]]:
    for name in names:
        score = population.task.score(name)
        yield name, second[name]
        if score.unit != "dB":
            lost = drop(second[name], first[name], higher_is_better=score.higher_is_better)
            yield f"{name} drop", lost


def _drawn(
    groups: Sequence[str], number: int, generator: np.random.Generator
) -> tuple[np.ndarray, tuple[str, ...]]:
    """The places of the samples of groups drawn with replacement, each drawing a group anew."""
    members: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(group, []).append(place)
    own = list(members.values())
    chosen = [own[place] for place in generator.integers(len(own), size=number)]
    names = tuple(str(number) for number, places in enumerate(chosen) for _ in places)
    return np.concatenate(chosen).astype(np.int64), names


def _at(stats: Stat, places: np.ndarray) -> Stat:
    return {
        name: values.at(places) if isinstance(values, Ragged) else values[places]
        for name, values in stats.items()
    }


def stored(results: Iterable[Result]) -> Iterator[Population]:
    """The best and the worst level of each series of a store: of one model, dataset and codec.

    Raises ValueError where these are of other samples.
    """
    for best, *_, worst in _series(results):
        if best.sample_ids != worst.sample_ids:
            raise ValueError(f"{_title(best)} and {_title(worst)} are of different samples")
        cell = worst.cell
        task = task_of(cell)
        yield Population(_title(worst), task, best.stats, worst.stats, best.groups)


def _series(results: Iterable[Result]) -> Iterator[list[Result]]:
    """Results that differ in nothing but their level, two or more, the best first."""
    found: dict[tuple[str, ...], list[Result]] = {}
    for one in ordered(results):
        found.setdefault(series_of(one.cell), []).append(one)
    return (own for own in found.values() if len(own) > 1 and own[0].cell.task in SCORES)


def _title(result: Result) -> str:
    cell = result.cell
    return f"{cell.model} on {cell.data}, {cell.codec} {cell.level}"


def drawn(task: str, *, seed: int = 0) -> Population:
    """Depth of 400 pictures with errors that differ from one to the next, or 400 videos of 1 to 12
    clips that are alike within a video."""
    generator = np.random.default_rng(seed)
    pairs = list({"depth": _depths, "action": _clips}[task](generator))
    stats = [
        {name: np.stack([one[which][name] for one in pairs]) for name in pairs[0][0]}
        for which in (0, 1)
    ]
    groups = tuple(one[2] for one in pairs)
    return Population(f"drawn {task}", make_task(task), stats[0], stats[1], groups)


def _depths(generator: np.random.Generator) -> Iterator[tuple[Stat, Stat, str]]:
    for place in range(400):
        actual = generator.uniform(0.5, 8.0) * generator.uniform(0.5, 1.5, (30, 40))
        target = DepthTarget(actual.astype(np.float32))
        error = generator.lognormal(-2.0, 0.4)
        noise = generator.normal(size=actual.shape)
        stats = [
            depth.sample_stat((actual * np.exp(spread * noise)).astype(np.float32), target)
            for spread in (error, error * generator.uniform(1.0, 1.6))
        ]
        yield stats[0], stats[1], str(place)


def _clips(generator: np.random.Generator) -> Iterator[tuple[Stat, Stat, str]]:
    for video in range(400):
        ease = generator.normal(1.0, 1.5)
        for _ in range(generator.integers(1, 13)):
            own = ease + generator.normal(0, 1)
            stats = [
                action.sample_stat(
                    StreamLogits(fusion=np.array([margin, 0.0], np.float32)), _TARGET
                )
                for margin in (own, own - generator.exponential(0.8))
            ]
            yield stats[0], stats[1], str(video)


_TARGET = ActionTarget(0, 2)


def populations(store: Path | None) -> Iterator[Population]:
    """Real ones of a store, then drawn ones of the tasks that it lacks and can be drawn."""
    there = list(stored(Store(store).results())) if store else []
    yield from there
    for task in ("depth", "action"):
        if task not in {one.task.name for one in there}:
            yield drawn(task)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--groups", type=int, action="append", help="N; may be repeated")
    parser.add_argument("--repeats", type=int, default=400)
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--only", choices=SCORES, action="append", help="may be repeated")
    words = parser.parse_args()
    if min(words.groups or (FEWEST_GROUPS,)) < FEWEST_GROUPS:
        parser.error(f"--groups is below {FEWEST_GROUPS}; of fewer there are no intervals")
    print(f"| population | score | N | true | mean | {' | '.join(INTERVALS)} |")
    print("| --- | --- |" + " ---: |" * (3 + len(INTERVALS)))
    for population in populations(words.store):
        if words.only and population.task.name not in words.only:
            continue
        for number in words.groups or (20, 50, 100):
            for line in simulate(population, Size(number, words.repeats, words.resamples)):
                shares = " | ".join(f"{100 * share:.1f}" for share in line.shares.values())
                print(
                    f"| {line.population} | {line.score} | {number} | {line.true:.4f} | "
                    f"{line.mean:.4f} | {shares} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
