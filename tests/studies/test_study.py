"""What a study allows, the paper's plan, and smoke runs of it."""

from dataclasses import replace
from typing import Any

import pytest

from lossproof.studies import (
    Comparison,
    Ladder,
    Measured,
    Network,
    Part,
    Range,
    Search,
    Study,
    Training,
    baseline,
    network,
    retraining,
)
from lossproof.studies.study import filled, limited, trainings_in
from lossproof.training import Recipe, Schedule

LADDER = Ladder(codec="jpeg", levels=(95, 50, 10), frame_size=(32, 24))
SCHEDULE = Schedule(learning_rate=0.1, batch_size=4, epochs=3)
RECIPE = Recipe(family="segnet", data="camvid:here", schedule=SCHEDULE)
PLAIN = Study(name="one", title="One", task="segmentation", data="camvid:here")


@pytest.mark.parametrize(
    ("codec", "levels", "message"),
    [
        ("webp", (), "webp has no levels in a ladder; 1 or more are allowed"),
        ("jpeg", (10, 95), "from the best to the worst is allowed: 95, 10"),
        ("h264", (40, 23), "from the best to the worst is allowed: 23, 40"),
        ("jpeg", (95, 95), "from the best to the worst is allowed: 95"),
    ],
)
def test_a_ladder_goes_down(codec: str, levels: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Ladder(codec=codec, levels=levels)


def study(**changes: Any) -> Study:
    return replace(PLAIN, **changes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "One!"}, "study name 'One!' has other than a-z"),
        ({"trainings": (Training(name="a", recipe=RECIPE),) * 2}, "training 'a' stands twice"),
        ({"models": {"a": "{b}"}}, "training 'b' is not in the study; known: none"),
        ({"measured": (Measured(models=("a",), points=()),)}, "model 'a' is not in the study"),
        (
            {"comparisons": (Comparison(title="", codec="jpeg", before="a", after={}),)},
            "model 'a' is not in the study",
        ),
    ],
)
def test_names_must_be_there_once(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        study(**change)


def test_a_search_needs_trials() -> None:
    with pytest.raises(ValueError, match="trials is 0"):
        Search(trials=0, ranges={})


def test_a_search_begins_with_the_recipes_own() -> None:
    ranges = {"learning_rate": Range(low=0.2, high=0.4)}
    with pytest.raises(ValueError, match=r"learning_rate of a is 0\.1; its search allows 0\.2 to"):
        Training(name="a", recipe=RECIPE, search=Search(trials=2, ranges=ranges))


def test_models_are_made_of_trainings() -> None:
    spec = "{spatial 2.5},motion={motion 2.5}"
    assert trainings_in(spec) == ["spatial 2.5", "motion 2.5"]
    assert filled(spec, {"spatial 2.5": "a", "motion 2.5": "b"}) == "a,motion=b"


def test_the_papers_plan() -> None:
    again = replace(SCHEDULE, epochs=1)
    found = retraining(PLAIN, network(RECIPE, again), LADDER, table=1)
    recipes = {one.name: one.recipe for one in found.trainings}
    ways = [f"{way} {level}" for way in ("retrain", "recalibrate", "distil") for level in (50, 10)]
    assert list(recipes) == ["baseline", *ways]
    assert recipes["baseline"].compression.title == "source at 32x24"
    assert recipes["baseline"].schedule == SCHEDULE
    distilled = recipes["distil 10"]
    assert (distilled.parent, distilled.method) == ("baseline", "distil")
    assert (distilled.compression.title, distilled.schedule) == ("jpeg 10 at 32x24", again)
    assert found.models["retrain 50"] == "{retrain 50}"
    first, *others = found.measured
    assert [point.level for point in first.points] == [None, 95, 50, 10]
    assert [(one.models, one.points[0].level) for one in others] == [
        (("retrain 50", "recalibrate 50", "distil 50"), 50),
        (("retrain 10", "recalibrate 10", "distil 10"), 10),
    ]
    (comparison,) = found.comparisons
    assert comparison.after["retrain"] == {50: ("retrain 50",), 10: ("retrain 10",)}


def test_a_model_of_two_parts() -> None:
    parts = (Part(recipe=RECIPE, name="spatial"), Part(recipe=RECIPE, name="motion"))
    streams = Network(parts=parts, model="{spatial},motion={motion}")
    found = retraining(PLAIN, streams, LADDER, methods=["retrain"])
    assert [one.name for one in found.trainings][:3] == [
        "baseline spatial",
        "baseline motion",
        "retrain 50 spatial",
    ]
    assert found.models["retrain 50"] == "{retrain 50 spatial},motion={retrain 50 motion}"
    parents = {one.name: one.recipe.parent for one in found.trainings}
    assert parents["retrain 10 motion"] == "baseline motion"


def test_a_network_that_was_trained_before_has_no_start() -> None:
    parts = (
        Part(recipe=RECIPE, name="spatial", trained="one"),
        Part(recipe=RECIPE, name="motion", trained="two"),
    )
    streams = Network(parts=parts, model="{spatial},motion={motion}", trained="both")
    found = retraining(PLAIN, streams, LADDER, methods=["retrain"])
    assert [one.name for one in found.trainings][:2] == ["retrain 50 spatial", "retrain 50 motion"]
    assert [one.recipe.parent for one in found.trainings][:2] == ["one", "two"]
    assert found.models["baseline"] == "both"
    assert found.models["retrain 50"] == "{retrain 50 spatial},motion={retrain 50 motion}"
    with pytest.raises(ValueError, match="both or neither"):
        replace(streams, trained=None)


def test_a_baseline_alone() -> None:
    found = baseline(PLAIN, network(RECIPE), LADDER)
    assert [one.name for one in found.trainings] == ["baseline"]
    assert found.models == {"baseline": "{baseline}"}
    (measured,) = found.measured
    assert [point.codec.level for point in measured.points] == [None, *LADDER.levels]
    assert measured.points[0].codec.name == "source"
    assert found.trainings[0].recipe.compression.codec == "source"


def test_a_smoke_run_is_short() -> None:
    whole = retraining(PLAIN, network(RECIPE), LADDER)
    short = limited(whole, 4)
    assert short.limit == 4
    for training in short.trainings:
        assert training.recipe.limit == 4
        assert training.recipe.schedule.iterations == 4
    few = replace(SCHEDULE, epochs=None, iterations=2)
    (first, *_) = limited(
        retraining(PLAIN, network(replace(RECIPE, schedule=few)), LADDER), 4
    ).trainings
    assert first.recipe.schedule.iterations == 2


def test_a_limit_is_never_raised() -> None:
    few = retraining(replace(PLAIN, limit=3), network(replace(RECIPE, limit=2)), LADDER)
    short = limited(few, 4)
    assert short.limit == 3
    assert {training.recipe.limit for training in short.trainings} == {2}
