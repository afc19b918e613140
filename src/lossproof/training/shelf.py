"""Trained models in a folder: each under its id, with its weights and its card."""

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, final

from lossproof.atomic import write_bytes
from lossproof.records import Setting
from lossproof.training.card import Card, from_json, to_json
from lossproof.training.saving import explained

WEIGHTS = "model.safetensors"
CARD = "card.json"
_ID = re.compile(r"[0-9a-f]{12}")
_LIKE_AN_ID = re.compile(r"[0-9a-f]{8,13}")


class Shelved(NamedTuple):
    """What ``open_model`` needs: ``ARCH:PATH``. The settings stand in the weights file as well."""

    arch: str
    path: Path
    settings: Mapping[str, Setting]


@final
@dataclass(frozen=True)
class Shelf:
    """``models/ID/`` holds ``model.safetensors`` and ``card.json``; it is put together as
    ``training/ID/model/`` and renamed, so that a model is there whole or not at all. Beside that
    lies its checkpoint, and beside ``training/ID/`` the lock of whoever is training it."""

    root: Path

    def contains(self, model: str) -> bool:
        return bool(_ID.fullmatch(model)) and self._card(model).is_file()

    def ids(self) -> list[str]:
        """Of every model, in order."""
        found = (path.parent.name for path in self.root.glob("models/*/card.json"))
        return sorted(name for name in found if _ID.fullmatch(name))

    def card(self, model: str) -> Card:
        """What is known of a model. Raises ValueError for one that is not there or damaged."""
        self._check(model)
        path = self._card(model)
        try:
            return from_json(json.loads(path.read_bytes()))
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise ValueError(f"card {str(path)!r} cannot be read: {error}") from error

    def weights(self, model: str) -> Path:
        """The weights file of a model. Raises ValueError for one that is not there."""
        self._check(model)
        return self._models(model) / WEIGHTS

    def workplace(self, model: str) -> Path:
        """The folder of a model that is being trained; it need not exist."""
        return self.root / "training" / model

    def lock(self, model: str) -> Path:
        """The file that is locked by whoever trains a model; it need not exist."""
        return self.root / "training" / f"{model}.lock"

    def unfinished(self, model: str) -> Path:
        """The folder in its workplace that becomes the model's."""
        return self.workplace(model) / "model"

    def put(self, card: Card) -> None:
        """Finish the model whose weights are in its unfinished folder, and clear its workplace.

        Raises OSError when its card cannot be written.
        """
        folder = self.unfinished(card.id)
        text = json.dumps(to_json(card), indent=1, allow_nan=False)
        with explained("the card", folder / CARD, kept="run again, the weights are kept"):
            write_bytes(folder / CARD, text.encode())
        (self.root / "models").mkdir(parents=True, exist_ok=True)
        if not self.contains(card.id):  # else another process came first
            folder.rename(self._models(card.id))
        shutil.rmtree(self.workplace(card.id), ignore_errors=True)

    def _check(self, model: str) -> None:
        if not self.contains(model):
            known = ", ".join(self.ids()) or "none"
            raise ValueError(f"model {model!r} is not in {self.root}; known ids: {known}")

    def _models(self, model: str) -> Path:
        return self.root / "models" / model

    def _card(self, model: str) -> Path:
        return self._models(model) / CARD


def in_full(shelf: Shelf, spec: str) -> str:
    """A model's text as ``open_model`` takes it, where ids of models on the shelf become files.

    ``ID`` becomes ``ARCH:FILE``, and ``ID,motion=ID`` ``ARCH:FILE,motion=FILE``. Raises ValueError
    for a model that looks like an id and is none.
    """
    model, *given = spec.split(",")
    if _LIKE_AN_ID.fullmatch(model):
        found = weights_of(shelf, model)
        model = f"{found.arch}:{found.path}"
    return ",".join([model, *(_setting_in_full(shelf, one) for one in given)])


def _setting_in_full(shelf: Shelf, given: str) -> str:
    name, _, value = given.partition("=")
    return f"{name}={shelf.weights(value)}" if shelf.contains(value) else given


def weights_of(shelf: Shelf, model: str) -> Shelved:
    """What opens the model of an id. Raises ValueError for one that is not there."""
    card = shelf.card(model)
    return Shelved(card.arch, shelf.weights(model), card.network_settings)
