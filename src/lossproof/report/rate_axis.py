"""Which rate a chart is drawn over."""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from lossproof.report.rows import Row


class Rated(Protocol):
    """A row, or a line of a comparison."""

    @property
    def bits_per_pixel(self) -> float: ...

    @property
    def kbit_per_second(self) -> float: ...


class RateAxis(NamedTuple):
    """What stands on the horizontal axis, and its value for what was measured."""

    unit: str
    rate: Callable[[Any], float]


BITS_PER_PIXEL = RateAxis("bits per pixel", lambda one: one.bits_per_pixel)
KBIT_PER_SECOND = RateAxis("kbit/s", lambda one: one.kbit_per_second)


def rate_axis(rows: Sequence[Row]) -> RateAxis:
    """kbit/s for clips, bits per pixel for pictures of one frame size, else kB per sample, which
    rows alone have."""
    axis = axis_of_one_size(rows)
    if axis is KBIT_PER_SECOND or len({row.frame_size for row in rows}) == 1:
        return axis
    return RateAxis(f"kB per {rows[0].media}", lambda row: row.bytes_per_sample / 1000)


def axis_of_one_size(measured: Sequence[Rated]) -> RateAxis:
    """kbit/s for clips whose length is known, else bits per pixel."""
    clips = all(math.isfinite(one.kbit_per_second) for one in measured)
    return KBIT_PER_SECOND if clips else BITS_PER_PIXEL
