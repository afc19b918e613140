"""The numbers that the paper prints, with the same analysis as ours."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from math import nan
from typing import Any

from lossproof.analysis.rates import drop
from lossproof.analysis.recovery import gain, recovery
from lossproof.records import Level
from lossproof.report.compared import BEFORE, Estimate, Line

RETRAINED = "retrain"
_SURE_LOSS = 0.01
"""What is less may be noise: the paper gives no intervals, and its numbers three digits."""
_LOWER_IS_BETTER = ("abs_rel", "sq_rel", "rmse")


@dataclass(frozen=True, kw_only=True)
class PaperTable:
    """One of the five: (A) are the lines ``before``, (B) those of ``retrain``, best level first.

    Scores have our names and are in [0, 1], depth as printed. The paper tells no rates and no
    intervals; its recovery is NaN where 1% or less was lost. Its first level stands in both parts.
    """

    number: int
    title: str
    model: str
    data: str
    codec: str
    scores: tuple[str, ...]
    levels: tuple[Level, ...]
    lines: tuple[Line, ...]


@cache
def paper_tables() -> tuple[PaperTable, ...]:
    """Tables I to V, as they stand in ``paper.json``."""
    text = files("lossproof.report").joinpath("paper.json").read_text(encoding="utf-8")
    return tuple(_table(stored) for stored in json.loads(text)["tables"])


def _table(stored: dict[str, Any]) -> PaperTable:
    return PaperTable(
        number=stored["table"],
        title=stored["title"],
        model=stored["model"],
        data=stored["data"],
        codec=stored["codec"],
        scores=tuple(stored["scores"]),
        levels=tuple(stored["levels"]),
        lines=(*_lines(stored, BEFORE), *_lines(stored, RETRAINED)),
    )


def _lines(stored: dict[str, Any], method: str) -> Iterator[Line]:
    values = {BEFORE: stored["pretrained"], RETRAINED: stored["retrained"]}[method]
    for place, level in enumerate(stored["levels"]):
        if method == RETRAINED and place == 0:
            continue
        for column, score in enumerate(stored["scores"]):
            scale = 0.01 if stored["in_percent"] else 1.0
            reference, before, value = (
                scale * numbers[column]
                for numbers in (stored["pretrained"][0], stored["pretrained"][place], values[place])
            )
            yield _line(method, level, score, (reference, before, value))


def _line(method: str, level: Level, score: str, values: Sequence[float]) -> Line:
    reference, before, value = values
    higher = score not in _LOWER_IS_BETTER
    line = Line(
        method=method,
        level=level,
        score=score,
        value=Estimate(value),
        drop=Estimate(float(drop(value, reference, higher_is_better=higher))),
    )
    if method == BEFORE:
        return line
    return _with_gain(line, reference, before, higher=higher)


def _with_gain(line: Line, reference: float, before: float, *, higher: bool) -> Line:
    sure = float(drop(before, reference, higher_is_better=higher)) > _SURE_LOSS
    return replace(
        line,
        recovery=Estimate(float(recovery(before, line.value.value, reference)) if sure else nan),
        gain=Estimate(float(gain(before, line.value.value, higher_is_better=higher))),
    )
