"""How often ``find`` is wrong, and what it spends: on sets drawn anew from made-up statistics, and
from real ones.

A full sweep is the world. Each decision is taken on as many samples as that has, drawn from it with
replacement; what it answers is held against the drop on the whole world. The sweeps are measured
the first time, which takes as long as they do, and kept in ``--store``.
"""

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.ratio import Amount, Ratio
from benchmarks.sweeps import CAMVID, CGNET, HERE, THREADS
from benchmarks.worlds import on_the_edge, rising
from lossproof.console.finding import every_point
from lossproof.decisions.measured import arm_of
from lossproof.decisions.question import Question, Worst
from lossproof.decisions.search import Decision, decide
from lossproof.decisions.stored import Stored
from lossproof.records import Result
from lossproof.runs.engines import make_engine
from lossproof.runs.run import Conditions, run
from lossproof.runs.sweep import Machine, Sweep
from lossproof.store import Store
from lossproof.tasks import task_of

SHARED = HERE.parents[1] / "shared" / "data"
COCO128 = f"yolo:{SHARED / 'detection' / 'coco128'}"
FASTESTDET = (
    f"{HERE.parent / 'examples' / 'fastestdet.py'}:load,"
    f"weights={SHARED / 'detection' / 'fastestdet' / 'FastestDet.onnx'}"
)
CONFIDENCE = 0.95
MOST_PASSES = 1 / 3


@dataclass(frozen=True)
class World:
    """A sweep of every level, and what is asked of it."""

    name: str
    task: str
    data: str
    split: str
    model: str
    questions: tuple[tuple[float, Worst], ...]


_WIDE = ((0.05, None), (0.1, None))
_NARROW = ((0.01, None), (0.05, None))
BUILT_IN = (
    World("SegNet, tinytown", "segmentation", "tinytown", "test", "segnet_tinytown", _NARROW),
    World("depth GAN, tinytown", "depth", "tinytown", "test", "depth_gan_tinytown", _WIDE),
)
REAL = (
    World("FastestDet, coco128", "detection", COCO128, "val", FASTESTDET, _WIDE),
    World("CGNet, CamVid", "segmentation", CAMVID, "test", CGNET, _NARROW),
)
MADE = (
    rising(60),
    rising(120, confidence=0.9),
    rising(120, worst="class"),
    rising(400, worst=0.1),
    *on_the_edge(CONFIDENCE),
)


class Tally(NamedTuple):
    """Decisions, how many answered, how many of these were wrong, and the passes of each."""

    answered: int
    wrong: int
    passes: list[float]


def measure(amount: Amount) -> Iterator[Ratio]:
    """Of made-up worlds and the built-in one; of real ones where the real data is beside the
    checkout."""
    for made in MADE:
        if amount.world not in made.name:
            continue
        tally = tallied(made.source, made.arms, made.question, decisions=amount.decisions)
        yield _wrong(made.name, tally, made.question)
        if len(made.arms) > 1:
            yield _spent(made.name, tally)
    if not SHARED.is_dir() and any(amount.world in world.name for world in REAL):
        print(f"| left out: decisions on real data need {SHARED} | | | | |")
    for world in (*BUILT_IN, *(REAL if SHARED.is_dir() else ())):
        if amount.world not in world.name:
            continue
        source, arms = _swept(world, amount)
        for max_drop, worst in world.questions:
            question = Question(
                task=task_of(source.cell), max_drop=max_drop, confidence=CONFIDENCE, worst=worst
            )
            tally = tallied(source, arms, question, decisions=amount.decisions)
            name = f"{world.name}, max-drop {max_drop:g}"
            yield _wrong(name, tally, question)
            yield _spent(name, tally)


def tallied(
    source: Result, arms: Mapping[str, Result], question: Question, *, decisions: int
) -> Tally:
    """Take decisions, each on samples drawn anew with its own seed."""
    asked = question.of(source)
    true = {arm: asked.drops(source, result).value for arm, result in arms.items()}
    answered, wrong, passes = 0, 0, []
    for seed in range(decisions):
        decision = _drawn(source, arms, question, seed)
        passes.append(decision.passes / decision.full_passes)
        if decision.answer:
            answered += 1
            wrong += true[decision.answer.arm] > question.max_drop
    return Tally(answered, wrong, passes)


def _drawn(source: Result, arms: Mapping, question: Question, seed: int) -> Decision:
    count = source.num_samples
    chosen = np.random.default_rng(seed).integers(count, size=count).tolist()
    return decide(Stored(source, arms, chosen=chosen), question, seed=seed)


def _wrong(what: str, tally: Tally, question: Question) -> Ratio:
    decisions = len(tally.passes)
    told = f"{tally.answered} of {decisions} answered, {tally.wrong} wrong"
    share = tally.wrong / decisions
    return Ratio(f"{what}: share of wrong answers", share, "at most", question.alpha, told)


def _spent(what: str, tally: Tally) -> Ratio:
    told = f"median {statistics.median(tally.passes):.3f}, most {max(tally.passes):.3f}"
    spent = statistics.median(tally.passes)
    return Ratio(f"{what}: passes / those of a full sweep", spent, "at most", MOST_PASSES, told)


def _swept(world: World, amount: Amount) -> tuple[Result, dict]:
    points = every_point(["jpeg"], [])
    sweep = Sweep(
        task=world.task,
        data=(world.data,),
        models=(world.model,),
        points=tuple(points),
        split=world.split,
        limit=amount.pictures if world.task == "segmentation" else None,
    )
    store = Store(Path(amount.store))
    conditions = Conditions(engine=make_engine("serial", workers=1), machine=Machine(THREADS))
    outcome = run(sweep, store, conditions)
    source, *others = (store.get(cell) for cell in outcome.cells)
    return source, dict(zip(map(arm_of, points[1:]), others, strict=True))
