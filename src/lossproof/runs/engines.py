"""Where jobs run. Engines are interchangeable: the same jobs, the same parts, the same numbers."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lossproof.runs.local import Local
from lossproof.runs.measure import Job, Part, measure
from lossproof.runs.ray import Ray
from lossproof.runs.sweep import Machine, Work
from lossproof.runs.workbench import Workbench
from lossproof.tables import look_up


class Engine(Protocol):
    """Measures jobs and hands out each part as soon as it is measured, in any order."""

    @property
    def name(self) -> str: ...

    def run(
        self, work: Work, bench: Workbench, jobs: Sequence[Job], machine: Machine
    ) -> Generator[Part, None, None]:
        """``bench`` is the work opened in this process; other processes open it themselves."""
        ...


@dataclass(frozen=True)
class Serial:
    """This process. Its threads read and code while the model predicts."""

    name: str = "serial"

    def run(
        self, work: Work, bench: Workbench, jobs: Sequence[Job], machine: Machine
    ) -> Generator[Part, None, None]:
        yield from measure(bench, jobs, threads=machine.threads)


ENGINES: Mapping[str, Callable[[int], Engine]] = {
    "serial": lambda workers: Serial(),
    "local": Local,
    "ray": Ray,
}


def make_engine(name: str, *, workers: int) -> Engine:
    """The engine called ``name``. Raises ValueError with the known names."""
    if workers < 1:
        raise ValueError(f"workers is {workers}; 1 or more are allowed")
    return look_up(ENGINES, name, kind="engine")(workers)
