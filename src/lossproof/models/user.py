"""The user's own model: one Python file with a function that returns an object with ``predict``.

    class Mine:
        name = "mine"
        version = "3"          # a new one whenever predictions may change
        batch_size = 4

        def to(self, device): ...
        def predict(self, frames): ...   # list of (H, W, 3) uint8 RGB -> list of predictions

    def load():
        return Mine()

Only ``predict`` is required. What it returns per frame (for action: per clip (T, H, W, 3)) is
stated in records.py; torch tensors are taken too. The weights hash covers this file's content, the
function and ``version``: where weights or code lie elsewhere, ``version`` must change with them.
"""

import contextlib
import importlib.util
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, final

import numpy as np

from lossproof.models.once import Once
from lossproof.models.weights_hash import content_digests, weights_hash
from lossproof.records import Frames
from lossproof.tables import look_up

_VERSION = "user-1"


def open_user(
    file: Path, function: str | None, *, num_classes: int, device: str, threads: int | None
) -> "UserModel":
    """Call ``function`` of ``file`` for the model. Raises ValueError when that gives none.

    ``num_classes`` and ``threads`` are not the file's concern. ``device`` goes to its ``to``, where
    it has one.
    """
    if not function:
        raise ValueError(f"model {str(file)!r} names no function; {file}:load is allowed")
    (digest,) = content_digests([file], kind="model file")
    spec = f"{file}:{function}"
    with _folder_on_path(file):
        module = _import(file, digest)
        theirs = _call(_function(module, function, file), spec)
    if not hasattr(theirs, "predict"):
        raise ValueError(
            f"{spec} returned {type(theirs).__name__} without predict; an object with "
            "predict(frames) is allowed"
        )
    return UserModel(theirs, spec=spec, function=function, digest=digest, device=device)


@final
class UserModel:
    """The user's object behind the contract of a model; threads take turns with it."""

    def __init__(self, theirs: Any, *, spec: str, function: str, digest: str, device: str) -> None:
        version = getattr(theirs, "version", None)
        stem = Path(spec.removesuffix(f":{function}")).stem
        self.name = str(getattr(theirs, "name", None) or f"{stem}:{function}")
        version = None if version is None else str(version)
        self.weights = weights_hash(_VERSION, digest, function, version)
        self.batch_size = _batch_size(getattr(theirs, "batch_size", 1), spec)
        self._spec = spec
        self._turn = threading.Lock()
        self._placed = Once(lambda: _placed(theirs, spec, device))

    def predict(self, frames: Sequence[Frames]) -> list[Any]:
        """One prediction per frame. Raises ValueError when theirs fails or gives another number."""
        theirs = self._placed()
        # Copies: what they do to a frame must not reach the other models that get it.
        theirs_frames = [np.array(frame, order="C") for frame in frames]
        with self._turn, _named(f"{self._spec}: predict"):
            answer = theirs.predict(theirs_frames)
        return [_to_numpy(prediction) for prediction in _as_list(answer, len(frames), self._spec)]


@contextlib.contextmanager
def _folder_on_path(file: Path) -> Iterator[None]:
    """While loading, modules beside the file can be imported, but hide none that are installed."""
    folder = str(file.absolute().parent)
    sys.path.append(folder)
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):
            sys.path.remove(folder)


def _import(file: Path, digest: str) -> ModuleType:
    # A name of its own, so that it hides no other module; registered, since dataclasses and pickle
    # look their module up.
    name = f"_lossproof_user_{file.stem}_{digest[:12]}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        with _named(f"{file} cannot be imported"):
            spec.loader.exec_module(module)
    except ValueError:
        del sys.modules[name]
        raise
    return module


def _function(module: ModuleType, name: str, file: Path) -> Callable[[], Any]:
    found: Callable[[], Any] | None = getattr(module, name, None)
    if callable(found):
        return found
    own = {
        key: value
        for key, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", None) == module.__name__
    }
    missing: Callable[[], Any] = look_up(own, name, kind=f"function of {file}")
    return missing


def _call(function: Callable[[], Any], spec: str) -> Any:
    with _named(f"{spec}()"):
        return function()


def _placed(theirs: Any, spec: str, device: str) -> Any:
    """Their model on the device; ``to`` may return it, as torch does, or move it in place."""
    if not callable(getattr(theirs, "to", None)):
        return theirs
    with _named(f"{spec}: to({device!r})"):
        moved = theirs.to(device)
    return moved if callable(getattr(moved, "predict", None)) else theirs


@contextlib.contextmanager
def _named(what: str) -> Iterator[None]:
    """Their errors as ValueError in one line that says where it was; the cause is kept."""
    try:
        yield
    except Exception as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"model {what}: {type(error).__name__}: {reason}") from error


def _batch_size(size: Any, spec: str) -> int:
    if not isinstance(size, int) or size < 1:
        raise ValueError(f"{spec} has batch_size {size!r}; a whole number of 1 or more is allowed")
    return size


def _as_list(answer: Any, wanted: int, spec: str) -> list[Any]:
    answer = _to_numpy(answer)
    if isinstance(answer, (Mapping, str, bytes)) or not hasattr(answer, "__iter__"):
        raise ValueError(
            f"{spec}: predict returned {type(answer).__name__}; a list of {wanted} predictions, "
            "one per frame, is allowed"
        )
    predictions = list(answer)
    if len(predictions) != wanted:
        raise ValueError(
            f"{spec}: predict returned {len(predictions)} predictions for {wanted} frames; "
            "one per frame is allowed"
        )
    return predictions


def _to_numpy(value: Any) -> Any:
    """Torch tensors as arrays, also as values of a mapping; anything else as it is."""
    if callable(getattr(value, "detach", None)) and callable(getattr(value, "cpu", None)):
        return value.detach().cpu().numpy()
    if isinstance(value, Mapping):
        return {key: _to_numpy(item) for key, item in value.items()}
    return value
