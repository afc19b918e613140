"""Where a store has the rows for it: how much of each level's drop comes from what."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from lossproof.analysis.attribution import attributed
from lossproof.analysis.bootstrap import interval
from lossproof.codecs import codec_class, keeps_half_colour
from lossproof.records import Cell
from lossproof.report.compared import Estimate
from lossproof.report.curves import Curve
from lossproof.report.rows import Row

FRAME_SIZE, COLOUR, BOTH, REST = CAUSES = (
    "frame size",
    "4:2:0 colour",
    "4:2:0 colour and quantisation",
    "quantisation",
)


@dataclass(frozen=True)
class Causes:
    """The drop of a row against its model's score on the source, and the parts that add up to it.

    A part that was not measured alone is in the one that follows it. Both are of the samples that
    all curves have, as are the curves' draws.
    """

    row: Row
    total: Estimate
    parts: Mapping[str, Estimate]


def causes(curves: Sequence[Curve]) -> list[Causes]:
    """Of every row of a codec with levels that has its source beside it and a part to tell apart.

    The curves are of the same samples.
    """
    return [
        found
        for curve in curves
        if curve.rows[0].cell.level is not None
        for found in _of_curve(curve, curves)
    ]


def _of_curve(curve: Curve, curves: Sequence[Curve]) -> Iterator[Causes]:
    cell = curve.rows[0].cell
    native = _point(curves, cell, "source", native=True)
    small = _point(curves, cell, "source", native=False)
    colour = _point(curves, cell, "yuv420", native=False) if _is_420(cell) else None
    first = native if native is not None else small
    if first is None:
        return
    steps: list[tuple[str, Float64[np.ndarray, " n"]]] = []
    if cell.frame_size is not None and native is not None and small is not None:
        steps.append((FRAME_SIZE, small))
    elif cell.frame_size is not None and small is None:
        return
    if colour is not None:
        steps.append((COLOUR, colour))
    if not steps:
        return
    rest = REST if colour is not None or not _is_420(cell) else BOTH
    for row, draws in zip(curve.rows, curve.draws, strict=True):
        chain = [first, *(scores for _, scores in steps), draws]
        yield _causes(row, curve, [*(name for name, _ in steps), rest], np.stack(chain))


def _causes(
    row: Row, curve: Curve, names: Sequence[str], chain: Float64[np.ndarray, "steps n"]
) -> Causes:
    shares = attributed(chain, higher_is_better=curve.score.higher_is_better)
    groups = curve.num_groups
    parts = {name: _estimate(share, groups) for name, share in zip(names, shares, strict=True)}
    return Causes(row, _estimate(shares.sum(axis=0), groups), parts)


def _estimate(values: Float64[np.ndarray, " n"], num_groups: int) -> Estimate:
    """The value, which comes first, and its interval from the resamples, which follow."""
    return Estimate(float(values[0]), interval(values, num_groups))


def _point(
    curves: Sequence[Curve], cell: Cell, codec: str, *, native: bool
) -> Float64[np.ndarray, " n"] | None:
    """The score and its resamples of the same model through another codec, at the native size or
    at the cell's."""
    size = None if native else cell.frame_size
    for curve in curves:
        other = curve.rows[0].cell
        alike = (other.model, other.weights, other.seed) == (cell.model, cell.weights, cell.seed)
        if alike and other.codec == codec and other.frame_size == size:
            return curve.draws[0] if math.isfinite(curve.draws[0, 0]) else None
    return None


def _is_420(cell: Cell) -> bool:
    """Whether the codec keeps colour at half the resolution."""
    return keeps_half_colour(codec_class(cell.codec), cell.settings)
