"""Commands that measure or train again what a page tells."""

import shlex
from collections.abc import Mapping
from typing import Any

from lossproof.records import Cell, Setting
from lossproof.report.titles import size_title
from lossproof.settings import spelled
from lossproof.training.card import Card
from lossproof.training.presets import PRESETS

FOLDER, MODEL = "DATA_FOLDER", "MODEL"
"""Where it was not noted, what only the reader knows: where the data lie, and how the model is
opened."""


def sweep_command(cell: Cell, *, model_id: str, store: str, noted: Mapping[str, Any]) -> str:
    """The line that measures a cell; ``model_id`` is empty where no training made its model.

    ``noted`` is what was noted when it was measured: data and model as they were given then, from
    the folder of that time.
    """
    words = ["lossproof", "sweep", "--task", with_settings(cell.task, cell.metric_settings)]
    words += ["--data", noted.get("data") or f"{cell.data}:{FOLDER}", "--split", cell.split]
    words += ["--model", model_id or noted.get("model") or MODEL]
    words += ["--codec", with_settings(cell.codec, cell.settings)]
    if cell.level is not None:
        words += ["--levels", f"{cell.level:g}"]
    if cell.frame_size:
        words += ["--frame-size", size_title(cell.frame_size)]
    if cell.limit:
        words += ["--limit", str(cell.limit)]
    if cell.labels == "model":
        words += ["--labels", "model"]
    return shlex.join([*words, "--store", store])


def study_command(name: str, *, data: str, store: str) -> str:
    """The line that runs a study again; ``data`` are empty where they were not noted."""
    words = ["lossproof", "study", f"{name.partition('_first_')[0]}.py"]
    words += ["--data", data] if data else []
    return shlex.join([*words, *_limit(name), "--store", store])


def train_command(card: Card, *, store: str) -> str:
    """The line that trains a model again, from its card."""
    recipe = card.recipe
    compression = recipe["compression"]
    words = ["lossproof", "train", "--family", recipe["family"]]
    words += ["--data", f"{recipe['data'].partition(':')[0]}:{FOLDER}", "--split", recipe["split"]]
    words += ["--preset", recipe["preset"], "--codec", compression["codec"]]
    levels = [f"{one:g}" for one in compression["levels"] if one is not None]
    words += ["--levels", ",".join(levels)] if levels else []
    if compression["frame_size"]:
        words += ["--frame-size", size_title(compression["frame_size"])]
    words += ["--method", recipe["method"]]
    words += ["--parent", recipe["parent"]] if recipe["parent"] else []
    for name, value in recipe["settings"].items():
        words += ["--setting", f"{name}={spelled(value)}"]
    words += ["--limit", str(recipe["limit"])] if recipe["limit"] else []
    if recipe["schedule"]["iterations"]:
        words += ["--iterations", str(recipe["schedule"]["iterations"])]
    return shlex.join([*words, "--seed", str(recipe["seed"]), "--store", store])


def beyond_preset(card: Card) -> dict[str, Any]:
    """What a study's file changed of the preset's schedule, which the line alone cannot give."""
    recipe = card.recipe
    found = PRESETS.get(f"{recipe['family']}/{recipe['preset']}")
    usual = vars(found.schedule) if found else {}
    lengths = ("iterations", "epochs")
    return {
        name: value
        for name, value in recipe["schedule"].items()
        if name not in lengths and usual.get(name) != value
    }


def with_settings(name: str, settings: Mapping[str, Setting]) -> str:
    """A task or a codec as the command line takes it."""
    given = ",".join(f"{key}={spelled(value)}" for key, value in sorted(settings.items()))
    return f"{name}:{given}" if given else name


def _limit(name: str) -> list[str]:
    limit = name.partition("_first_")[2]
    return ["--limit", limit] if limit.isdigit() else []
