"""Where jobs run. Engines are interchangeable: the same jobs, the same parts, the same numbers."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from lossproof.runs.ahead import ahead
from lossproof.runs.measure import Job, Part, measure
from lossproof.runs.study import Machine, Work
from lossproof.runs.workbench import Workbench, open_workbench
from lossproof.tables import look_up

_JOBS_AHEAD_PER_WORKER = 2


class Engine(Protocol):
    """Measures jobs; the parts of a job come together, jobs in their order."""

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


@dataclass(frozen=True)
class Local:
    """Worker processes on this machine, each with its model and its share of the threads."""

    workers: int
    name: str = "local"

    def run(
        self, work: Work, bench: Workbench, jobs: Sequence[Job], machine: Machine
    ) -> Generator[Part, None, None]:
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

    def run(
        self, work: Work, bench: Workbench, jobs: Sequence[Job], machine: Machine
    ) -> Generator[Part, None, None]:
        try:
            import ray
        except ImportError:
            raise ImportError('the engine "ray" needs Ray: pip install "lossproof[ray]"') from None
        share = Machine(max(1, machine.threads // self.workers), machine.device)
        ray.init(ignore_reinit_error=True, include_dashboard=False, log_to_driver=False)
        num_gpus = 1 if machine.device.startswith("cuda") else 0
        remote = ray.remote(num_cpus=share.threads, num_gpus=num_gpus)(_measure_job_in)
        started = (remote.remote(str(Path.cwd()), work, job, share) for job in jobs)
        try:
            for reference in ahead(started, self.workers * _JOBS_AHEAD_PER_WORKER):
                yield from ray.get(reference)
        except ray.exceptions.RayTaskError as error:
            raise error.cause from error


def _measure_job(work: Work, job: Job, machine: Machine) -> list[Part]:
    return list(measure(_kept_workbench(work, machine), [job], threads=machine.threads))


def _measure_job_in(folder: str, work: Work, job: Job, machine: Machine) -> list[Part]:
    """In the folder that the paths of the work start from."""
    os.chdir(folder)
    return _measure_job(work, job, machine)


# A worker process lives for one run, in which nothing that was opened changes.
_kept_workbench = lru_cache(maxsize=1)(open_workbench)


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
