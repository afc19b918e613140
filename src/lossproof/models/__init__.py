"""Models: one file per architecture, one line in the table; or the user's own file or network.

Opening a model imports neither torch nor ONNX Runtime until the form that needs it is asked for.
"""

import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from lossproof.models.model import Model
from lossproof.tables import look_up

MODELS: Mapping[str, str] = {
    "segnet": "lossproof.models.segnet:open_segnet",
}
"""Architectures by their published names, and the function that opens each.

An opener is called with the path of a weights file, or None for an untrained network, and with the
keywords ``num_classes``, ``device`` and ``threads`` of ``open_model``.
"""

FORMS = (
    "NAME or NAME:weights.safetensors, FILE.toml or FILE.toml:weights.onnx (any ONNX network), "
    "FILE.py:FUNCTION (your own model)"
)

__all__ = ["FORMS", "MODELS", "Model", "open_model"]

_ONNX = re.compile(r"(?P<file>.+\.toml)(?::(?P<weights>.+))?", re.DOTALL)
_USER = re.compile(r"(?P<file>.+\.py)(?::(?P<function>.*))?", re.DOTALL)


def open_model(
    spec: str, *, num_classes: int, device: str = "cpu", threads: int | None = None
) -> Model:
    """The model that ``spec`` stands for, in one of ``FORMS``.

    ``num_classes`` is the dataset's. ``device`` is ``cpu``, ``cuda`` or ``cuda:N``. ``threads`` is
    how many threads of the processor a prediction may use, None for all. The weights are loaded on
    the first prediction, but what decides the predictions is hashed now. Raises ValueError for
    another form, an unknown name, a missing file or a declaration that does not fit, and
    ImportError when an extra is not installed.
    """
    if num_classes < 1:
        raise ValueError(f"num_classes is {num_classes}; 1 or more are allowed")
    if threads is not None and threads < 1:
        raise ValueError(f"threads is {threads}; 1 or more, or None for all, are allowed")
    options: dict[str, Any] = {"num_classes": num_classes, "device": device, "threads": threads}
    if match := _ONNX.fullmatch(spec):
        return _open("lossproof.models.onnx:open_onnx", match["file"], match["weights"], options)
    if match := _USER.fullmatch(spec):
        return _open("lossproof.models.user:open_user", match["file"], match["function"], options)
    return _open_named(spec, options)


def _open_named(spec: str, options: Mapping[str, Any]) -> Model:
    if spec.endswith(".onnx"):
        raise ValueError(
            f"model {spec!r} is an ONNX network without its declaration (colour order, mean, "
            f"output); FILE.toml:{spec} is allowed, see examples/cgnet_camvid.toml"
        )
    name, colon, weights = spec.partition(":")
    if colon and not weights:
        raise ValueError(f"model {spec!r} ends after the colon; allowed: {FORMS}")
    try:
        opener = look_up(MODELS, name, kind="model")
    except ValueError as error:
        raise ValueError(f"{error}; allowed: {FORMS}") from None
    model: Model = _opener(opener)(Path(weights).expanduser() if weights else None, **options)
    return model


def _open(opener: str, file: str, rest: str | None, options: Mapping[str, Any]) -> Model:
    model: Model = _opener(opener)(Path(file).expanduser(), rest, **options)
    return model


def _opener(place: str) -> Any:
    module, _, function = place.partition(":")
    return getattr(import_module(module), function)
