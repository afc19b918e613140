"""The commands on a page are ones that the command line takes."""

import shlex
from dataclasses import replace
from typing import Any

import pytest
import typer

from lossproof.cli import app
from lossproof.codecs import parse_codec
from lossproof.console.arguments import make_points
from lossproof.records import Cell
from lossproof.report.page.redo import beyond_preset, study_command, sweep_command, train_command
from lossproof.studies.record import KeptStudy
from lossproof.tasks import parse_task
from lossproof.training import Augmentation, Compression, preset
from lossproof.training.card import Card
from tests.report.results import result
from tests.training.cards import plain_card

from .made import JPEG


def parsed(line: str) -> dict[str, Any]:
    """What the command line makes of it."""
    program, command, *words = shlex.split(line)
    assert program == "lossproof"
    group: Any = typer.main.get_command(app)
    found = group.commands[command]
    parameters: dict[str, Any] = found.make_context(command, words).params
    return parameters


def card(**changes: Any) -> Card:
    recipe = preset(
        "segnet",
        "small",
        data="camvid:/some where",
        compression=Compression(codec="jpeg", levels=(75, 10), frame_size=(240, 180)),
        parent="0123456789ab",
        **changes,
    )
    return plain_card(recipe=recipe.as_dict(), parent=recipe.parent)


def cell(**fields: Any) -> Cell:
    return result("jpeg", 50, accuracy=0.9, **{"settings": JPEG, **fields}).cell


def test_a_sweep_measures_the_same_point() -> None:
    wanted = cell(limit=4, frame_size=(320, 240))
    given = parsed(sweep_command(wanted, store="my store", noted={"model": "abc"}))
    assert given["data"] == "camvid:DATA_FOLDER"
    assert given["split"] == "test"
    assert list(given["model"]) == ["abc"]
    assert given["limit"] == 4
    assert str(given["store"]) == "my store"
    points = make_points(given["codec"], given["levels"], given["frame_size"])
    assert (points[-1].codec.name, points[-1].level) == ("jpeg", 50)
    assert points[-1].frame_size == (320, 240)
    assert parse_codec(given["codec"][0]) == ("jpeg", JPEG)


def test_settings_of_the_metric_are_told() -> None:
    wanted = cell(task="depth", metric_settings={"cap": 10.0, "median_scaling": True})
    given = parsed(sweep_command(wanted, store="s", noted={}))
    assert list(given["model"]) == ["MODEL"]
    assert parse_task(given["task"]).settings["cap"] == 10.0
    assert parse_task(given["task"]).settings["median_scaling"] is True


def test_data_and_model_are_those_that_were_noted() -> None:
    noted = {"data": "camvid:my data/CamVid", "model": "net.py:load"}
    given = parsed(sweep_command(cell(), store="s", noted=noted))
    assert (given["data"], list(given["model"])) == ("camvid:my data/CamVid", ["net.py:load"])


def test_source_has_no_level() -> None:
    wanted = result("source", None, accuracy=0.9).cell
    given = parsed(sweep_command(wanted, store="s", noted={}))
    assert not given["levels"]
    assert not given["frame_size"]


def kept(**fields: Any) -> KeptStudy:
    nothing: dict[str, Any] = {"notes": "", "models": (), "ids": {}, "cells": {}, "comparisons": ()}
    return KeptStudy(name="mine", title="Mine", task="segmentation", **nothing, **fields)


@pytest.mark.parametrize("smoke", [None, 4])
def test_a_study(smoke: int | None) -> None:
    study = kept(data="camvid:my data", file="my studies/one.py", smoke=smoke)
    given = parsed(study_command(study, store="s"))
    assert str(given["file"]) == "my studies/one.py"
    assert (given["data"], given["limit"], str(given["store"])) == ("camvid:my data", smoke, "s")
    assert parsed(study_command(replace(study, data=""), store="s"))["data"] is None
    assert study_command(replace(study, file=""), store="s") == ""


def test_a_training_and_what_its_line_cannot_say() -> None:
    given = parsed(train_command(card(), store="s"))
    assert (given["family"], given["preset"], given["codec"]) == ("segnet", "small", "jpeg")
    assert (given["levels"], given["frame_size"]) == ("75,10", "240x180")
    assert given["parent"] == "0123456789ab"
    assert beyond_preset(card()) == {}
    made = card()
    made.recipe["schedule"]["learning_rate"] = 0.5  # type: ignore[index]
    assert beyond_preset(made) == {"learning_rate": 0.5}
    others = card(validation="val", holdout=0.2, augmentation=Augmentation(crop=(8, 8), flip=True))
    assert beyond_preset(others) == {"crop": [8, 8], "validation": "val", "holdout": 0.2}


def test_a_training_tells_its_precision_and_one_without_a_preset_has_no_line() -> None:
    assert parsed(train_command(card(), store="s"))["precision"] == "no"
    made = replace(card(), machine={**card().machine, "precision": "bf16"})
    assert parsed(train_command(made, store="s"))["precision"] == "bf16"
    assert train_command(replace(made, recipe={**made.recipe, "preset": ""}), store="s") == ""
