"""The store: one JSON and one Parquet file per measured cell, in a folder that DuckDB can read."""

from lossproof.store.lacking import no_results
from lossproof.store.query import query
from lossproof.store.store import Store

__all__ = ["Store", "no_results", "query"]
