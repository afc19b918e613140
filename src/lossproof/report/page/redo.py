"""Commands that measure or train again what a page tells."""

import json
import shlex
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from lossproof.records import Cell, Setting
from lossproof.report.titles import size_title
from lossproof.settings import spelled
from lossproof.studies.record import KeptStudy
from lossproof.training.card import Card
from lossproof.training.presets import PRESETS

_UNSAID: Mapping[str, Any] = {"validation": None, "holdout": 0.1}
"""What of a recipe the line has no option for, as it is when nothing is said."""
FOLDER, MODEL = "DATA_FOLDER", "MODEL"
"""Where it was not noted, what only the reader knows: where the data lie, and how the model is
opened."""


def sweep_command(cell: Cell, *, store: str, noted: Mapping[str, Any]) -> str:
    """The line that measures a cell.

    ``noted`` is what was noted when it was measured: data and model as they were given then, from
    the folder of that time.
    """
    words = ["lossproof", "sweep", "--task", with_settings(cell.task, cell.metric_settings)]
    words += ["--data", noted.get("data") or f"{cell.data}:{FOLDER}", "--split", cell.split]
    words += ["--model", noted.get("model") or MODEL]
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


def study_command(study: KeptStudy, *, store: str) -> str:
    """The line that runs a study again; nothing for one that no file was noted of."""
    if not study.file:
        return ""
    words = ["lossproof", "study", study.file]
    words += ["--data", study.data] if study.data else []
    words += ["--limit", str(study.smoke)] if study.smoke else []
    return shlex.join([*words, "--store", store])


def train_command(card: Card, *, store: str) -> str:
    """The line that trains a model again, from its card; nothing for one without a preset."""
    recipe = card.recipe
    if not recipe["preset"]:
        return ""
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
    precision = card.machine.get("precision", "no")
    words += ["--precision", precision] if precision != "no" else []
    return shlex.join([*words, "--seed", str(recipe["seed"]), "--store", store])


def beyond_preset(card: Card) -> dict[str, Any]:
    """What a study's file changed of the preset and of what is usual, which the line alone cannot
    give."""
    recipe = card.recipe
    found = PRESETS.get(f"{recipe['family']}/{recipe['preset']}")
    schedule = asdict(found.schedule) if found else {}
    augmentation = asdict(found.augmentation) if found else {}
    epochs = () if recipe["schedule"]["iterations"] is None else ("epochs",)
    return {
        **_changed(recipe["schedule"], schedule, but=("iterations", *epochs)),
        **_changed(recipe["augmentation"], augmentation),
        **_changed({name: recipe[name] for name in _UNSAID}, _UNSAID),
    }


def _changed(
    given: Mapping[str, Any], usual: Mapping[str, Any], *, but: Collection[str] = ()
) -> dict[str, Any]:
    """What is given other than usual, lists and tuples being alike, as a card has them."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(usual)))
    return {
        name: value
        for name, value in json.loads(json.dumps(dict(given))).items()
        if name not in but and plain.get(name) != value
    }


def with_settings(name: str, settings: Mapping[str, Setting]) -> str:
    """A task or a codec as the command line takes it."""
    given = ",".join(f"{key}={spelled(value)}" for key, value in sorted(settings.items()))
    return f"{name}:{given}" if given else name
