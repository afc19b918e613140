"""Statistics of several samples together, as the store gives them to a summary."""

from collections.abc import Sequence

import numpy as np

from lossproof.ragged import Ragged
from lossproof.records import Stat


def stacked(stats: Sequence[Stat]) -> Stat:
    return {name: _together([stat[name] for stat in stats]) for name in stats[0]}


def _together(values: Sequence[np.ndarray | Ragged]) -> np.ndarray | Ragged:
    return Ragged.join(values) if isinstance(values[0], Ragged) else np.stack(values)


def repeated(stats: Sequence[Stat], times: Sequence[int]) -> Stat:
    """Each sample as often as its number says."""
    return stacked([stat for stat, count in zip(stats, times, strict=True) for _ in range(count)])
