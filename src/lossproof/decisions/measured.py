"""Evidence that is measured when it is asked for, and kept in the store."""

from collections.abc import Sequence
from typing import final

import numpy as np

from lossproof.codecs import make_codec
from lossproof.decisions.evidence import Arm, NothingMeasured
from lossproof.records import Failure, Result
from lossproof.runs.partly import Partly
from lossproof.runs.sweep import Key, Point
from lossproof.settings import settings, spelled

_SOURCE: Key = (0, 0)


def arm_of(point: Point) -> Arm:
    """The arm that a point is; its curve is the codec with its settings and the frame size."""
    codec = point.codec
    every, usual = settings(codec), settings(make_codec(codec.name, codec.level))
    chosen = ",".join(f"{name}={spelled(value)}" for name, value in every.items())
    unusual = tuple((name, value) for name, value in every.items() if value != usual[name])
    size = "native" if point.frame_size is None else "{}x{}".format(*point.frame_size)
    curve = f"{codec.name}:{chosen} {size}"
    return Arm(curve, codec.name, codec.level, codec.unit, point.frame_size, unusual)


@final
class Measured:
    """The cells of one model at many points, of which the first is the source at its native size.

    ``passes`` counts what was asked for, also where the store had it already, and what a model
    takes together with it.
    """

    def __init__(self, partly: Partly) -> None:
        self._partly = partly
        points = partly.bench.points
        assert points[0].codec.name == "source"
        self._keys: dict[Arm, Key] = {
            arm_of(point): (place, 0) for place, point in enumerate(points) if place
        }
        self._asked: dict[Key, set[int]] = {}
        self._source: Result | None = None

    @property
    def arms(self) -> Sequence[Arm]:
        return tuple(self._keys)

    @property
    def groups(self) -> Sequence[str]:
        return tuple(sample.group or sample.id for sample in self._partly.bench.samples)

    @property
    def failures(self) -> Sequence[Failure]:
        """The samples that are damaged, each once."""
        return self._partly.failures

    def point(self, arm: Arm) -> Point:
        """The codec and frame size of an arm."""
        return self._partly.bench.points[self._keys[arm][0]]

    def look(self, arms: Sequence[Arm], samples: Sequence[int]) -> None:
        """Raises NothingMeasured where all samples of the source are damaged so far."""
        keys = [_SOURCE, *(self._keys[arm] for arm in arms)]
        for key in keys:
            self._asked.setdefault(key, set()).update(self._partly.with_company(samples))
        self._partly.look(keys, samples)
        if not self._partly.has_any(_SOURCE):
            raise NothingMeasured(f"all {len(samples)} samples of a look are damaged")
        self._source = self._partly.so_far(_SOURCE)

    def pair(self, arm: Arm, samples: Sequence[int]) -> tuple[Result, Result]:
        """In the order of the samples, which looks follow."""
        key = self._keys[arm]
        if not self._partly.has_any(key):
            raise NothingMeasured(_all_damaged(arm, samples))
        arrived = self._partly.so_far(key)
        source, arrived = self._shared([self.source(samples), arrived], samples)
        if not source.num_samples:
            raise NothingMeasured(_all_damaged(arm, samples))
        return source, arrived

    def source(self, samples: Sequence[int]) -> Result:
        """In the order of the samples, which looks follow."""
        assert self._source is not None
        (source,) = self._shared([self._source], samples)
        return source

    def _shared(self, results: Sequence[Result], samples: Sequence[int]) -> list[Result]:
        """The samples that all of them have, in this order."""
        wanted = [self._partly.bench.samples[place].id for place in samples]
        places = [{name: at for at, name in enumerate(one.sample_ids)} for one in results]
        there = [name for name in wanted if all(name in at for at in places)]
        return [
            _at(one, [at[name] for name in there]) for one, at in zip(results, places, strict=True)
        ]

    @property
    def passes(self) -> int:
        return sum(map(len, self._asked.values()))


def _at(result: Result, places: Sequence[int]) -> Result:
    groups = tuple(result.groups[place] for place in places)
    return result.at(np.array(places, np.int64), groups=groups)


def _all_damaged(arm: Arm, samples: Sequence[int]) -> str:
    return f"{arm.title} could not be measured on any of {len(samples)} samples"
