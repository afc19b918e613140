"""Worker processes on this machine, each with its model and its share of the threads.

A worker asks for a job when it has room for one and sends each part when it is measured, so that
what is lost with a process is what it was just measuring.
"""

import contextlib
import multiprocessing
import pickle
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Literal, NamedTuple

from lossproof.parenthood import end_with_parent
from lossproof.runs.measure import Job, Part, measure
from lossproof.runs.sweep import Machine, Work
from lossproof.runs.workbench import Workbench, open_workbench

_WANTS_A_JOB: Literal["job"] = "job"
_DONE: Literal["done"] = "done"
_SECONDS_TO_END = 5.0


@dataclass(frozen=True)
class Local:
    """Processes that are started for a run and end with it."""

    workers: int
    name: str = "local"

    def run(
        self, work: Work, bench: Workbench, jobs: Sequence[Job], machine: Machine
    ) -> Generator[Part, None, None]:
        share = Machine(max(1, machine.threads // self.workers), machine.device)
        crew = [_hire(work, share) for _ in range(min(self.workers, len(jobs)))]
        try:
            yield from _parts(crew, jobs)
        finally:
            for worker in crew:
                worker.dismiss()


class _Worker(NamedTuple):
    """A process, and our end of the line to it."""

    process: BaseProcess
    line: Connection

    def dismiss(self) -> None:
        """End it now, whatever it is doing."""
        self.line.close()
        self.process.terminate()
        self.process.join(_SECONDS_TO_END)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def _hire(work: Work, share: Machine) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, work, share), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _parts(crew: Sequence[_Worker], jobs: Iterable[Job]) -> Iterator[Part]:
    """Hand out jobs and pass on parts until every worker is done."""
    waiting = iter(jobs)
    busy = {worker.line: worker for worker in crew}
    while busy:
        for line in wait(list(busy)):
            assert isinstance(line, Connection)
            said = _heard(busy[line])
            if isinstance(said, Exception):
                raise said
            if isinstance(said, Part):
                yield said
            elif said == _WANTS_A_JOB:
                _answer(busy[line], next(waiting, None))
            else:
                del busy[line]


def _heard(worker: _Worker) -> object:
    try:
        return worker.line.recv()
    except (EOFError, ConnectionError):
        raise _lost(worker) from None


def _answer(worker: _Worker, job: Job | None) -> None:
    try:
        worker.line.send(job)
    except ConnectionError:
        raise _lost(worker) from None


def _lost(worker: _Worker) -> OSError:
    worker.process.join(_SECONDS_TO_END)
    return OSError(
        f"a worker process ended with code {worker.process.exitcode}, killed or out of memory; "
        "what was measured is kept, and the same command goes on from there"
    )


def _serve(line: Connection, work: Work, share: Machine) -> None:
    """What a worker does: measure the jobs that come over the line."""
    end_with_parent()
    with contextlib.suppress(BrokenPipeError), contextlib.redirect_stdout(sys.stderr):
        try:
            bench = open_workbench(work, share)
            for part in measure(bench, _incoming(line), threads=share.threads):
                line.send(part)
            line.send(_DONE)
        except Exception as error:  # noqa: BLE001 - it is raised again where people see it
            line.send(_portable(error))


def _incoming(line: Connection) -> Iterator[Job]:
    while True:
        line.send(_WANTS_A_JOB)
        job = line.recv()
        if job is None:
            return
        yield job


def _portable(error: Exception) -> Exception:
    """The error, or its words where it cannot travel."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001 - user's models raise whatever they like
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
