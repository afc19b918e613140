"""Cells measured on some samples at a time, and taken up by a sweep."""

from pathlib import Path

import pytest

from lossproof.codecs import make_codec
from lossproof.runs.engines import make_engine
from lossproof.runs.partly import Partly
from lossproof.runs.run import Conditions, run
from lossproof.runs.sweep import Machine, Point, Sweep
from lossproof.store import Store
from tests.fakes import frames_predicted, write_model, write_world

NUM_SAMPLES = 10
SOURCE, JPEG = (0, 0), (1, 0)
CONDITIONS = Conditions(engine=make_engine("serial", workers=1), machine=Machine(1))


@pytest.fixture
def sweep(tmp_path: Path) -> Sweep:
    return Sweep(
        task="segmentation",
        data=(write_world(tmp_path / "world", num_samples=NUM_SAMPLES),),
        models=(write_model(tmp_path / "model", batch_size=1),),
        points=(Point(make_codec("source")), Point(make_codec("jpeg", 50))),
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def partly(sweep: Sweep, store: Store) -> Partly:
    return Partly(next(sweep.works()), store, CONDITIONS)


def test_a_cell_has_the_samples_of_the_looks(partly: Partly) -> None:
    partly.look([JPEG], [3, 1])
    assert partly.so_far(JPEG).sample_ids == ("0001", "0003")
    assert partly.has_any(JPEG)
    assert not partly.has_any(SOURCE)


def test_a_sweep_that_finishes_a_cell_between_two_looks_takes_nothing_away(
    partly: Partly, sweep: Sweep, store: Store, tmp_path: Path
) -> None:
    partly.look([SOURCE, JPEG], [3, 1])
    run(sweep, store, CONDITIONS)
    predicted = frames_predicted(tmp_path / "model")
    partly.look([SOURCE, JPEG], [3, 1, 7])
    for key in (SOURCE, JPEG):
        assert partly.has_any(key)
        assert partly.so_far(key).num_samples == NUM_SAMPLES
    assert frames_predicted(tmp_path / "model") == predicted
    assert not list((store.root / "parts").iterdir())


def test_a_sweep_that_finishes_a_cell_after_a_look_leaves_it_there(
    partly: Partly, sweep: Sweep, store: Store
) -> None:
    partly.look([SOURCE, JPEG], [3, 1])
    run(sweep, store, CONDITIONS)
    assert partly.has_any(SOURCE)
    assert partly.so_far(JPEG).num_samples == NUM_SAMPLES


def test_what_a_damaged_part_held_is_measured_again(
    partly: Partly, sweep: Sweep, store: Store
) -> None:
    partly.look([SOURCE, JPEG], [3, 1])
    for path in store.root.glob("parts/*/*.parquet"):
        path.write_bytes(path.read_bytes()[:-20])
    again = Partly(next(sweep.works()), store, CONDITIONS)
    assert not again.has_any(JPEG)
    again.look([JPEG], [3])
    assert again.so_far(JPEG).sample_ids == ("0003",)
    outcome = run(sweep, store, CONDITIONS)
    assert outcome.unmeasured == ()
    assert [store.get(cell).num_samples for cell in outcome.cells] == [NUM_SAMPLES] * 2
