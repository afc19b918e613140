"""Made-up sweeps whose true drops are known: what ``find`` is tested and measured on."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from lossproof.decisions.evidence import Arm
from lossproof.decisions.question import Question
from lossproof.decisions.stored import Stored
from lossproof.records import Cell, Context, Result, Stat
from lossproof.tasks import make_task

NUM_LEVELS = 40
SOURCE_ERROR = 0.1
Arms = dict[Arm, Result]


RISING = np.linspace(0, 0.08, NUM_LEVELS) ** 2 * 10
"""Losses of a curve that crosses the tolerance slowly."""


def arms(
    *,
    curve: str = "jpeg",
    num_samples: int,
    losses: np.ndarray,
    seed: int = 0,
    sizes: np.ndarray | None = None,
) -> Arms:
    """A setting for each loss, the first the dearest: classes of pixels that are wrong more often.

    ``losses`` are what each adds to the error, some samples being hurt more than others. ``sizes``
    are how many times the usual bytes each sample takes.
    """
    generator = np.random.default_rng(seed)
    hard = generator.exponential(size=num_samples)
    noise = generator.normal(0, 0.01, (len(losses), num_samples))
    found = {}
    for place, loss in enumerate(losses):
        level = len(losses) - place
        error = np.clip(SOURCE_ERROR + loss * hard + noise[place] * (loss > 0), 0, 0.95)
        found[Arm(curve, curve, level, "quality")] = result(curve, level, error, sizes=sizes)
    return found


def result(
    codec: str, level: int | None, error: np.ndarray, *, sizes: np.ndarray | None = None
) -> Result:
    """Two classes of 5000 pixels each, of which a share is taken for the other."""
    count = len(error)
    wrong = np.round(5000 * error).astype(np.int32)
    confusion = np.empty((count, 2, 2), np.int32)
    confusion[:, 0, 0] = confusion[:, 1, 1] = 5000 - wrong
    confusion[:, 0, 1] = confusion[:, 1, 0] = wrong
    return _measured(cell(codec, level), {"confusion": confusion}, sizes)


def clips(codec: str, right: np.ndarray, *, shift: float = 0.0) -> Result:
    """Clips of which some are told right, by logits that ``shift`` moves all alike."""
    correct = np.repeat(np.asarray(right, np.float32)[:, None], 3, axis=1)
    logits = np.stack([2 * correct - 1, np.zeros_like(correct)], axis=2)
    stats = {
        "top1": correct,
        "top5": np.ones_like(correct),
        "logits": logits + np.float32(shift),
        "label": np.zeros((len(right), 1), np.int32),
    }
    level = None if codec == "source" else 30
    return _measured(cell(codec, level, task="action"), stats, None)


def _measured(named: Cell, stats: Stat, sizes: np.ndarray | None) -> Result:
    """Samples of which some take more bytes than others."""
    count = len(next(iter(stats.values())))
    names = tuple(f"s{place:04d}" for place in range(count))
    weight = 1_000_000 if named.level is None else 1000 * named.level
    if sizes is None:
        sizes = np.random.default_rng(1).lognormal(0, 0.5, count)
    return Result(
        cell=named,
        sample_ids=names,
        num_bytes=np.round(weight * sizes).astype(np.int64),
        num_pixels=np.full(count, 10_000, np.int64),
        num_frames=np.ones(count, np.int64),
        duration_seconds=np.full(count, np.nan),
        groups=names,
        stats=stats,
        context=Context(("road", "sky"), "quality", "higher", 95),
    )


def cell(codec: str, level: int | None, *, task: str = "segmentation") -> Cell:
    return Cell(
        task=task,
        data="made",
        split="all",
        limit=None,
        fingerprint="0",
        model="made",
        weights="0",
        codec=codec,
        level=level,
        settings={},
        encoder="none",
        frame_size=None,
        metric=f"{task}-1",
    )


def source(num_samples: int) -> Result:
    return result("source", None, np.full(num_samples, SOURCE_ERROR))


def stored(found: Arms, *, chosen: list[int] | None = None) -> Stored:
    num_samples = next(iter(found.values())).num_samples
    return Stored(source(num_samples), found, chosen=chosen)


def question(**more: object) -> Question:
    return Question(**{"task": make_task("segmentation"), "max_drop": 0.05, **more})


def true_drops(found: Arms, asked: Question) -> dict[Arm, float]:
    num_samples = next(iter(found.values())).num_samples
    return {arm: asked.drops(source(num_samples), one).value for arm, one in found.items()}


class Made(NamedTuple):
    """A world, and what is asked of it."""

    name: str
    source: Result
    arms: Mapping[Arm, Result]
    question: Question


def rising(num_samples: int, **asked: Any) -> Made:
    """Pictures that are hurt very unevenly, at 40 levels."""
    found = arms(num_samples=num_samples, losses=RISING)
    words = "".join(f", {name} {value}" for name, value in asked.items())
    name = f"made up, {num_samples} pictures, {NUM_LEVELS} levels"
    return Made(f"{name}{words}", source(num_samples), found, question(**asked))


def on_the_edge(confidence: float) -> list[Made]:
    """Worlds of one setting that loses a little more than may be lost: any answer is wrong."""
    action = make_task("action")
    return [
        _edge("edge, all pictures lose", _all_lose(), confidence),
        _edge("edge, 1 in 100 collapses, worst 0.1", _few_collapse(), confidence, worst=0.1),
        _edge("edge, a rare class is lost, worst class", _rare_class(), confidence, worst="class"),
        _edge("edge, 1 in 16 clips turns", _turning(gained=0), confidence, task=action),
        _edge("edge, clips turn both ways", _turning(gained=3), confidence, task=action),
    ]


def _edge(name: str, pair: tuple[Result, Result], confidence: float, **asked: Any) -> Made:
    before, after = pair
    lost = question(**asked).drops(before, after).value
    tolerance = {"max_drop": 0.99 * lost, "confidence": confidence}
    one = {Arm("one", "jpeg", 30, "quality"): after}
    return Made(name, before, one, question(**asked, **tolerance))


def _all_lose() -> tuple[Result, Result]:
    hard = np.random.default_rng(0).exponential(0.03, 60)
    return source(60), result("jpeg", 30, SOURCE_ERROR + hard)


def _few_collapse() -> tuple[Result, Result]:
    error = np.full(400, SOURCE_ERROR)
    error[:4] = 0.9
    return source(400), result("jpeg", 30, error)


def _rare_class() -> tuple[Result, Result]:
    """Of 200 pictures 50 have a sky, and 3 of them lose it."""
    before, after = source(200), source(200)
    after.stats["confusion"][:3, 1] = [5000, 0]
    for one in (before, after):
        one.stats["confusion"][50:, 1] = one.stats["confusion"][50:, :, 1] = 0
    return before, after


def _turning(*, gained: int) -> tuple[Result, Result]:
    """Of 88 clips 80 were told right, and 5 are no more but for as many others as are ``gained``;
    the logits of all move."""
    place = np.arange(88)
    right = place < 80
    after = (place >= 5 + gained) & (place < 80 + gained)
    return clips("source", right), clips("h264", after, shift=0.1)
