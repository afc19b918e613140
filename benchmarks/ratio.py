"""One line of the results: a ratio, what it is held against, and what it was computed from."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
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


@dataclass(frozen=True)
class Amount:
    """How much is measured.

    Rounds in which what is compared takes turns, CamVid's pictures, images for precision, and
    decisions, on sweeps that are kept in ``store``, in worlds whose name has ``world`` in it.
    """

    repeats: int
    pictures: int = 233
    images: int = 5000
    decisions: int = 500
    store: str = "benchmarks-store"
    world: str = ""


@dataclass(frozen=True)
class Rounds:
    """The seconds of several works that took turns, so that they share the machine's moods."""

    seconds: Mapping[str, Sequence[float]]

    def median(self, name: str) -> float:
        return statistics.median(self.seconds[name])

    def ratio(self, over: str, under: str) -> float:
        """The median over the rounds of how long one took for each second of the other."""
        pairs = zip(self.seconds[over], self.seconds[under], strict=True)
        return statistics.median(one / other for one, other in pairs)

    def __str__(self) -> str:
        return ", ".join(f"{name} {self.median(name):.2f} s" for name in self.seconds)


def take_turns(repeats: int, **works: Callable[[], object]) -> Rounds:
    """Run every work once in each round."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            started = time.perf_counter()
            work()
            found[name].append(time.perf_counter() - started)
    return Rounds(found)
