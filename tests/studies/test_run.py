"""Studies from start to end: trained, measured, recorded, compared, and run again."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lossproof.records import Result
from lossproof.report.compared import BEFORE, compare
from lossproof.runs.engines import make_engine
from lossproof.runs.run import Conditions as Measuring
from lossproof.runs.sweep import Machine
from lossproof.store import Store
from lossproof.studies import (
    Comparison,
    Conditions,
    Ladder,
    Measured,
    Range,
    Search,
    Study,
    Training,
    network,
    retraining,
    run_study,
)
from lossproof.studies.record import load, load_all
from lossproof.studies.study import limited
from lossproof.tasks import make_task
from lossproof.training import Conditions as TrainingConditions
from lossproof.training import Shelf
from tests.training.worlds import segnet, write_hues

LADDER = Ladder(codec="jpeg", levels=(95, 10))


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def conditions(told: list[str] | None = None) -> Conditions:
    return Conditions(
        training=TrainingConditions(threads=1, torch_threads=1),
        measuring=Measuring(engine=make_engine("serial", workers=1), machine=Machine(threads=1)),
        begin=(told if told is not None else []).append,
    )


def score(result: Result) -> float:
    return float(make_task("segmentation").summarise(result.stats, None)["miou"][0])


@pytest.fixture
def study(tmp_path: Path) -> Study:
    data = write_hues(tmp_path / "world")
    plain = Study(
        name="hues", title="Hues", task="segmentation", data=data, split="val", notes="Small."
    )
    return retraining(plain, network(segnet(data, epochs=6)), LADDER, table=1)


def test_a_study_is_trained_measured_and_recorded(study: Study, tmp_path: Path) -> None:
    told: list[str] = []
    root = tmp_path / "store"
    record = run_study(study, root, conditions(told))
    assert list(record.ids) == ["baseline", "retrain 10", "recalibrate 10", "distil 10"]
    assert set(record.ids.values()) == set(Shelf(root).ids())
    assert told[0] == "training baseline (1 of 4)"
    assert told[-1] == "measuring retrain 10, recalibrate 10, distil 10 (2 of 2)"
    (kept,) = load_all(root)
    assert kept.ids == record.ids
    assert kept.comparisons == record.comparisons
    assert {name: len(cells) for name, cells in kept.cells.items()} == {
        "baseline": 3,
        "retrain 10": 1,
        "recalibrate 10": 1,
        "distil 10": 1,
    }
    results = {result.cell.hash: result for result in Store(root).results()}
    names = {results[cell].cell.model for cells in kept.cells.values() for cell in cells}
    assert names == {
        "segnet (trained on source)",
        "segnet (retrained on jpeg 10)",
        "segnet (recalibrated on jpeg 10)",
        "segnet (distilled on jpeg 10)",
    }


def test_its_lines_say_what_came_back(study: Study, tmp_path: Path) -> None:
    root = tmp_path / "store"
    run_study(study, root, conditions())
    (kept,) = load_all(root)
    results = {result.cell.hash: result for result in Store(root).results()}
    compared = compare(kept, kept.comparisons[0], results)
    lines = {
        (one.method, one.level): one for one in compared.lines if one.score == "global_accuracy"
    }
    assert [key for key in lines if key[0] == BEFORE] == [(BEFORE, 95), (BEFORE, 10)]
    reference, worst, back = (lines[key] for key in ((BEFORE, 95), (BEFORE, 10), ("retrain", 10)))
    assert reference.drop.value == 0
    assert worst.drop.value == pytest.approx(
        (reference.value.value - worst.value.value) / reference.value.value
    )
    assert back.gain.value == pytest.approx(
        (back.value.value - worst.value.value) / back.value.value
    )
    assert math.isnan(worst.gain.value)
    assert worst.bits_per_pixel == back.bits_per_pixel < reference.bits_per_pixel
    assert worst.saving > 0


def test_running_again_trains_and_measures_nothing(study: Study, tmp_path: Path) -> None:
    root = tmp_path / "store"
    first = run_study(study, root, conditions())
    before = {path: path.stat().st_mtime_ns for path in (root / "models").rglob("*")}
    assert run_study(study, root, conditions()) == first
    assert {path: path.stat().st_mtime_ns for path in (root / "models").rglob("*")} == before


def test_a_search_keeps_the_best_on_validation(study: Study, tmp_path: Path) -> None:
    (baseline, *_) = study.trainings
    ranges = {"learning_rate": Range(low=0.001, high=0.1, log=True)}
    searched = replace(
        study,
        trainings=(replace(baseline, search=Search(trials=3, ranges=ranges)),),
        models={"best": "{baseline}"},
        measured=(Measured(models=("best",), points=LADDER.points()),),
        comparisons=(),
    )
    root = tmp_path / "store"
    record = run_study(searched, root, conditions())
    shelf = Shelf(root)
    scores = {model: shelf.card(model).score for model in shelf.ids()}
    assert len(scores) == 3
    assert scores[record.ids["baseline"]] == max(scores.values())
    rates = [shelf.card(model).recipe["schedule"]["learning_rate"] for model in shelf.ids()]
    assert baseline.recipe.schedule.learning_rate in rates
    assert all(0.001 <= rate <= 0.1 for rate in rates)


def test_trials_that_diverge_are_given_up(study: Study, tmp_path: Path) -> None:
    (baseline, *_) = study.trainings
    wild = {"learning_rate": Range(low=0.01, high=1e30, log=True)}
    root = tmp_path / "store"
    some = Training(name="a", recipe=baseline.recipe, search=Search(trials=3, ranges=wild))
    searched = replace(study, trainings=(some,), models={}, measured=(), comparisons=())
    assert run_study(searched, root, conditions()).ids["a"] in Shelf(root).ids()
    schedule = replace(baseline.recipe.schedule, learning_rate=1e29)
    hopeless = Search(trials=3, ranges={"learning_rate": Range(low=1e28, high=1e30)})
    none = replace(some, recipe=replace(baseline.recipe, schedule=schedule), search=hopeless)
    with pytest.raises(ValueError, match="all 3 trials ended in a loss that is not finite"):
        run_study(replace(searched, trainings=(none,)), root, conditions())


def test_data_of_another_task_are_refused_before_any_training(study: Study, tmp_path: Path) -> None:
    root = tmp_path / "store"
    with pytest.raises(ValueError, match="camvid is for segmentation; datasets for depth"):
        run_study(replace(study, task="depth"), root, conditions())
    with pytest.raises(ValueError, match="no split 'nope'"):
        run_study(replace(study, split="nope"), root, conditions())
    assert Shelf(root).ids() == []


def test_a_smoke_run_is_recorded_beside_the_whole(study: Study, tmp_path: Path) -> None:
    root = tmp_path / "store"
    own = replace(study, limit=5)
    run_study(own, root, conditions())
    run_study(limited(own, 4), root, conditions())
    few, whole = sorted(load_all(root), key=lambda one: one.name, reverse=True)
    assert (whole.name, whole.title, whole.smoke) == ("hues", "Hues, first 5", None)
    assert (few.name, few.title, few.smoke) == ("hues_first_4", "Hues, first 4", 4)


def test_the_best_of_several_is_chosen_on_another_split(study: Study, tmp_path: Path) -> None:
    (baseline, *_) = study.trainings
    other = Training(name="other", recipe=replace(baseline.recipe, seed=1))
    names = ("one", "two")
    chosen = replace(
        study,
        trainings=(baseline, other),
        models={"one": "{baseline}", "two": "{other}"},
        measured=(
            Measured(models=names, points=LADDER.points()[1:], split="train"),
            Measured(models=names, points=LADDER.points()[1:]),
        ),
        comparisons=(
            Comparison(
                title="the better one",
                codec="jpeg",
                before="one",
                after={"chosen": {95: names, 10: names}},
                chosen_on="train",
            ),
        ),
    )
    root = tmp_path / "store"
    record = run_study(chosen, root, conditions())
    store = Store(root)
    for level in (95, 10):
        scores = {
            entry.model: score(store.get(entry.cell))
            for entry in record.entries
            if entry.cell.level == level and entry.cell.split == "train"
        }
        assert set(scores) == set(names)
        best = max(names, key=scores.__getitem__)
        assert record.comparisons[0].after["chosen"][level] == (best,)
    (kept,) = load_all(root)
    results = {one.cell.hash: one for one in store.results()}
    lines = compare(kept, kept.comparisons[0], results).lines
    assert {results[line.cell].cell.split for line in lines} == {"val"}


def test_a_damaged_record(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"format": 7}')
    with pytest.raises(ValueError, match=r"x\.json' cannot be read: format is 7; 1 is allowed"):
        load(path)
    with pytest.raises(ValueError, match="cannot be read"):
        load(tmp_path / "none.json")
