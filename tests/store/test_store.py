"""Cells on disk."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lossproof.records import Cell, Context, Failure, Measurement
from lossproof.store import Store, columns, query

CELL = Cell(
    task="segmentation",
    data="camvid",
    split="test",
    limit=None,
    fingerprint="f00d",
    model="nearest",
    weights="beef",
    codec="jpeg",
    level=50,
    settings={"subsampling": "4:2:0", "optimize": False},
    encoder="libjpeg-turbo 3",
    frame_size=(320, 240),
    metric="segmentation-1",
)
CONTEXT = Context(
    classes=("sky", "road"), level_unit="quality", better="higher", reference_level=95
)


def measurement(index: int) -> Measurement:
    confusion = np.arange(4, dtype=np.int64).reshape(2, 2) + index
    return Measurement(index, f"sample{index}", 100 + index, 64, 1, {"confusion": confusion})


def finish(store: Store, cell: Cell = CELL, *, num_samples: int = 3) -> None:
    store.finish(cell, num_samples=num_samples, context=CONTEXT, failures=[], provenance={"a": 1})


def filled(root: Path) -> Store:
    store = Store(root)
    store.add_part(CELL, [measurement(2)])
    store.add_part(CELL, [measurement(0), measurement(1)])
    finish(store)
    return store


def test_what_is_put_comes_back_in_the_order_of_the_split(tmp_path: Path) -> None:
    result = filled(tmp_path).get(CELL)
    assert result.cell == CELL
    assert result.sample_ids == ("sample0", "sample1", "sample2")
    assert result.num_bytes.tolist() == [100, 101, 102]
    expected = np.stack([measurement(index).stat["confusion"] for index in range(3)])
    assert np.array_equal(result.stats["confusion"], expected)
    assert result.context == CONTEXT
    assert result.provenance == {"a": 1}


def test_parts_are_gone_when_the_cell_is_whole(tmp_path: Path) -> None:
    store = filled(tmp_path)
    assert store.contains(CELL)
    assert store.measured(CELL) == frozenset()
    assert sorted(path.name for path in (tmp_path / "cells").iterdir()) == [
        f"{CELL.hash}.json",
        f"{CELL.hash}.parquet",
    ]
    assert list((tmp_path / "parts").iterdir()) == []


def test_a_sample_that_two_processes_measured_counts_once(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.add_part(CELL, [measurement(0), measurement(1)])
    store.add_part(CELL, [measurement(1), measurement(2)])
    assert store.measured(CELL) == {0, 1, 2}
    finish(store)
    assert store.get(CELL).num_bytes.tolist() == [100, 101, 102]


def test_a_cell_is_not_finished_with_samples_missing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.add_part(CELL, [measurement(0)])
    with pytest.raises(ValueError, match="has 1 of 3 samples; run again"):
        finish(store)
    assert not store.contains(CELL)


def test_a_process_that_comes_second_leaves_the_result_alone(tmp_path: Path) -> None:
    store = filled(tmp_path)
    finish(store)
    assert store.get(CELL).num_samples == 3


def test_a_cell_in_which_all_failed_is_refused_with_the_first_reason(tmp_path: Path) -> None:
    failures = [Failure(0, "sample0", "truncated")]
    with pytest.raises(ValueError, match="all 1 samples failed, first sample0: truncated"):
        Store(tmp_path).finish(
            CELL, num_samples=1, context=CONTEXT, failures=failures, provenance={}
        )


def test_failures_are_kept_by_name(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.add_part(CELL, [measurement(0)])
    failure = Failure(1, "sample1", "truncated")
    store.finish(CELL, num_samples=2, context=CONTEXT, failures=[failure], provenance={})
    assert store.get(CELL).failures == (failure,)


def test_a_file_for_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises(ValueError, match="store is a file; a folder is allowed"):
        Store(tmp_path / "store")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"hash": 1}', '{"format": 1}'])
def test_a_damaged_cell_is_named(tmp_path: Path, text: str) -> None:
    store = filled(tmp_path)
    path = tmp_path / "cells" / f"{CELL.hash}.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=f"{path} is damaged, sweep again"):
        list(store.results())


def test_a_damaged_table_is_named(tmp_path: Path) -> None:
    store = filled(tmp_path)
    path = tmp_path / "cells" / f"{CELL.hash}.parquet"
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(ValueError, match=f"{path} is damaged, sweep again"):
        store.get(CELL)


def test_changed_bytes_in_a_table_are_noticed_or_harmless(tmp_path: Path) -> None:
    store = filled(tmp_path)
    path = tmp_path / "cells" / f"{CELL.hash}.parquet"
    whole = path.read_bytes()
    expected = store.get(CELL).stats["confusion"]
    noticed = 0
    for place in range(4, len(whole), 37):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x5A]) + whole[place + 1 :])
        try:
            found = store.get(CELL)
        except ValueError:
            noticed += 1
        else:
            assert np.array_equal(found.stats["confusion"], expected)
    assert noticed > 10


def test_a_cell_without_its_table_is_not_there_and_is_named(tmp_path: Path) -> None:
    store = filled(tmp_path)
    (tmp_path / "cells" / f"{CELL.hash}.parquet").unlink()
    assert not store.contains(CELL)
    with pytest.raises(ValueError, match=f"has no {CELL.hash}.parquet"):
        list(store.results())


def test_parts_that_another_process_takes_away_are_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other finishes between the listing of the parts and the reading of them."""
    store = Store(tmp_path)
    store.add_part(CELL, [measurement(index) for index in range(3)])
    read = columns.read

    def too_late(path: Path, **more: object) -> object:
        if "parts" in path.parts:
            path.unlink()
        return read(path, **more)

    monkeypatch.setattr(columns, "read", too_late)
    assert store.measured(CELL) == frozenset()


def test_what_is_measured_so_far_may_be_whole_by_now(tmp_path: Path) -> None:
    store = filled(tmp_path)
    store.add_part(CELL, [measurement(1)])
    assert store.so_far(CELL, context=CONTEXT).num_samples == 3


def test_a_part_is_kept_where_its_folder_is_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process finishes the cell while the part is being written."""
    store = Store(tmp_path)
    monkeypatch.setattr("os.fsync", lambda file: store.discard_parts(CELL))
    store.add_part(CELL, [measurement(1)])
    assert store.measured(CELL) == {1}


def test_a_part_that_is_cut_off_is_not_there(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.add_part(CELL, [measurement(0), measurement(2)])
    (path,) = (tmp_path / "parts" / CELL.hash).iterdir()
    path.write_bytes(path.read_bytes()[:50])
    assert store.measured(CELL) == frozenset()
    store.add_part(CELL, [measurement(1)])
    assert store.so_far(CELL, context=CONTEXT).sample_ids == ("sample1",)
    store.add_part(CELL, [measurement(0), measurement(2)])
    finish(store)
    assert store.get(CELL).num_samples == 3


def test_a_part_with_changed_bytes_anywhere_is_there_as_a_whole_or_not_at_all(
    tmp_path: Path,
) -> None:
    store = Store(tmp_path)
    store.add_part(CELL, [measurement(0)])
    (path,) = (tmp_path / "parts" / CELL.hash).iterdir()
    whole = path.read_bytes()
    damaged = 0
    for place in range(4, len(whole), 37):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x5A]) + whole[place + 1 :])
        try:
            found = set(columns.read(path)["index"].to_pylist())
        except ValueError:
            found = set()
            damaged += 1
        assert store.measured(CELL) == found
    assert damaged > 10


def test_another_format_is_refused(tmp_path: Path) -> None:
    store = filled(tmp_path)
    path = tmp_path / "cells" / f"{CELL.hash}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))
    with pytest.raises(ValueError, match="its format is 99; 2 is allowed"):
        store.get(CELL)


def test_duckdb_reads_the_folder(tmp_path: Path) -> None:
    store = filled(tmp_path)
    other = replace(CELL, level=10)
    store.add_part(other, [measurement(index) for index in range(3)])
    finish(store, other)
    sql = """
        SELECT cells.cell.level AS level, sum(num_bytes)::INT AS num_bytes
        FROM samples JOIN cells USING (hash) GROUP BY level ORDER BY level
    """
    assert query(tmp_path, sql).to_pylist() == [
        {"level": 10.0, "num_bytes": 303},
        {"level": 50.0, "num_bytes": 303},
    ]
    settings = "SELECT DISTINCT cell.settings['subsampling'] AS subsampling FROM cells"
    assert query(tmp_path, settings).to_pylist() == [{"subsampling": "4:2:0"}]


@pytest.mark.parametrize("name", ["run[1]", "what?", "all*", "it's"])
def test_duckdb_reads_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    filled(tmp_path / name)
    sql = "SELECT count(*) AS n FROM samples JOIN cells USING (hash)"
    assert query(tmp_path / name, sql).to_pylist() == [{"n": 3}]


def test_labels_are_told_also_where_they_are_not_written_down(tmp_path: Path) -> None:
    store = filled(tmp_path)
    own = replace(CELL, labels="model", frame_size=None, metric_settings={"cap": 10.5})
    store.add_part(own, [measurement(index) for index in range(3)])
    finish(store, own)
    sql = "SELECT cell FROM cells WHERE cell.labels = 'dataset'"
    (of_dataset,) = query(tmp_path, sql).to_pylist()
    settings = [("optimize", "false"), ("subsampling", "4:2:0")]
    assert of_dataset["cell"] == {
        **CELL.as_dict(), "settings": settings, "metric_settings": [], "labels": "dataset"
    }  # fmt: skip
    (of_model,) = query(tmp_path, "SELECT cell FROM cells WHERE cell.labels = 'model'").to_pylist()
    assert of_model["cell"] == {
        **own.as_dict(), "settings": settings, "metric_settings": [("cap", "10.5")]
    }  # fmt: skip


def test_columns_of_one_name_are_told_apart(tmp_path: Path) -> None:
    filled(tmp_path)
    (row,) = query(tmp_path, "SELECT 1 AS a, 2 AS a, 3 AS a_1, 4 AS b").to_pylist()
    assert row == {"a": 1, "a_1": 2, "a_1_1": 3, "b": 4}


def test_a_wrong_query_is_one_error(tmp_path: Path) -> None:
    filled(tmp_path)
    with pytest.raises(ValueError, match="the query failed"):
        query(tmp_path, "SELECT nothing FROM nowhere")


class TestTheNameOfACell:
    def test_it_is_the_same_in_every_process(self) -> None:
        assert CELL.hash == "c02ba3a4ed5a795bc248dd19867b3587"

    def test_the_order_of_the_settings_does_not_count(self) -> None:
        turned = dict(reversed(CELL.settings.items()))
        assert replace(CELL, settings=turned).hash == CELL.hash

    @pytest.mark.parametrize(
        "change",
        [
            {"task": "x"}, {"data": "x"}, {"split": "x"}, {"limit": 3}, {"fingerprint": "x"},
            {"model": "x"}, {"weights": "x"}, {"codec": "x"}, {"level": 51}, {"settings": {}},
            {"encoder": "x"}, {"frame_size": None}, {"metric": "x"}, {"seed": 1},
        ],
        ids=lambda change: next(iter(change)),
    )  # fmt: skip
    def test_everything_that_decides_the_number_counts(self, change: dict[str, object]) -> None:
        assert replace(CELL, **change).hash != CELL.hash

    def test_it_survives_json(self) -> None:
        assert Cell.from_dict(json.loads(json.dumps(CELL.as_dict()))) == CELL
