"""The commands on a page are ones that the command line takes."""

import shlex
from typing import Any

import pytest
import typer

from lossproof.cli import app
from lossproof.codecs import parse_codec
from lossproof.console.arguments import make_points
from lossproof.records import Cell
from lossproof.report.page.redo import beyond_preset, study_command, sweep_command, train_command
from lossproof.tasks import parse_task
from lossproof.training import Compression, preset
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
    given = parsed(sweep_command(wanted, model_id="abc", store="my store", noted={}))
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
    given = parsed(sweep_command(wanted, model_id="", store="s", noted={}))
    assert list(given["model"]) == ["MODEL"]
    assert parse_task(given["task"]).settings["cap"] == 10.0
    assert parse_task(given["task"]).settings["median_scaling"] is True


def test_data_and_model_are_those_that_were_noted() -> None:
    noted = {"data": "camvid:my data/CamVid", "model": "net.py:load"}
    given = parsed(sweep_command(cell(), model_id="", store="s", noted=noted))
    assert (given["data"], list(given["model"])) == ("camvid:my data/CamVid", ["net.py:load"])
    trained = parsed(sweep_command(cell(), model_id="abc", store="s", noted=noted))
    assert list(trained["model"]) == ["abc"]


def test_source_has_no_level() -> None:
    wanted = result("source", None, accuracy=0.9).cell
    given = parsed(sweep_command(wanted, model_id="abc", store="s", noted={}))
    assert not given["levels"]
    assert not given["frame_size"]


@pytest.mark.parametrize(("name", "limit"), [("mine", None), ("mine_first_4", 4)])
def test_a_study(name: str, limit: int | None) -> None:
    given = parsed(study_command(name, data="camvid:my data", store="s"))
    assert (str(given["file"]), given["limit"], str(given["store"])) == ("mine.py", limit, "s")
    assert given["data"] == "camvid:my data"
    assert parsed(study_command(name, data="", store="s"))["data"] is None


def test_a_training_and_what_its_line_cannot_say() -> None:
    given = parsed(train_command(card(), store="s"))
    assert (given["family"], given["preset"], given["codec"]) == ("segnet", "small", "jpeg")
    assert (given["levels"], given["frame_size"]) == ("75,10", "240x180")
    assert given["parent"] == "0123456789ab"
    assert beyond_preset(card()) == {}
    made = card()
    made.recipe["schedule"]["learning_rate"] = 0.5  # type: ignore[index]
    assert beyond_preset(made) == {"learning_rate": 0.5}
