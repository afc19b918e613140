"""Parts into the store, at short intervals, so that a kill loses little."""

import time
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from lossproof.errors import TooManyFailures
from lossproof.records import Cell, Context, Failure, Measurement
from lossproof.runs.measure import Part
from lossproof.runs.sweep import Key
from lossproof.store import Store

FLUSH_SECONDS = 10.0
_MOST_WAITING = 1000


class Recorder:
    """Collects parts of cells in flight and writes them to the store as they grow."""

    def __init__(
        self,
        store: Store,
        cells: Mapping[Key, Cell],
        *,
        num_samples: int,
        max_failures: float | None,
        flush_seconds: float,
    ) -> None:
        self._store = store
        self._cells = cells
        self._num_samples = num_samples
        self._max_failures = max_failures
        self._flush_seconds = flush_seconds
        self._waiting: dict[Key, list[Measurement]] = defaultdict(list)
        self._failures: dict[Key, dict[int, Failure]] = defaultdict(dict)
        self._flushed = time.monotonic()

    def add(self, part: Part) -> None:
        """Take a part. Raises TooManyFailures, and OSError when the disk is full."""
        key = (part.point, part.model)
        self._waiting[key].extend(part.measurements)
        self._failures[key].update({failure.index: failure for failure in part.failures})
        self._check(self._failures[key])
        late = time.monotonic() - self._flushed >= self._flush_seconds
        if late or sum(map(len, self._waiting.values())) >= _MOST_WAITING:
            self.flush()

    def flush(self) -> None:
        """Write what has been collected. Raises OSError."""
        for key, measurements in self._waiting.items():
            if measurements:
                self._store.add_part(self._cells[key], measurements)
                measurements.clear()
        self._flushed = time.monotonic()

    def finish(self, key: Key, *, context: Context, provenance: Mapping[str, Any]) -> None:
        """Make a cell whole. Raises ValueError when none of its samples could be measured."""
        failures = [failure for _, failure in sorted(self._failures[key].items())]
        self._store.finish(
            self._cells[key],
            num_samples=self._num_samples,
            context=context,
            failures=failures,
            provenance=provenance,
        )

    def _check(self, failures: Mapping[int, Failure]) -> None:
        if self._max_failures is None or len(failures) <= self._max_failures * self._num_samples:
            return
        first = next(iter(failures.values()))
        raise TooManyFailures(
            f"{len(failures)} of {self._num_samples} samples failed, more than the share "
            f"{self._max_failures:g} that is allowed; first {first.sample_id}: {first.reason}"
        )
