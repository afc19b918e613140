"""What is known of a trained model: where it comes from and what came out."""

import math
import os
import platform
import socket
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from lossproof.records import Setting

FORMAT = 1
_PACKAGES = (
    *("lossproof", "torch", "torchvision", "accelerate", "safetensors", "numpy"),
    *("imagecodecs", "opencv-contrib-python-headless", "av"),
)


@dataclass(frozen=True)
class Lap:
    """An epoch: the iterations done after it, its mean loss, and the validation score if any."""

    step: int
    loss: float
    score: float = math.nan


@dataclass(frozen=True, kw_only=True)
class Card:
    """One trained model.

    ``parent`` and ``parent_weights`` are what the recipe named and the digest of that file, None
    where there is no parent. ``data`` and ``validation_data`` are content fingerprints. ``score``
    is the validation's, of the weights kept, called ``score_name``. ``damaged`` are samples that
    could not be read, with the reason. ``recipe`` is the whole recipe.
    """

    id: str
    arch: str
    num_classes: int
    classes: tuple[str, ...]
    network_settings: Mapping[str, Setting]
    recipe: Mapping[str, Any]
    family_settings: Mapping[str, Setting]
    parent: str | None
    parent_weights: str | None
    weights: str
    data: str
    validation_data: str
    num_training: int
    num_validation: int
    score_name: str
    score: float
    laps: tuple[Lap, ...]
    duration_seconds: float
    damaged: Mapping[str, str] = field(default_factory=dict)
    machine: Mapping[str, Any] = field(default_factory=dict)


def to_json(card: Card) -> dict[str, Any]:
    """The card in a form that JSON can hold; ``from_json`` is its inverse. NaN becomes null."""
    return {"format": FORMAT, **_without_nan(asdict(card))}


def from_json(stored: Mapping[str, Any]) -> Card:
    """Raises ValueError for another format and LookupError or TypeError for missing fields."""
    if stored["format"] != FORMAT:
        raise ValueError(f"format is {stored['format']!r}; {FORMAT} is allowed")
    known = {field.name: stored[field.name] for field in fields(Card)}
    known["classes"] = tuple(known["classes"])
    known["laps"] = tuple(
        Lap(lap["step"], _number(lap["loss"]), _number(lap["score"])) for lap in known["laps"]
    )
    known["score"] = _number(known["score"])
    return Card(**known)


def machine(*, device: str, precision: str, torch_threads: int) -> dict[str, Any]:
    """Where and with what a model was trained."""
    return {
        "host": socket.gethostname(),
        "platform": platform.platform(),
        "python": platform.python_version(),
        "num_cpus": os.cpu_count(),
        "device": device,
        "precision": precision,
        "torch_threads": torch_threads,
        "packages": {name: found for name in _PACKAGES if (found := _version(name))},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _without_nan(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _without_nan(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_without_nan(one) for one in value]
    return value


def _number(value: float | None) -> float:
    return math.nan if value is None else value
