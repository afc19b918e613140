"""Measurements as Parquet, and back."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from jaxtyping import Shaped

from lossproof.ragged import Ragged
from lossproof.records import Measurement, Stat

INTEGERS = ("index", "num_bytes", "num_pixels", "num_frames")
TEXTS = ("sample_id", "group")
DURATION = "duration_seconds"
STAT = "stat."


def to_table(measurements: Sequence[Measurement]) -> pa.Table:
    """One row per measurement; each entry of the statistic is a column ``stat.NAME``.

    It holds tensors, or lists where samples have rows of different numbers.
    """
    columns: dict[str, pa.Array[Any]] = {
        name: pa.array([getattr(m, name) for m in measurements], pa.int64()) for name in INTEGERS
    }
    columns |= {
        name: pa.array([getattr(m, name) for m in measurements], pa.string()) for name in TEXTS
    }
    columns[DURATION] = pa.array([m.duration_seconds for m in measurements], pa.float64())
    for name in measurements[0].stat:
        columns[STAT + name] = _column([m.stat[name] for m in measurements])
    return pa.table(columns)


def _column(values: Sequence[Shaped[np.ndarray, "..."] | Ragged]) -> "pa.Array[Any]":
    ragged = [value for value in values if isinstance(value, Ragged)]
    if ragged:
        return _lists(Ragged.join(ragged))
    stacked = np.ascontiguousarray(np.stack([np.asarray(value) for value in values]))
    return pa.FixedShapeTensorArray.from_numpy_ndarray(stacked)


def _lists(ragged: Ragged) -> "pa.Array[Any]":
    """A list of the rows of each sample; a row of several numbers is a list of fixed size."""
    rows = pa.array(np.ascontiguousarray(ragged.values).ravel())
    if ragged.values.ndim == 2:
        rows = pa.FixedSizeListArray.from_arrays(rows, ragged.values.shape[1])
    offsets = np.concatenate([[0], np.cumsum(ragged.counts)])
    return pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), rows)


def to_bytes(table: pa.Table) -> bytes:
    """The table as a Parquet file."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd", write_page_checksum=True)
    return buffer.getvalue()


def read(path: Path) -> pa.Table:
    """A Parquet file. Raises FileNotFoundError, and ValueError naming a damaged file."""
    try:
        return pq.read_table(path, page_checksum_verification=True)
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"{path} is damaged, sweep again: {error}") from error


def merge(tables: Sequence[pa.Table]) -> pa.Table:
    """All rows in the order of the split, the first where a sample is there twice."""
    if not tables:
        return pa.table({name: pa.array([], pa.int64()) for name in INTEGERS})
    table = pa.concat_tables(tables)
    index = table["index"].to_numpy()
    if (np.diff(index) > 0).all():  # as a run that nothing disturbed leaves it; no copy is made
        return table
    return table.take(np.unique(index, return_index=True)[1])


def stat_names(table: pa.Table) -> list[str]:
    """The names of the statistics in a table."""
    return [name.removeprefix(STAT) for name in table.column_names if name.startswith(STAT)]


def stats(table: pa.Table) -> Stat:
    """The statistics of all rows together, as ``Stat`` says. Raises ValueError."""
    return {name: _stacked(table[STAT + name].combine_chunks()) for name in stat_names(table)}


def _stacked(column: Any) -> Shaped[np.ndarray, "..."] | Ragged:
    if isinstance(column.type, pa.LargeListType):
        return _ragged(column)
    if not isinstance(column.type, pa.FixedShapeTensorType):
        raise ValueError(f"a statistic is of type {column.type}; a tensor is allowed")  # noqa: TRY004
    stacked: Shaped[np.ndarray, ...] = column.to_numpy_ndarray()
    return stacked


def _ragged(column: Any) -> Ragged:
    counts = np.diff(column.offsets.to_numpy())
    rows = column.flatten()
    if isinstance(rows.type, pa.FixedSizeListType):
        width = rows.type.list_size
        return Ragged(rows.flatten().to_numpy(zero_copy_only=False).reshape(-1, width), counts)
    return Ragged(rows.to_numpy(zero_copy_only=False), counts)
