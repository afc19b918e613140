"""Every model of a study at every level: what was trained for one level, tested at another."""

import math
from collections.abc import Mapping

from lossproof.analysis.bootstrap import interval
from lossproof.records import Level, Result
from lossproof.report.kept import Kept
from lossproof.report.summary import Summary
from lossproof.report.tables import Column, spelled_out
from lossproof.studies.record import KeptStudy

_FEWEST = 2


def is_matrix(study: KeptStudy) -> bool:
    """Whether several of its models were measured at several points each."""
    return sum(len(cells) >= _FEWEST for cells in study.cells.values()) >= _FEWEST


def matrix(
    study: KeptStudy, results: Mapping[str, Result], *, kept: Kept | None = None
) -> list[Column]:
    """A row per model, a column per codec and level, in the order measured: the headline score
    with its 95% interval; - where a model was not measured."""
    scored = {
        (model, _point(results[cell])): _score(Summary(results[cell], kept))
        for model, cells in study.cells.items()
        for cell in cells
        if cell in results
    }
    models = list(dict.fromkeys(model for model, _ in scored))
    points = list(dict.fromkeys(point for _, point in scored))
    several = len({split for *_, split in points}) > 1
    return [
        Column("model", False, models),
        *(
            Column(
                _heading(point, with_split=several),
                True,
                [scored.get((model, point), "-") for model in models],
            )
            for point in points
        ),
    ]


_Point = tuple[str, Level, str]


def _point(result: Result) -> _Point:
    cell = result.cell
    return cell.codec, cell.level, cell.split


def _heading(point: _Point, *, with_split: bool) -> str:
    codec, level, split = point
    words = [codec, "" if level is None else f"{level:g}", f"on {split}" if with_split else ""]
    return " ".join(filter(None, words))


def _score(summary: Summary) -> str:
    score = summary.task.headline_of(lambda name: math.isfinite(summary.scores[name]))
    own = interval(summary.distributions[score.name], summary.num_groups)
    return spelled_out(summary.scores[score.name], own, score)
