"""Stored sweeps of made-up statistics whose true drops are known."""

import numpy as np

from lossproof.decisions.evidence import Arm
from lossproof.decisions.question import Question
from lossproof.decisions.stored import Stored
from lossproof.records import Cell, Context, Result
from lossproof.tasks import make_task

NUM_LEVELS = 40
SOURCE_ERROR = 0.1
Arms = dict[Arm, Result]


def arms(*, curve: str = "jpeg", num_samples: int, losses: np.ndarray, seed: int = 0) -> Arms:
    """A setting for each loss, the first the dearest: classes of pixels that are wrong more often.

    ``losses`` are what each adds to the error, some samples being hurt more than others.
    """
    generator = np.random.default_rng(seed)
    hard = generator.exponential(size=num_samples)
    noise = generator.normal(0, 0.01, (len(losses), num_samples))
    found = {}
    for place, loss in enumerate(losses):
        level = len(losses) - place
        error = np.clip(SOURCE_ERROR + loss * hard + noise[place] * (loss > 0), 0, 0.95)
        found[Arm(curve, curve, level, "quality")] = result(curve, level, error)
    return found


def result(codec: str, level: int | None, error: np.ndarray) -> Result:
    """Two classes of 5000 pixels each, of which a share is taken for the other."""
    count = len(error)
    wrong = np.round(5000 * error).astype(np.int32)
    confusion = np.empty((count, 2, 2), np.int32)
    confusion[:, 0, 0] = confusion[:, 1, 1] = 5000 - wrong
    confusion[:, 0, 1] = confusion[:, 1, 0] = wrong
    names = tuple(f"s{place:04d}" for place in range(count))
    weight = 1_000_000 if level is None else 1000 * level
    return Result(
        cell=cell(codec, level),
        sample_ids=names,
        num_bytes=np.full(count, weight, np.int64),
        num_pixels=np.full(count, 10_000, np.int64),
        num_frames=np.ones(count, np.int64),
        duration_seconds=np.full(count, np.nan),
        groups=names,
        stats={"confusion": confusion},
        context=Context(("road", "sky"), "quality", "higher", 95),
    )


def cell(codec: str, level: int | None) -> Cell:
    return Cell(
        task="segmentation",
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
        metric="segmentation-1",
    )


def source(num_samples: int) -> Result:
    return result("source", None, np.full(num_samples, SOURCE_ERROR))


def stored(found: Arms, *, chosen: list[int] | None = None) -> Stored:
    num_samples = next(iter(found.values())).num_samples
    return Stored(source(num_samples), found, chosen=chosen)


def question(**more: object) -> Question:
    return Question(task=make_task("segmentation"), **{"max_drop": 0.05, **more})


def true_drops(found: Arms, asked: Question) -> dict[Arm, float]:
    num_samples = next(iter(found.values())).num_samples
    return {arm: asked.drops(source(num_samples), one).value for arm, one in found.items()}
