"""Run a sweep: measure what the store lacks, keep it, and say which cells it has."""

import contextlib
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lossproof.datasets.audit import kept_audit
from lossproof.records import Cell
from lossproof.runs.engines import Engine
from lossproof.runs.measure import SAMPLES_PER_JOB, Job, Part
from lossproof.runs.provenance import provenance
from lossproof.runs.recorder import FLUSH_SECONDS, Recorder
from lossproof.runs.sweep import Key, Machine, Sweep, Work
from lossproof.runs.workbench import Workbench, cells, context, open_workbench
from lossproof.store import Store

Progress = Callable[[int, int], None]
"""Called with predictions done and predictions in all, of the cells that the store lacks."""


def _no_progress(done: int, total: int) -> None:
    """For those who do not want to know."""


@dataclass(frozen=True)
class Outcome:
    """The cells of a sweep, in its order, and the reasons of those that could not be measured.

    ``keys`` are the cells' points and models, by their places in the sweep.
    """

    cells: tuple[Cell, ...]
    keys: tuple[Key, ...]
    unmeasured: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """How a sweep is run; none of it changes a number."""

    engine: Engine
    machine: Machine
    max_failures: float | None = None
    flush_seconds: float = FLUSH_SECONDS
    progress: Progress = _no_progress

    def __post_init__(self) -> None:
        if self.max_failures is not None and not 0 <= self.max_failures <= 1:
            raise ValueError(f"max_failures is {self.max_failures}; a share from 0 to 1 is allowed")


def run(sweep: Sweep, store: Store, conditions: Conditions) -> Outcome:
    """Measure the cells that the store lacks.

    Raises ValueError for what does not exist or fit together, TooManyFailures, and OSError when
    the store cannot be written. What was measured until then stays in the store.
    """
    outcomes = [_run_work(work, store, conditions) for work in sweep.works()]
    return Outcome(
        cells=tuple(cell for outcome in outcomes for cell in outcome.cells),
        keys=tuple(key for outcome in outcomes for key in outcome.keys),
        unmeasured=tuple(reason for outcome in outcomes for reason in outcome.unmeasured),
    )


def _run_work(work: Work, store: Store, conditions: Conditions) -> Outcome:
    bench = open_workbench(work, conditions.machine)
    every = cells(work, bench)
    missing = {key: cell for key, cell in every.items() if not store.contains(cell)}
    for key in every.keys() - missing.keys():
        store.discard_parts(every[key])
    reasons = _fill(work, bench, store, conditions, missing) if missing else {}
    return Outcome(
        cells=tuple(cell for key, cell in every.items() if key not in reasons),
        keys=tuple(key for key in every if key not in reasons),
        unmeasured=tuple(f"{_title(missing[key])}: {why}" for key, why in reasons.items()),
    )


def _fill(
    work: Work,
    bench: Workbench,
    store: Store,
    conditions: Conditions,
    missing: Mapping[Key, Cell],
) -> dict[Key, str]:
    """Measure cells and make them whole; the answer tells why where that was not possible."""
    store.check_writable()
    num_samples = len(bench.samples)
    recorder = Recorder(
        store,
        missing,
        num_samples=num_samples,
        max_failures=conditions.max_failures,
        flush_seconds=conditions.flush_seconds,
    )
    started, clock = time.time(), time.monotonic()
    measured = {key: store.measured(cell) for key, cell in missing.items()}
    jobs = _jobs(num_samples, measured, size=SAMPLES_PER_JOB[bench.dataset.media])
    parts = conditions.engine.run(work, bench, jobs, conditions.machine)
    total = num_samples * len(missing)
    done = sum(map(len, measured.values()))
    _record(parts, recorder, conditions.progress, done=done, total=total)
    content = next(iter(missing.values())).fingerprint
    origin = provenance(
        conditions.machine,
        engine=conditions.engine.name,
        started=started,
        seconds=time.monotonic() - clock,
    ) | {
        "source_files": kept_audit(bench.samples, content=content).as_dict(),
        "data": work.data,
        "folder": str(Path.cwd()),
    }
    reasons: dict[Key, str] = {}
    for key in missing:
        try:
            recorder.finish(
                key,
                context=context(bench, bench.points[key[0]]),
                provenance=origin | {"model": work.models[key[1]]},
            )
        except ValueError as error:
            reasons[key] = str(error)
    return reasons


def _record(
    parts: Generator[Part, None, None],
    recorder: Recorder,
    progress: Progress,
    *,
    done: int,
    total: int,
) -> None:
    """Keep the parts as they come, also those that came before something stopped them."""
    progress(done, total)
    try:
        with contextlib.closing(parts):
            for part in parts:
                recorder.add(part)
                done += len(part.measurements) + len(part.failures)
                # A few may be measured again, for the company they had in their batch.
                progress(min(done, total), total)
    finally:
        recorder.flush()


def _jobs(num_samples: int, measured: Mapping[Key, frozenset[int]], *, size: int) -> list[Job]:
    """Samples in fixed groups, each for the cells that lack any of it."""
    jobs = []
    for start in range(0, num_samples, size):
        group = range(start, min(start + size, num_samples))
        done = {key: indices.intersection(group) for key, indices in measured.items()}
        if wanted := {key: found for key, found in done.items() if len(found) < len(group)}:
            jobs.append(Job(group.start, group.stop, wanted))
    return jobs


def _title(cell: Cell) -> str:
    size = f" at {cell.frame_size[0]}x{cell.frame_size[1]}" if cell.frame_size else ""
    level = "" if cell.level is None else f" {cell.level}"
    return f"{cell.codec}{level}{size}"
