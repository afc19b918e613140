"""Rows as one Arrow table with a line for each score of each cell, for SQL."""

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from lossproof.report.rows import Row

_TEXTS = ("hash", "task", "data", "split", "labels", "model", "codec")
_RATES = ("bytes_per_sample", "bits_per_pixel")
_SCORED = ("value", "low", "high", "drop", "drop_low", "drop_high")
_COLUMNS: dict[str, pa.DataType] = {
    **{name: pa.string() for name in _TEXTS},
    "level": pa.float64(),
    "frame_size": pa.list_(pa.int64()),
    "num_samples": pa.int64(),
    **{name: pa.float64() for name in _RATES},
    "score": pa.string(),
    **{name: pa.float64() for name in _SCORED},
}
_UNKNOWN = (None, None)


def score_table(rows: Iterable[Row]) -> pa.Table:
    """Every score with its 95% interval, and its drop from the reference level with its own.

    Scores are as measured, shares in [0, 1]; what is not known is null.
    """
    lines = [line for row in rows for line in _lines(row)]
    return pa.Table.from_pylist(lines, schema=pa.schema(_COLUMNS))


def _lines(row: Row) -> Iterator[dict[str, Any]]:
    told = row.as_dict()
    shared = {**told, "hash": row.cell.hash, "bytes_per_sample": row.bytes_per_sample}
    for name, value in told["scores"].items():
        low, high = told["intervals"].get(name, _UNKNOWN)
        drop_low, drop_high = told["intervals"].get(f"{name}_drop", _UNKNOWN)
        yield {
            **shared,
            "score": name,
            "value": value,
            "low": low,
            "high": high,
            "drop": told["drops"].get(name),
            "drop_low": drop_low,
            "drop_high": drop_high,
        }
