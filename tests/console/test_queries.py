"""Answers to queries in every format, and stores that have none."""

import json
from pathlib import Path

import pytest

from lossproof.console.answers import all_scored
from lossproof.console.queries import query_text
from tests.report.page.made import put, sweep
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


def test_json_has_numbers_for_sums_and_decimals(store: Path) -> None:
    sql = "SELECT sum(num_bytes) AS total, 2.50::DECIMAL(5, 2) AS part FROM samples"
    (row,) = json.loads(query_text(sql, store, "json"))
    assert isinstance(row["total"], int)
    assert row["total"] > 0
    assert row["part"] == 2.5


def test_what_is_missing_in_a_map_is_null(store: Path) -> None:
    sql = "SELECT MAP {'a': 'nan'::DOUBLE, 'b': 1.5} AS m, [{'c': MAP {'d': 'inf'::FLOAT}}] AS n"
    assert json.loads(query_text(sql, store, "json")) == [
        {"m": [["a", None], ["b", 1.5]], "n": [{"c": [["d", None]]}]}
    ]
    for form in ("csv", "table"):
        assert "null" in query_text(sql, store, form)


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


def test_scores_are_those_of_the_tables(tmp_path: Path) -> None:
    put(tmp_path / "store", sweep())
    sql = "SELECT * FROM Scores WHERE codec = 'jpeg' AND level = 50 ORDER BY ALL"
    found = json.loads(query_text(sql, tmp_path / "store", "json"))
    rows = {row.cell.hash: row for row in all_scored(tmp_path / "store")}
    assert {one["hash"] for one in found} == {
        row.cell.hash for row in rows.values() if (row.cell.codec, row.cell.level) == ("jpeg", 50)
    }
    for one in found:
        row, name = rows[one["hash"]], one["score"]
        assert one["model"] == row.cell.model
        assert one["num_samples"] == row.num_samples
        assert one["bytes_per_sample"] == row.bytes_per_sample
        scored = row.as_dict()
        assert one["frame_size"] == scored["frame_size"]
        assert one["value"] == scored["scores"][name]
        assert [one["low"], one["high"]] == scored["intervals"][name]
        assert one["drop"] == scored["drops"][name]
        assert [one["drop_low"], one["drop_high"]] == scored["intervals"][f"{name}_drop"]
    assert {"miou", "global_accuracy"} <= {one["score"] for one in found}


def test_scores_are_not_computed_for_other_queries(store: Path) -> None:
    query_text(TWICE, store, "csv")
    assert not (store / "distributions").exists()
    query_text("SELECT score, value FROM scores", store, "csv")
    assert (store / "distributions").exists()
