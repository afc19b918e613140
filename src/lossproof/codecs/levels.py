"""Every level that a codec has, as far as they can be told apart."""

import numpy as np

from lossproof.codecs.codec import CodecClass
from lossproof.records import Level

MOST_LEVELS = 200
"""Codecs with whole levels in no more than so many steps have all of them."""
_STEPS = 100
_WIDE = 100.0


def every_level(codec: CodecClass) -> tuple[Level, ...]:
    """The codec's levels from the best to the worst; None alone for a codec without levels.

    Whole numbers are all there. Where levels are no whole numbers, or too many, it is 100 of them
    from end to end, evenly apart or, where the range spans more than a factor of 100, by equal
    factors; and those of the ladder.
    """
    if codec.level_range is None:
        return (None,)
    low, high = codec.level_range
    whole = codec.level_type is int
    if whole and high - low < MOST_LEVELS:
        found: set[int | float] = set(range(int(low), int(high) + 1))
    else:
        space = np.geomspace if low > 0 and high / low > _WIDE else np.linspace
        steps = space(low, high, _STEPS).tolist()
        found = {round(step) if whole else _short(step) for step in steps}
        found |= {level for level in codec.ladder if level is not None}
    return tuple(sorted(found, reverse=codec.better == "higher"))


def _short(level: float) -> float:
    """Three digits, which people can type."""
    return float(f"{level:.3g}")
