"""What samples score by themselves."""

import numpy as np
from jaxtyping import Float64

from lossproof.ragged import Ragged
from lossproof.records import Stat, Summarise

_BLOCK = 50


def scores_alone(summarise: Summarise, stats: Stat) -> dict[str, Float64[np.ndarray, " n"]]:
    """Every score of every sample by itself; NaN where one alone has none.

    Some at a time are summarised without the others, so that it takes time with their number and
    not with its square.
    """
    count = len(next(iter(stats.values())))
    blocks = [
        summarise(_at(stats, places), np.eye(len(places)))
        for places in np.array_split(np.arange(count), max(1, count // _BLOCK))
    ]
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def _at(stats: Stat, places: np.ndarray) -> Stat:
    return {
        name: values.at(places) if isinstance(values, Ragged) else values[places]
        for name, values in stats.items()
    }
