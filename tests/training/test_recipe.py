"""Recipes: what they allow, and what of them decides the weights."""

from dataclasses import replace
from typing import Any

import pytest

from lossproof.training import Augmentation, Compression, Conditions, Recipe, Schedule, preset
from lossproof.training.presets import PRESETS


def schedule(**changes: Any) -> Schedule:
    fields: dict[str, Any] = {"learning_rate": 0.1, "batch_size": 4, "epochs": 3}
    return Schedule(**{**fields, **changes})


def recipe(**changes: Any) -> Recipe:
    fields: dict[str, Any] = {"family": "segnet", "data": "camvid:here", "schedule": schedule()}
    return Recipe(**{**fields, **changes})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"codec": "jpeg", "levels": (0,)}, r"jpeg quality 0 is out of range; .* 1 to 100"),
        ({"codec": "jpeg", "levels": (95, 101)}, r"101 is out of range"),
        ({"codec": "jpeg", "levels": ()}, "levels are none; 1 or more"),
        ({"codec": "jpge", "levels": (5,)}, "did you mean 'jpeg'"),
        ({"codec": "jpeg:subsampling=1", "levels": (5,)}, "4:2:0"),
        ({"frame_size": (0, 4)}, r"frame_size is \(0, 4\)"),
    ],
)
def test_compressions_that_are_not_allowed(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Compression(**fields)


def test_the_levels_between_two() -> None:
    assert Compression.between("jpeg", 5, 8).levels == (5, 6, 7, 8)
    assert Compression.between("h264", 22.5, 24).levels == (23, 24)
    spread = Compression.between("jpeg2000", 20, 35).levels
    assert spread == tuple(float(n) for n in range(20, 36))
    with pytest.raises(ValueError, match="levels run from 9 to 5; low < high"):
        Compression.between("jpeg", 9, 5)
    with pytest.raises(ValueError, match="101 is out of range"):
        Compression.between("jpeg", 90, 101)


def test_the_learning_rate_drops_in_steps() -> None:
    assert [schedule().rate(step) for step in (0, 99)] == [0.1, 0.1]
    dropped = schedule(drop_every=10, drop_to=0.5)
    assert [dropped.rate(step) for step in (0, 9, 10, 25)] == [0.1, 0.1, 0.05, 0.025]


def test_iterations_or_epochs() -> None:
    assert schedule().num_steps(7) == 21
    assert schedule(epochs=None, iterations=10).num_steps(7) == 10
    for epochs, iterations in ((None, None), (1, 1)):
        with pytest.raises(ValueError, match="one of them is allowed"):
            schedule(epochs=epochs, iterations=iterations)


@pytest.mark.parametrize("name", ["batch_size", "epochs", "drop_every", "validate_every"])
def test_schedules_that_are_not_allowed(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is 0; 1 or more"):
        schedule(**{name: 0})


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf")])
def test_learning_rates_that_are_not_allowed(rate: float) -> None:
    with pytest.raises(ValueError, match=r"learning_rate is .*; more than 0 is allowed"):
        schedule(learning_rate=rate)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"holdout": 1.0}, "holdout is 1.0"),
        ({"limit": 0}, "limit is 0"),
        ({"seed": -1}, "seed is -1"),
        ({"method": "distil"}, "distil needs a parent"),
    ],
)
def test_recipes_that_are_not_allowed(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        recipe(**fields)


def test_where_data_and_parent_lie_is_no_part_of_the_identity() -> None:
    one = recipe(parent="a.safetensors", preset="small")
    other = replace(one, data="camvid:elsewhere", parent="b.safetensors", preset="")
    assert one.identity() == other.identity()


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"compression": Compression(codec="jpeg", levels=(5,))},
        {"augmentation": Augmentation(flip=True)},
        {"schedule": schedule(learning_rate=0.2)},
        {"data": "cityscapes:here"},
        {"parent": "p", "method": "recalibrate"},
    ],
)
def test_everything_else_is(change: dict[str, Any]) -> None:
    assert recipe().identity() != recipe(**change).identity()


@pytest.mark.parametrize("name", PRESETS)
def test_presets_can_be_had_and_changed(name: str) -> None:
    family, _, kind = name.partition("/")
    made = preset(family, kind, data="camvid:here", settings={"width": 0.5}, seed=3)
    assert (made.family, made.preset, made.seed) == (family, kind, 3)
    assert made.settings["width"] == 0.5
    assert made.schedule == PRESETS[name].schedule


def test_the_papers_hyper_parameters() -> None:
    segnet = preset("segnet", "paper", data="cityscapes:here").schedule
    assert (segnet.learning_rate, segnet.momentum) == (0.1, 0.9)
    assert (segnet.batch_size, segnet.iterations) == (12, 33_000)
    depth = preset("depth_gan", "paper", data="synthia:here").schedule
    assert (depth.learning_rate, depth.batch_size, depth.epochs) == (1e-4, 10, 10)
    pose = preset("openpose", "paper", data="coco_keypoints:here")
    assert (pose.schedule.learning_rate, pose.schedule.batch_size) == (1e-3, 8)
    assert pose.schedule.epochs == 40
    assert pose.augmentation.crop == (368, 368)
    detector = preset("faster_rcnn", "paper", data="voc:here").schedule
    assert (detector.learning_rate, detector.weight_decay) == (1e-3, 5e-4)
    assert detector.iterations == 60_000
    with pytest.raises(ValueError, match=r"unknown preset of segnet 'large'; known: paper, small"):
        preset("segnet", "large", data="camvid:here")


def test_a_title_tells_models_apart() -> None:
    child = recipe(parent="a", compression=Compression(codec="jpeg", levels=(5,)))
    several = Compression(codec="jpeg", levels=(95, 50, 10), frame_size=(320, 240))
    many = Compression.between("jpeg", 5, 95)
    assert recipe().title == "trained on source"
    assert child.title == "retrained on jpeg 5"
    assert recipe(seed=2, compression=several).title == (
        "trained on jpeg 95, 50, 10 at 320x240, seed 2"
    )
    assert replace(child, method="distil", compression=many).title == "distilled on jpeg 5 to 95"


def test_methods_and_devices_that_are_not_there() -> None:
    with pytest.raises(ValueError, match="method is 'tune'; retrain, recalibrate, distil are"):
        recipe(parent="a", method="tune")
    with pytest.raises(ValueError, match="device of training is 'cuda:1'; cpu and cuda are"):
        Conditions(device="cuda:1")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="precision of training is 'fp8'; no and bf16 are"):
        Conditions(precision="fp8")  # type: ignore[arg-type]
