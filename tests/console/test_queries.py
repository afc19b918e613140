"""Answers to queries in every format, and stores that have none."""

import json
from pathlib import Path

import pytest

from lossproof.console.queries import query_text
from tests.report.page.made import put
from tests.report.results import result

TWICE = "SELECT hash, hash FROM cells LIMIT 1"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    put(tmp_path / "store", [result("jpeg", 50, accuracy=0.9)])
    return tmp_path / "store"


def test_columns_of_one_name_are_all_told(store: Path) -> None:
    (path,) = (store / "cells").glob("*.json")
    assert json.loads(query_text(TWICE, store, "json")) == [
        {"hash": path.stem, "hash_1": path.stem}
    ]
    heading, line = query_text(TWICE, store, "csv").splitlines()
    assert heading == '"hash","hash_1"'
    assert line == f'"{path.stem}","{path.stem}"'
    assert query_text(TWICE, store, "table").count(path.stem) == 2


@pytest.mark.parametrize("kind", ["json", "parquet"])
def test_a_store_that_lacks_files_has_no_results(store: Path, kind: str) -> None:
    for path in (store / "cells").glob(f"*.{kind}"):
        path.unlink()
    with pytest.raises(ValueError, match=r"there are no results in .*; lossproof sweep --store"):
        query_text(TWICE, store, "table")


def test_a_store_of_parts_says_so(tmp_path: Path) -> None:
    (tmp_path / "parts" / "0123").mkdir(parents=True)
    with pytest.raises(ValueError, match="only parts of some, by lossproof find or an"):
        query_text("SELECT 1", tmp_path, "table")
