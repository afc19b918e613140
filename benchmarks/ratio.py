"""One line of the results: a ratio, what it is held against, and what it was computed from."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Ratio:
    """``value`` is to be at most or at least ``target``; ``detail`` gives the medians behind it."""

    what: str
    value: float
    bound: Literal["at most", "at least"]
    target: float
    detail: str

    @property
    def met(self) -> bool:
        return self.value <= self.target if self.bound == "at most" else self.value >= self.target


def seconds(work: Callable[[], object]) -> float:
    """How long one run takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def medians(repeats: int, **works: Callable[[], object]) -> dict[str, float]:
    """The median seconds of each work, run in turns so that they share the machine's moods."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            found[name].append(seconds(work))
    return {name: statistics.median(times) for name, times in found.items()}
