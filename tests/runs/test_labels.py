"""Labels of the model: what it says of the source is what it is held to."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lossproof.codecs import make_codec
from lossproof.codecs.source import Source
from lossproof.records import Cell, Labels, Result
from lossproof.runs.engines import make_engine
from lossproof.runs.own_targets import OwnTargets
from lossproof.runs.run import Conditions, run
from lossproof.runs.sweep import Machine, Point, Sweep
from lossproof.store import Store
from lossproof.tasks import task_of
from tests.fakes import write_model, write_world

POINTS = tuple(Point(codec) for codec in (Source(), make_codec("jpeg", 60), make_codec("jpeg", 10)))


def results(root: Path, data: str, labels: Labels = "model", **more: object) -> list[Result]:
    sweep = Sweep(
        task="segmentation",
        data=(data,),
        models=(write_model(root / "model"),),
        points=POINTS,
        labels=labels,
    )
    conditions = Conditions(engine=make_engine("serial", workers=1), machine=Machine(2))
    store = Store(root / "store")
    return [store.get(cell) for cell in run(replace(sweep, **more), store, conditions).cells]


def miou(result: Result) -> float:
    return float(task_of(result.cell).summarise(result.stats, None)["miou"][0])


def test_the_source_is_perfect_and_compression_is_not(tmp_path: Path) -> None:
    source, fair, bad = results(tmp_path, write_world(tmp_path / "world", num_samples=3))
    assert miou(source) == 1
    assert 1 > miou(fair) > miou(bad)
    assert source.cell.labels == "model"


def test_annotations_play_no_part(tmp_path: Path) -> None:
    data = write_world(tmp_path / "world", num_samples=2)
    before = results(tmp_path / "a", data)
    for path in (tmp_path / "world" / "testannot").iterdir():
        path.write_bytes(b"no picture")
    after = results(tmp_path / "b", data)
    assert [miou(one) for one in before] == [miou(one) for one in after]
    assert not after[0].failures


def test_a_plain_folder_will_do(tmp_path: Path) -> None:
    write_world(tmp_path / "world", num_samples=2)
    source, *others = results(tmp_path, f"pictures:{tmp_path / 'world' / 'test'}")
    assert miou(source) == 1
    assert all(miou(one) < 1 for one in others)


def test_cells_of_other_labels_are_others_and_old_ones_keep_their_names(tmp_path: Path) -> None:
    data = write_world(tmp_path / "world", num_samples=2)
    own, annotated = (results(tmp_path, data, labels)[0].cell for labels in ("model", "dataset"))
    assert own.hash != annotated.hash
    assert replace(own, labels="dataset", metric=annotated.metric) == annotated
    assert "labels" not in annotated.as_dict()
    assert Cell.from_dict(own.as_dict()) == own
    assert Cell.from_dict(annotated.as_dict()) == annotated


def test_tasks_that_have_no_labels_are_refused(tmp_path: Path) -> None:
    data = write_world(tmp_path / "world", num_samples=1)
    with pytest.raises(ValueError, match="fidelity has no labels that a model could give"):
        results(tmp_path, data, task="fidelity", models=("identity",))


def test_clips_are_for_action(tmp_path: Path) -> None:
    data = write_world(tmp_path / "world", num_samples=1)
    with pytest.raises(ValueError, match="camvid has pictures; clips are allowed for action"):
        results(tmp_path, data, task="action")


def test_what_is_no_target_stops_the_run_and_names_the_model(tmp_path: Path) -> None:
    write_world(tmp_path / "world", num_samples=1)
    (tmp_path / "world" / "test" / "classes.txt").write_text("road\nsky\n")
    expected = r"model .*nearest.*, source of sample 0000\.png: prediction has classes"
    with pytest.raises(ValueError, match=expected):
        results(tmp_path, f"pictures:{tmp_path / 'world' / 'test'}")


def test_only_the_last_targets_are_kept() -> None:
    kept = OwnTargets(most=2)
    for place in range(3):
        kept.put((0, str(place)), np.full(1, place))
    assert kept.get((0, "0")) is None
    assert kept.get((0, "2")) == 2
