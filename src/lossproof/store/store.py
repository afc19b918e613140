"""Cells on disk: put, contains, results; and the parts of cells still being measured."""

import contextlib
import json
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, final

import numpy as np
import pyarrow as pa

from lossproof.atomic import write_bytes
from lossproof.records import Cell, Context, Failure, Measurement, Result
from lossproof.store import columns

FORMAT = 2


@final
class Store:
    """A folder of results. Any number of processes may write to it; none needs a lock.

    ``cells/HASH.parquet`` holds a row per sample and ``cells/HASH.json`` the cell; the JSON file is
    written last, so a cell is there when it is. ``parts/HASH/`` holds what is measured of a cell
    in flight and goes when the cell is done. Files are written in ``scratch/`` and renamed.
    """

    def __init__(self, root: Path) -> None:
        if root.exists() and not root.is_dir():
            raise ValueError(f"store {root} is a file; a folder is allowed")
        self.root = root

    def check_writable(self) -> None:
        """Write a file and remove it. Raises ValueError when the folder cannot be written."""
        try:
            write_bytes(self._scratch / "probe", b"", scratch=self._scratch)
            (self._scratch / "probe").unlink(missing_ok=True)
        except OSError as error:
            raise ValueError(
                f"store {self.root} cannot be written: {error.strerror}; --store names another"
            ) from error

    def contains(self, cell: Cell) -> bool:
        """Whether the cell is there and whole; a damaged one is as good as missing."""
        if not self._json(cell.hash).exists():
            return False
        try:
            self._read(self._json(cell.hash))
        except ValueError:
            return False
        return True

    def get(self, cell: Cell) -> Result:
        """The result of one cell. Raises ValueError when it is absent or damaged."""
        return self._read(self._json(cell.hash))

    def results(self, *, damaged: Callable[[str], None] | None = None) -> Iterator[Result]:
        """Every result, in the order of the hashes.

        What is wrong with a damaged one is told to ``damaged``. Without it, raises ValueError.
        """
        for path in sorted((self.root / "cells").glob("*.json")):
            try:
                yield self._read(path)
            except ValueError as error:
                if damaged is None:
                    raise
                damaged(str(error))

    def add_part(self, cell: Cell, measurements: Sequence[Measurement]) -> None:
        """Keep what is measured of a cell so far, whole or not at all. Raises OSError."""
        path = self._parts(cell) / f"{measurements[0].index:09d}-{uuid.uuid4().hex}.parquet"
        data = columns.to_bytes(columns.to_table(measurements))
        write_bytes(path, data, scratch=self._scratch)

    def measured(self, cell: Cell) -> frozenset[int]:
        """The indices of the samples that parts of this cell hold; damaged parts hold nothing."""
        found = [table["index"].to_numpy() for table in self._part_tables(cell)]
        return frozenset(int(index) for part in found for index in part)

    def so_far(self, cell: Cell, *, context: Context) -> Result:
        """What is measured of a cell, which may be whole by now. Raises ValueError for nothing."""
        table = columns.merge(list(self._part_tables(cell)))
        if self.contains(cell):  # another process may have finished it and taken parts away
            return self.get(cell)
        if not table.num_rows:
            raise ValueError(f"nothing is measured of cell {cell.hash}")
        return _result(_record(cell, table, context, [], {}), table)

    def discard_parts(self, cell: Cell) -> None:
        """Remove what a process that was killed, or came second, left of a cell that is whole."""
        shutil.rmtree(self._parts(cell), ignore_errors=True)

    def finish(
        self,
        cell: Cell,
        *,
        num_samples: int,
        context: Context,
        failures: Sequence[Failure],
        provenance: Mapping[str, Any],
    ) -> None:
        """Join the parts of a cell into its result; ``num_samples`` counts the failed ones too.

        Raises ValueError when all samples failed, and when parts are missing.
        """
        table = columns.merge(list(self._part_tables(cell)))
        if table.num_rows + len(failures) != num_samples:
            if self.contains(cell):  # another process finished it first and took the parts away
                self.discard_parts(cell)
                return
            raise ValueError(
                f"cell {cell.hash} has {table.num_rows} of {num_samples} samples; run again"
            )
        if not table.num_rows:
            raise ValueError(f"all {num_samples} samples failed, first {_first(failures)}")
        self._put(cell, table, _record(cell, table, context, failures, provenance))

    def _put(self, cell: Cell, table: pa.Table, record: Mapping[str, Any]) -> None:
        write_bytes(self._parquet(cell.hash), columns.to_bytes(table), scratch=self._scratch)
        text = json.dumps(record, indent=1, allow_nan=False)
        write_bytes(self._json(cell.hash), text.encode(), scratch=self._scratch)
        self.discard_parts(cell)

    def _read(self, path: Path) -> Result:
        table = path.with_suffix(".parquet")
        for file in (path, table):
            if not file.exists():
                raise ValueError(f"the store {self.root} has no {file.name}; sweep again")
        stored = columns.read(table)
        try:
            return _result(json.loads(path.read_text()), stored)
        except (ValueError, KeyError, TypeError) as error:
            reason = f"{type(error).__name__}: {error}"
            raise ValueError(f"{path} is damaged, sweep again: {reason}") from error

    def _json(self, name: str) -> Path:
        return self.root / "cells" / f"{name}.json"

    def _parquet(self, name: str) -> Path:
        return self.root / "cells" / f"{name}.parquet"

    def _parts(self, cell: Cell) -> Path:
        return self.root / "parts" / cell.hash

    @property
    def _scratch(self) -> Path:
        return self.root / "scratch"

    def _part_tables(self, cell: Cell) -> Iterator[pa.Table]:
        """Damaged parts are left out, so that their samples are measured again. All columns are
        read, because each may be damaged by itself."""
        for path in sorted(self._parts(cell).glob("*.parquet")):
            # Gone where another process has finished the cell in the meantime.
            with contextlib.suppress(FileNotFoundError, ValueError):
                yield columns.read(path)


def _result(record: Mapping[str, Any], table: pa.Table) -> Result:
    if record["format"] != FORMAT:
        raise ValueError(f"its format is {record['format']}; {FORMAT} is allowed")
    stats = columns.stats(table)
    if sorted(stats) != record["stats"]:
        raise ValueError(f"its statistics are {sorted(stats)}; {record['stats']} are allowed")
    integers = {
        name: table[name].to_numpy().astype(np.int64)
        for name in columns.INTEGERS
        if name != "index"
    }
    return Result(
        cell=Cell.from_dict(record["cell"]),
        sample_ids=tuple(map(str, table["sample_id"].to_pylist())),
        groups=tuple(map(str, table["group"].to_pylist())),
        duration_seconds=table[columns.DURATION].to_numpy().astype(np.float64),
        stats=stats,
        context=_context(record["context"]),
        failures=tuple(Failure(**failure) for failure in record["failures"]),
        provenance=record["provenance"],
        **integers,
    )


def _context(fields: Mapping[str, Any]) -> Context:
    return Context(**{**fields, "classes": tuple(fields["classes"])})


def _record(
    cell: Cell,
    table: pa.Table,
    context: Context,
    failures: Sequence[Failure],
    provenance: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "hash": cell.hash,
        "cell": cell.as_dict(),
        "num_samples": table.num_rows,
        "stats": sorted(columns.stat_names(table)),
        "context": asdict(context),
        "failures": [asdict(failure) for failure in failures],
        "provenance": dict(provenance),
    }


def _first(failures: Sequence[Failure]) -> str:
    return f"{failures[0].sample_id}: {failures[0].reason}"
