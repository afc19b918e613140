"""Cells that are measured on some of their samples at a time, when it shows that they matter."""

from collections import defaultdict
from collections.abc import Sequence
from typing import final

from lossproof.models.model import company_of
from lossproof.records import Failure, Result
from lossproof.runs.measure import SAMPLES_PER_JOB, Job
from lossproof.runs.recorder import Recorder
from lossproof.runs.run import Conditions
from lossproof.runs.sweep import Key, Work
from lossproof.runs.workbench import cells, context, open_workbench
from lossproof.store import Store


@final
class Partly:
    """The cells of a work. What is measured stays in the store, where a sweep takes it up."""

    def __init__(self, work: Work, store: Store, conditions: Conditions) -> None:
        """Open what ``work`` names. Raises ValueError for whatever does not exist or fit."""
        self.bench = open_workbench(work, conditions.machine)
        store.check_writable()
        self._work, self._store, self._conditions = work, store, conditions
        self._cells = cells(work, self.bench)
        self._whole: set[Key] = set()
        self._tried: dict[Key, set[int]] = defaultdict(set)
        self._failed: dict[str, Failure] = {}
        for key, cell in self._cells.items():
            self._tried[key].update(store.measured(cell))
            self._is_whole(key)

    @property
    def num_samples(self) -> int:
        return len(self.bench.samples)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The samples that turned out to be damaged, each once."""
        return tuple(self._failed.values())

    def look(self, keys: Sequence[Key], samples: Sequence[int]) -> None:
        """Measure what these cells lack of these samples, by their places in the split.

        Raises ValueError when the model or its predictions are at fault, TooManyFailures, and
        OSError when the store cannot be written.
        """
        jobs = self._jobs(keys, set(samples))
        if not jobs:
            return
        recorder = Recorder(
            self._store,
            self._cells,
            num_samples=self.num_samples,
            max_failures=self._conditions.max_failures,
            flush_seconds=self._conditions.flush_seconds,
        )
        total = sum(len(range(job.start, job.stop)) * len(job.wanted) for job in jobs)
        total -= sum(len(done) for job in jobs for done in job.wanted.values())
        found = 0
        engine, machine = self._conditions.engine, self._conditions.machine
        try:
            for part in engine.run(self._work, self.bench, jobs, machine):
                recorder.add(part)
                self._failed.update({one.sample_id: one for one in part.failures})
                tried = {one.index for one in part.measurements}
                tried |= {one.index for one in part.failures}
                self._tried[part.point, part.model].update(tried)
                found += len(tried)
                self._conditions.progress(min(found, total), total)
        finally:
            recorder.flush()

    def with_company(self, samples: Sequence[int]) -> set[int]:
        """The samples that are predicted where these are asked for: with those that a model takes
        together with them."""
        company = max(company_of(model) for model in self.bench.models)
        together: set[int] = set()
        for sample in samples:
            group = self._group(sample)
            first = sample - (sample - group.start) % company
            together.update(range(first, min(first + company, group.stop)))
        return together

    def _group(self, sample: int) -> range:
        size = SAMPLES_PER_JOB[self.bench.dataset.media]
        start = sample // size * size
        return range(start, min(start + size, self.num_samples))

    def has_any(self, key: Key) -> bool:
        """Whether anything is measured of a cell."""
        if key in self._whole:
            return True
        # In this order: another process that finishes a cell takes its parts away after that.
        return bool(self._store.measured(self._cells[key])) or self._is_whole(key)

    def so_far(self, key: Key) -> Result:
        """What is measured of a cell, in the order of the split. Raises ValueError for nothing."""
        cell = self._cells[key]
        if self._is_whole(key):
            found = self._store.get(cell)
        else:
            point = self.bench.points[key[0]]
            found = self._store.so_far(cell, context=context(self.bench, point))
        self._failed.update({one.sample_id: one for one in found.failures})
        return found

    def _is_whole(self, key: Key) -> bool:
        """Whether the store has all of a cell, which another process may finish at any time."""
        if key not in self._whole and self._store.contains(self._cells[key]):
            self._whole.add(key)
            self._tried[key].update(range(self.num_samples))
        return key in self._whole

    def _jobs(self, keys: Sequence[Key], samples: set[int]) -> list[Job]:
        """In the groups that a sweep has, so that batches hold what they would hold there."""
        lacking = {key: samples - self._tried[key] for key in keys if not self._is_whole(key)}
        jobs = []
        for places in dict.fromkeys(map(self._group, sorted(samples))):
            group = frozenset(places)
            wanted = {key: group - lack for key, lack in lacking.items() if group & lack}
            if wanted:
                jobs.append(Job(places.start, places.stop, wanted))
        return jobs
