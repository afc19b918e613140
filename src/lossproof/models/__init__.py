"""Models: one file per architecture, one line in the table; or the user's own file or network.

Opening a model imports neither torch nor ONNX Runtime until the form that needs it is asked for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from lossproof.models.model import Model, Wanted
from lossproof.models.zoo import ZOO
from lossproof.tables import by_name, look_up


@dataclass(frozen=True)
class Architecture:
    """A model that comes with lossproof: its published name, its task, and what opens it.

    ``opener`` is ``module:function``. It is called with the path of a weights file, or None for an
    untrained network, and with what is ``Wanted`` of it.
    """

    name: str
    task: str
    opener: str


MODELS: Mapping[str, Architecture] = by_name(
    [
        Architecture("segnet", "segmentation", "lossproof.models.segnet:open_segnet"),
        Architecture("openpose", "pose", "lossproof.models.openpose:open_openpose"),
        Architecture("depth_gan", "depth", "lossproof.models.depth_gan:open_depth_gan"),
        *(
            Architecture(name, "detection", f"lossproof.models.faster_rcnn:open_{name}")
            for name in (
                "faster_rcnn",
                "faster_rcnn_mobilenet_v3",
                "faster_rcnn_mobilenet_v3_320",
            )
        ),
        Architecture("two_stream", "action", "lossproof.models.two_stream:open_two_stream"),
        Architecture("identity", "fidelity", "lossproof.models.identity:open_identity"),
    ]
)

FORMS = (
    "NAME or NAME:weights.safetensors, FILE.toml or FILE.toml:weights.onnx (an ONNX network), "
    "FILE.py:FUNCTION (your own model); settings follow as ,NAME=VALUE"
)

__all__ = ["FORMS", "MODELS", "Architecture", "Model", "open_model"]

_SETTINGS = re.compile(r"(?P<model>.*?)(?P<settings>(?:,\w+=[^,]*)*)", re.DOTALL)
_ONNX = re.compile(r"(?P<file>.+\.toml)(?::(?P<weights>.+))?", re.DOTALL)
_USER = re.compile(r"(?P<file>.+\.py)(?::(?P<function>.*))?", re.DOTALL)


def open_model(
    spec: str,
    *,
    task: str,
    num_classes: int,
    classes: tuple[str, ...] = (),
    device: str = "cpu",
    threads: int | None = None,
) -> Model:
    """The model that ``spec`` stands for, in one of ``FORMS``; the rest is as in ``Wanted``.

    The weights are loaded on the first prediction, but what decides the predictions is hashed now.
    Raises ValueError for another form, an unknown name, a missing file or a declaration that does
    not fit, and ImportError when an extra is not installed.
    """
    whole = _SETTINGS.fullmatch(_unpacked(spec))
    assert whole is not None
    wanted = Wanted(
        task=task,
        num_classes=num_classes,
        classes=classes,
        device=device,
        threads=threads,
        settings=_settings(whole["settings"]),
    )
    if match := _ONNX.fullmatch(whole["model"]):
        return _open("lossproof.models.onnx:open_onnx", match["file"], match["weights"], wanted)
    if match := _USER.fullmatch(whole["model"]):
        return _open("lossproof.models.user:open_user", match["file"], match["function"], wanted)
    return _open_named(whole["model"], wanted)


def _unpacked(spec: str) -> str:
    """A network of the zoo, by its name, becomes the files that it is made of, and its settings."""
    name, comma, rest = spec.partition(",")
    if name not in ZOO:
        return spec
    return ZOO[name].called(ZOO[name].spec, **_settings(comma + rest))


def _settings(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(",")[1:]]
    names = [name for name, _, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"setting {name!r} is given twice in {text[1:]!r}")
    return {name: value for name, _, value in pairs}


def _open_named(spec: str, wanted: Wanted) -> Model:
    if spec.endswith(".onnx"):
        raise ValueError(
            f"model {spec!r} is an ONNX network without its declaration (colour order, mean, "
            f"output); FILE.toml:{spec} is allowed, see examples/cgnet_camvid.toml"
        )
    name, colon, weights = spec.partition(":")
    if colon and not weights:
        raise ValueError(f"model {spec!r} ends after the colon; allowed: {FORMS}")
    tasks = {name: entry.task for name, entry in MODELS.items()}
    tasks |= {name: entry.task for name, entry in ZOO.items()}
    try:
        look_up(tasks, name, kind="model")
    except ValueError as error:
        raise ValueError(f"{error}; allowed: {FORMS}") from None
    if name in ZOO:
        raise ValueError(f"{name} has weights of its own, but {weights} is given; leave it away")
    found = MODELS[name]
    if found.task != wanted.task:
        known = [other for other, task in tasks.items() if task == wanted.task]
        allowed = ", ".join(known) or "your own"
        raise ValueError(f"{name} is for {found.task}; models for {wanted.task}: {allowed}")
    model: Model = _opener(found.opener)(Path(weights).expanduser() if weights else None, wanted)
    return model


def _open(opener: str, file: str, rest: str | None, wanted: Wanted) -> Model:
    model: Model = _opener(opener)(Path(file).expanduser(), rest, wanted)
    return model


def _opener(place: str) -> Any:
    module, _, function = place.partition(":")
    return getattr(import_module(module), function)
