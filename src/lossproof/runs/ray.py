"""Tasks of a Ray cluster, or of one started here; the data must be at one path everywhere."""

import os
import uuid
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from lossproof.runs.measure import Job, Part, measure
from lossproof.runs.sweep import Machine, Work
from lossproof.runs.workbench import Workbench, open_workbench


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
        ray.init(ignore_reinit_error=True, include_dashboard=False, log_to_driver=False)
        # Ray shows each task the device that it is given, as the first and only one.
        on_gpu = machine.device.startswith("cuda")
        # A task that asks for more than any node has would wait for ever.
        threads = min(machine.threads // self.workers, _most_cores())
        share = Machine(max(1, threads), "cuda" if on_gpu else machine.device)
        remote: Any = ray.remote(
            num_cpus=share.threads, num_gpus=1 if on_gpu else 0, num_returns="streaming"
        )(_measure_job_in)
        origin = _Origin(str(Path.cwd()), uuid.uuid4().hex)
        try:
            yield from _parts(
                lambda job: remote.remote(origin, work, job, share),
                jobs,
                most=self.workers,
            )
        except ray.exceptions.RayTaskError as error:
            raise error.cause from error


def _most_cores() -> int:
    """Of the largest node that is there, as Ray counts them."""
    import ray

    nodes: Any = ray.nodes
    return max(int(one["Resources"].get("CPU", 0)) for one in nodes() if one["Alive"])


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


class _Origin(NamedTuple):
    """The folder that the paths of a work start from, and the name of the run."""

    folder: str
    run: str


def _measure_job_in(origin: _Origin, work: Work, job: Job, machine: Machine) -> Iterator[Part]:
    os.chdir(origin.folder)
    yield from measure(_kept_workbench(origin, work, machine), [job], threads=machine.threads)


@lru_cache(maxsize=1)
def _kept_workbench(_origin: _Origin, work: Work, machine: Machine) -> Workbench:
    """Opened once per run: Ray's processes outlive it, and files may change between two."""
    return open_workbench(work, machine)
