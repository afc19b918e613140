"""What a query says: a table, CSV or JSON."""

import io
import json
import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv

from lossproof.console.answers import all_scored
from lossproof.console.screen import console, plain_table
from lossproof.report.score_table import score_table
from lossproof.store import no_results, query
from lossproof.tables import look_up

SCORES = "scores"
"""The table of a query that is computed: a row for each score of each cell."""


def query_text(sql: str, store: Path, name: str) -> str:
    """The answer to one query in a format. Raises ValueError for a query or a format that is
    wrong."""
    form = look_up(_FORMS, name, kind="format")
    if not store.is_dir():
        raise ValueError(f"there is no store {store}; --store names another")
    if not all(any((store / "cells").glob(f"*.{kind}")) for kind in ("json", "parquet")):
        raise ValueError(no_results(store))
    return form(query(store, sql, _tables(sql, store)))


def _tables(sql: str, store: Path) -> dict[str, pa.Table]:
    """Scores only where the query names them: their intervals may take long."""
    if not re.search(rf"\b{SCORES}\b", sql, re.IGNORECASE):
        return {}
    return {SCORES: score_table(all_scored(store))}


def _table(answer: pa.Table) -> str:
    lines = [[_word(value) for value in row.values()] for row in answer.to_pylist()]
    screen = console()
    with screen.capture() as captured:
        screen.print(plain_table(answer.column_names, lines))
    return captured.get()


def _csv(answer: pa.Table) -> str:
    buffer = io.BytesIO()
    csv.write_csv(pa.table({name: _flat(answer[name]) for name in answer.column_names}), buffer)
    return buffer.getvalue().decode()


def _flat(column: Any) -> Any:
    """Lists and structures as JSON, since a line of CSV has no room for them."""
    if not pa.types.is_nested(column.type):
        return column
    return pa.array([None if one is None else _as_json(one) for one in column.to_pylist()])


def _json(answer: pa.Table) -> str:
    return _as_json([_known(row) for row in answer.to_pylist()], indent=2) + "\n"


_FORMS: Mapping[str, Callable[[pa.Table], str]] = {"table": _table, "csv": _csv, "json": _json}


def _word(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:g}" if math.isfinite(value) else "-"
    return _as_json(value) if isinstance(value, list | dict) else str(value)


def _as_json(value: Any, *, indent: int | None = None) -> str:
    return json.dumps(_known(value), indent=indent, default=str, allow_nan=False)


def _known(value: Any) -> Any:
    """The same in what JSON can hold: NaN is None, decimals are numbers, pairs of a map lists."""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _known(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_known(one) for one in value]
    return value
