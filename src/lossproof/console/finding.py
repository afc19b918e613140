"""From the words of ``lossproof find`` to a decision, with a bar for all that is measured."""

import math
from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

from lossproof.codecs import CODECS, codec_class, make_codec, parse_codec
from lossproof.codecs.levels import every_level
from lossproof.codecs.source import Source
from lossproof.console.arguments import parse_frame_size
from lossproof.console.progress import Stages
from lossproof.decisions.measured import Measured
from lossproof.decisions.question import Question, Worst
from lossproof.decisions.search import Decision, decide
from lossproof.records import Labels
from lossproof.runs.partly import Partly
from lossproof.runs.run import Conditions
from lossproof.runs.sweep import Point, Sweep
from lossproof.store import Store
from lossproof.tasks import parse_task


class Found(NamedTuple):
    """A decision, and what it rests on."""

    decision: Decision
    evidence: Measured


def every_point(codecs: Sequence[str], frame_sizes: Sequence[str]) -> list[Point]:
    """The source at its native size, and every codec at all its levels at every frame size.

    Raises ValueError for a codec without levels, and for one that is given twice.
    """
    sizes = [parse_frame_size(size) for size in frame_sizes] or [None]
    coded = []
    for text in codecs:
        name, chosen = parse_codec(text)
        codec = codec_class(name)
        if codec.level_range is None:
            known = ", ".join(one.name for one in CODECS if one.level_range is not None)
            raise ValueError(f"{name} has no levels to choose from; {known} are allowed")
        coded += [make_codec(codec.name, level, **chosen) for level in every_level(codec)]
    points = [Point(Source()), *(Point(codec, size) for size, codec in product(sizes, coded))]
    if len(set(points)) < len(points):
        raise ValueError("a codec or frame size is given twice; each is allowed once")
    return points


def parse_question(
    task: str, *, labels: Labels, max_drop: str, confidence: str, worst: str | None
) -> Question:
    """Shares are read from text such as ``5%`` and ``0.05``. Raises ValueError for what is none,
    and for a question that makes no sense."""
    return Question(
        task=parse_task(task, labels=labels),
        max_drop=_share_above(0, max_drop, "--max-drop", "5% or 0.05"),
        confidence=_share_above(0.5, confidence, "--confidence", "95% or 0.95"),
        worst=_worst(worst),
    )


def _worst(text: str | None) -> Worst:
    """``5%`` and ``0.05`` as a share, ``class`` as it is. Raises ValueError for anything else."""
    if text is None or text == "class":
        return "class" if text else None
    share = _share(text)
    if not 0 < share < 1:
        raise ValueError(
            f"--worst {text!r} is no share of the samples; 5%, 0.05 and class are allowed"
        )
    return share


def _share_above(least: float, text: str, option: str, example: str) -> float:
    share = _share(text)
    if not least < share < 1:
        raise ValueError(
            f"{option} is {text!r}; above {least:g} and below 1 is allowed, as {example}"
        )
    return share


def _share(text: str) -> float:
    """NaN for what is no number."""
    try:
        number = float(text.removesuffix("%"))
    except ValueError:
        return math.nan
    return number / 100 if text.endswith("%") else number


def find(
    sweep: Sweep, question: Question, store: Store, conditions: Conditions, bars: Stages
) -> Found:
    """Ask the question of one dataset and model. Raises ValueError and OSError as a sweep does."""
    (work,) = sweep.works()
    evidence = Measured(Partly(work, store, conditions))
    try:
        return Found(decide(evidence, question, tell=bars.begin), evidence)
    finally:
        bars.close()
