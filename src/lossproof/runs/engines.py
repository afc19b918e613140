"""Where jobs run. Engines are interchangeable: the same jobs, the same parts, the same numbers."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from lossproof.runs.ahead import ahead
from lossproof.runs.measure import Job, Part, measure
from lossproof.runs.study import Machine, Work
from lossproof.tables import look_up

_JOBS_AHEAD_PER_WORKER = 2


class Engine(Protocol):
    """Measures jobs; the parts of a job come together, jobs in their order."""

    @property
    def name(self) -> str: ...

    def run(self, work: Work, jobs: Sequence[Job], machine: Machine) -> Iterator[Part]: ...


@dataclass(frozen=True)
class Serial:
    """This process. Its threads read and code while the model predicts."""

    name: str = "serial"

    def run(self, work: Work, jobs: Sequence[Job], machine: Machine) -> Iterator[Part]:
        yield from measure(work, jobs, machine)


@dataclass(frozen=True)
class Local:
    """Worker processes on this machine, each with its model and its share of the threads."""

    workers: int
    name: str = "local"

    def run(self, work: Work, jobs: Sequence[Job], machine: Machine) -> Iterator[Part]:
        share = Machine(max(1, machine.threads // self.workers), machine.device)
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(self.workers, context, initializer=_end_with_parent) as pool:
            started = (pool.submit(_measure_job, work, job, share) for job in jobs)
            try:
                for future in ahead(started, self.workers * _JOBS_AHEAD_PER_WORKER):
                    yield from future.result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True)
class Ray:
    """Tasks of a Ray cluster, or of one started here; the data must be at one path everywhere."""

    workers: int
    name: str = "ray"

    def run(self, work: Work, jobs: Sequence[Job], machine: Machine) -> Iterator[Part]:
        try:
            import ray
        except ImportError:
            raise ImportError('the engine "ray" needs Ray: pip install "lossproof[ray]"') from None
        share = Machine(max(1, machine.threads // self.workers), machine.device)
        ray.init(ignore_reinit_error=True, include_dashboard=False, log_to_driver=False)
        remote = ray.remote(num_cpus=share.threads)(_measure_job)
        started = (remote.remote(work, job, share) for job in jobs)
        try:
            for reference in ahead(started, self.workers * _JOBS_AHEAD_PER_WORKER):
                yield from ray.get(reference)
        except ray.exceptions.RayTaskError as error:
            raise error.cause from error


def _measure_job(work: Work, job: Job, machine: Machine) -> list[Part]:
    return list(measure(work, [job], machine))


def _end_with_parent() -> None:
    """Leave with the process that started this one, also when that one was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_leave_after, args=(parent.join,), daemon=True).start()


def _leave_after(wait: Callable[[], None]) -> None:
    wait()
    os._exit(1)


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
