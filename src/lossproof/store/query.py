"""SQL over a store, by DuckDB."""

import glob
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import duckdb
import pyarrow as pa

# Types are given, not guessed: DuckDB would take the setting "4:2:0" for a time of day.
_CELL = """{
  "task": "VARCHAR", "data": "VARCHAR", "split": "VARCHAR", "limit": "BIGINT",
  "fingerprint": "VARCHAR", "model": "VARCHAR", "weights": "VARCHAR", "codec": "VARCHAR",
  "level": "DOUBLE", "settings": "MAP(VARCHAR, VARCHAR)", "encoder": "VARCHAR",
  "frame_size": ["BIGINT"], "metric": "VARCHAR", "metric_settings": "MAP(VARCHAR, VARCHAR)",
  "seed": "BIGINT"}"""
# Labels are not written down where they are the dataset's.
_VIEWS = f"""
CREATE VIEW cells AS SELECT * REPLACE (
  struct_insert(from_json(cell, '{_CELL}'), labels := coalesce(cell->>'labels', 'dataset')) AS cell
) FROM read_json(
  getvariable('root') || '/cells/*.json',
  columns = {{
    format: 'INTEGER',
    hash: 'VARCHAR',
    cell: 'JSON',
    num_samples: 'BIGINT',
    context: 'STRUCT(
      classes VARCHAR[], level_unit VARCHAR, better VARCHAR, reference_level DOUBLE)',
    failures: 'STRUCT("index" BIGINT, sample_id VARCHAR, reason VARCHAR)[]',
    provenance: 'JSON'
  }});
CREATE VIEW samples AS
SELECT parse_filename(filename, true) AS hash, * EXCLUDE (filename)
FROM read_parquet(getvariable('root') || '/cells/*.parquet', filename = true, union_by_name = true);
"""


def query(root: Path, sql: str, tables: Mapping[str, pa.Table] | None = None) -> pa.Table:
    """The answer to one query over the views ``cells`` (a row per JSON file) and ``samples``, and
    over other ``tables`` by their names.

    Columns of one name are told apart as DuckDB does it: ``hash`` and ``hash_1``.
    Raises ValueError with DuckDB's own message when the query is wrong or the store is empty.
    """
    with duckdb.connect() as connection:
        try:
            connection.execute("SET VARIABLE root = ?", [glob.escape(str(root))])
            connection.execute(_VIEWS)
            for name, table in (tables or {}).items():
                connection.register(name, table)
            answer = connection.sql(sql)
            if answer is None:
                raise ValueError(f"{sql!r} has no answer; SELECT ... is allowed")
            found = cast(pa.Table, answer.to_arrow_table())
            return found.rename_columns(_told_apart(found.column_names))
        except duckdb.Error as error:
            raise ValueError(f"the query failed: {_in_words(error)}") from error


def _in_words(error: duckdb.Error) -> str:
    """DuckDB's message in one line, without the picture of where in the query it is."""
    return " ".join(str(error).partition("\nLINE ")[0].split())


def _told_apart(names: Sequence[str]) -> list[str]:
    """The names, with a number behind each that was there before."""
    told: list[str] = []
    for name in names:
        own, number = name, 0
        while own in told:
            number += 1
            own = f"{name}_{number}"
        told.append(own)
    return told
