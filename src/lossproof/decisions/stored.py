"""Evidence from a sweep that is whole: nothing is measured, but what would be is counted."""

from collections.abc import Mapping, Sequence
from typing import final

import numpy as np

from lossproof.decisions.evidence import Arm
from lossproof.records import Result


@final
class Stored:
    """Results of the source and of every arm, all on the same samples.

    ``chosen`` are places of samples, with repetition, that stand for the dataset; without them it
    is the results' own. Raises ValueError for results of other samples.
    """

    def __init__(
        self, source: Result, arrived: Mapping[Arm, Result], *, chosen: Sequence[int] | None = None
    ) -> None:
        for one in arrived.values():
            if one.sample_ids != source.sample_ids:
                raise ValueError(f"{one.cell.codec} {one.cell.level} is of other samples")
        self._source, self._arrived = source, arrived
        self._chosen = list(range(source.num_samples)) if chosen is None else list(chosen)
        self._seen: dict[Arm | None, set[int]] = {}
        # A sample that is drawn twice is as two samples, each with its own group.
        self.groups = tuple(
            f"{source.groups[place]} {number}" if chosen is not None else source.groups[place]
            for number, place in enumerate(self._chosen)
        )

    @property
    def arms(self) -> Sequence[Arm]:
        return tuple(self._arrived)

    def look(self, arms: Sequence[Arm], samples: Sequence[int]) -> None:
        for arm in (None, *arms):
            self._seen.setdefault(arm, set()).update(samples)

    def pair(self, arm: Arm, samples: Sequence[int]) -> tuple[Result, Result]:
        assert self._seen[arm].issuperset(samples)
        return self.source(samples), self._at(self._arrived[arm], samples)

    def source(self, samples: Sequence[int]) -> Result:
        assert self._seen[None].issuperset(samples)
        return self._at(self._source, samples)

    def _at(self, result: Result, samples: Sequence[int]) -> Result:
        places = np.array([self._chosen[one] for one in samples])
        return result.at(places, groups=tuple(self.groups[one] for one in samples))

    @property
    def passes(self) -> int:
        return sum(map(len, self._seen.values()))
