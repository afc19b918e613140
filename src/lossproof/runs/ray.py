"""Tasks of a Ray cluster, or of one started here; the data must be at one path everywhere."""

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from lossproof.runs.measure import Job, Part, measure
from lossproof.runs.study import Machine, Work
from lossproof.runs.workbench import Workbench, open_workbench

_JOBS_AHEAD_PER_WORKER = 2


@dataclass(frozen=True)
class Ray:
    """A task per job, which gives its parts as they are measured."""

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
        remote: Any = ray.remote(
            num_cpus=share.threads, num_gpus=num_gpus, num_returns="streaming"
        )(_measure_job_in)
        try:
            yield from _parts(
                lambda job: remote.remote(str(Path.cwd()), work, job, share),
                jobs,
                most=self.workers * _JOBS_AHEAD_PER_WORKER,
            )
        except ray.exceptions.RayTaskError as error:
            raise error.cause from error


def _parts(start: Callable[[Job], Any], jobs: Sequence[Job], *, most: int) -> Iterator[Part]:
    """Keep up to ``most`` jobs under way, and pass on whatever part is there first."""
    import ray

    waiting = iter(jobs)
    running = [start(job) for job in islice(waiting, most)]
    try:
        while running:
            ready: Any = ray.wait(running, num_returns=1)[0][0]
            try:
                part: Any = ray.get(next(ready))
            except StopIteration:
                running.remove(ready)
                running += [start(job) for job in islice(waiting, 1)]
            else:
                yield part
    finally:
        for under_way in running:
            ray.cancel(under_way)


def _measure_job_in(folder: str, work: Work, job: Job, machine: Machine) -> Iterator[Part]:
    """In the folder that the paths of the work start from."""
    os.chdir(folder)
    yield from measure(_kept_workbench(work, machine), [job], threads=machine.threads)


# A worker process lives for one run, in which nothing that was opened changes.
_kept_workbench = lru_cache(maxsize=1)(open_workbench)
