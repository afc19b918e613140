"""Every model of a study at every level: what was trained for one level, tested at another."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lossproof.analysis.bootstrap import interval
from lossproof.records import FrameSize, Level, Result
from lossproof.report.kept import Kept
from lossproof.report.summary import Summary
from lossproof.report.tables import Column, spelled_out
from lossproof.report.titles import codec_titles_of, size_title
from lossproof.studies.record import KeptStudy

_FEWEST = 2


def is_matrix(study: KeptStudy) -> bool:
    """Whether several of its models were measured at several points each."""
    return sum(len(cells) >= _FEWEST for cells in study.cells.values()) >= _FEWEST


def matrix(
    study: KeptStudy, results: Mapping[str, Result], *, kept: Kept | None = None
) -> list[Column]:
    """A row per model, a column per codec, level, frame size and split, in the order measured: the
    headline score with its 95% interval; - where a model was not measured."""
    measured = [
        (model, results[cell])
        for model, cells in study.cells.items()
        for cell in cells
        if cell in results
    ]
    found = _points([result for _, result in measured])
    scored = {
        (model, point): _score(Summary(result, kept))
        for (model, result), point in zip(measured, found, strict=True)
    }
    models = list(dict.fromkeys(model for model, _ in measured))
    points = list(dict.fromkeys(found))
    return [
        Column("model", False, models),
        *(
            Column(heading, True, [scored.get((model, point), "-") for model in models])
            for point, heading in zip(points, _headings(points), strict=True)
        ),
    ]


class _Point(NamedTuple):
    """A column; ``codec`` with the settings in which results of that codec differ."""

    codec: str
    level: Level
    frame_size: FrameSize | None
    split: str


def _points(results: Sequence[Result]) -> list[_Point]:
    cells = [one.cell for one in results]
    return [
        _Point(codec, cell.level, cell.frame_size, cell.split)
        for cell, codec in zip(cells, codec_titles_of(cells), strict=True)
    ]


def _headings(points: Sequence[_Point]) -> list[str]:
    """Codec and level, and frame size and split where they differ."""
    sizes, splits = {one.frame_size for one in points}, {one.split for one in points}
    return [
        one.codec
        + ("" if one.level is None else f" {one.level:g}")
        + (f" at {size_title(one.frame_size)}" if len(sizes) > 1 else "")
        + (f" on {one.split}" if len(splits) > 1 else "")
        for one in points
    ]


def _score(summary: Summary) -> str:
    score = summary.task.headline_of(lambda name: math.isfinite(summary.scores[name]))
    own = interval(summary.distributions[score.name], summary.num_groups)
    return spelled_out(summary.scores[score.name], own, score)
