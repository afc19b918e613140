"""Measurements as Parquet, and back."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from jaxtyping import Shaped

from lossproof.records import Measurement, Stat

INTEGERS = ("index", "num_bytes", "num_pixels", "num_frames")
STAT = "stat."


def to_table(measurements: Sequence[Measurement]) -> pa.Table:
    """One row per measurement; each array of the statistic is a tensor column ``stat.NAME``."""
    columns: dict[str, pa.Array[Any]] = {
        name: pa.array([getattr(m, name) for m in measurements], pa.int64()) for name in INTEGERS
    }
    columns["sample_id"] = pa.array([m.sample_id for m in measurements], pa.string())
    for name in measurements[0].stat:
        stacked = np.ascontiguousarray(np.stack([m.stat[name] for m in measurements]))
        columns[STAT + name] = pa.FixedShapeTensorArray.from_numpy_ndarray(stacked)
    return pa.table(columns)


def to_bytes(table: pa.Table) -> bytes:
    """The table as a Parquet file."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd", write_page_checksum=True)
    return buffer.getvalue()


def read(path: Path, *, only: Sequence[str] | None = None) -> pa.Table:
    """A Parquet file, or some of its columns.

    Raises FileNotFoundError, and ValueError naming a damaged file.
    """
    names = list(only) if only else None
    try:
        return pq.read_table(path, columns=names, page_checksum_verification=True)
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"{path} is damaged and must be removed: {error}") from error


def merge(tables: Sequence[pa.Table]) -> pa.Table:
    """All rows in the order of the split, the first where a sample is there twice."""
    if not tables:
        return pa.table({name: pa.array([], pa.int64()) for name in INTEGERS})
    table = pa.concat_tables(tables)
    _, first = np.unique(table["index"].to_numpy(), return_index=True)
    return table.take(first).combine_chunks()


def stats(table: pa.Table) -> Stat:
    """The statistics of all rows, stacked along a new first axis. Raises ValueError."""
    names = [name for name in table.column_names if name.startswith(STAT)]
    return {name.removeprefix(STAT): _stacked(table[name].combine_chunks()) for name in names}


def _stacked(column: Any) -> Shaped[np.ndarray, "..."]:
    if not isinstance(column.type, pa.FixedShapeTensorType):
        raise ValueError(f"a statistic is of type {column.type}; a tensor is allowed")  # noqa: TRY004
    stacked: Shaped[np.ndarray, ...] = column.to_numpy_ndarray()
    return stacked
