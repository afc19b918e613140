"""The user's own model: one Python file with a function that returns an object with ``predict``.

    class Mine:
        name = "mine"
        version = "3"          # a new one whenever predictions may change
        batch_size = 4

        def to(self, device): ...
        def predict(self, frames): ...   # list of (H, W, 3) uint8 RGB -> list of predictions

    def load():
        return Mine()

Only ``predict`` is required; for people in given boxes ``predict_in_boxes(frames, boxes)`` and
``wants_boxes = True`` as well. What it returns per frame (for action: per clip (T, H, W, 3)) is
stated in predictions.py; torch tensors are taken too. ``FILE.py:load,threshold=0.3`` calls
``load(threshold="0.3")``; a setting that is the path of a file counts by the file's content. The
weights hash covers this file's content, the function, its settings and ``version``: where weights
or code lie elsewhere, ``version`` must change with them.
"""

import contextlib
import importlib.util
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, final

import numpy as np
from jaxtyping import Float32

from lossproof.digests import file_digest
from lossproof.models.model import Wanted, named_with
from lossproof.models.once import Once
from lossproof.models.weights_hash import content_digests, weights_hash
from lossproof.records import Frames
from lossproof.tables import look_up

_VERSION = "user-1"


def open_user(file: Path, function: str | None, wanted: Wanted) -> "UserModel":
    """Call ``function`` of ``file`` for the model, with the settings as keywords.

    The number of classes and of threads are not the file's concern. The device goes to its ``to``.
    Raises ValueError when there is no model, and for a device other than the processor when it has
    no ``to``.
    """
    if not function:
        raise ValueError(f"model {str(file)!r} names no function; {file}:load is allowed")
    (digest,) = content_digests([file], kind="model file")
    spec = f"{file}:{function}"
    with _folder_on_path(file):
        module = _import(file, digest)
        make = _function(module, function, file)
        with _named(f"{spec}()", file):
            theirs = make(**wanted.settings)
    if not hasattr(theirs, "predict"):
        raise ValueError(
            f"{spec} returned {type(theirs).__name__} without predict; an object with "
            "predict(frames) is allowed"
        )
    if wanted.device != "cpu" and not callable(getattr(theirs, "to", None)):
        raise ValueError(
            f"{spec} has no to(device) and cannot be moved to {wanted.device!r}; cpu is allowed"
        )
    origin = Origin(file, function, digest, wanted.settings)
    return UserModel(theirs, origin, device=wanted.device)


class Origin(NamedTuple):
    """Where a user's model comes from; ``digest`` is of its file."""

    file: Path
    function: str
    digest: str
    settings: Mapping[str, str]

    @property
    def spec(self) -> str:
        return f"{self.file}:{self.function}"

    @property
    def told(self) -> dict[str, str]:
        """The settings as people read them: of a file its name."""
        return {key: Path(text).name if _is_file(text) else text for key, text in self._settings}

    @property
    def decisive(self) -> dict[str, str]:
        """The settings as they count: a file by its content, wherever it lies."""
        return {
            key: f"content {file_digest(Path(text).expanduser())}" if _is_file(text) else text
            for key, text in self._settings
        }

    @property
    def _settings(self) -> list[tuple[str, str]]:
        return sorted(self.settings.items())


def _is_file(text: str) -> bool:
    try:
        return Path(text).expanduser().is_file()
    except (OSError, ValueError, RuntimeError):  # a text that no path can be
        return False


@final
class UserModel:
    """The user's object behind the contract of a model; threads take turns with it."""

    def __init__(self, theirs: Any, origin: Origin, *, device: str) -> None:
        version = getattr(theirs, "version", None)
        name = getattr(theirs, "name", None) or f"{origin.file.stem}:{origin.function}"
        self.name = named_with(str(name), origin.told)
        self.weights = weights_hash(
            _VERSION,
            origin.digest,
            origin.function,
            origin.decisive,
            None if version is None else str(version),
        )
        self.batch_size = _batch_size(getattr(theirs, "batch_size", 1), origin.spec)
        self._theirs = theirs
        self._origin = origin
        self._turn = threading.Lock()
        self._placed = Once(lambda: _placed(theirs, origin, device))

    def predict(self, frames: Sequence[Frames]) -> list[Any]:
        """One prediction per frame. Raises ValueError when theirs fails or gives another number."""
        return self._asked(self._placed().predict, frames)

    @property
    def wants_boxes(self) -> bool:
        """Whether theirs looks at one person at a time, in boxes that it is given."""
        return bool(getattr(self._theirs, "wants_boxes", False))

    def predict_in_boxes(
        self, frames: Sequence[Frames], boxes: Sequence[Float32[np.ndarray, "_ 4"]]
    ) -> list[Any]:
        """One prediction per frame, of the people in its boxes. Raises ValueError as above."""
        return self._asked(self._placed().predict_in_boxes, frames, [box.copy() for box in boxes])

    def _asked(
        self, predict: Callable[..., Any], frames: Sequence[Frames], *more: Any
    ) -> list[Any]:
        # Copies: what they do to a frame must not reach the other models that get it.
        theirs_frames = [np.array(frame, order="C") for frame in frames]
        origin = self._origin
        name = getattr(predict, "__name__", "predict")
        with self._turn, _named(f"{origin.spec}: {name}", origin.file):
            answer = predict(theirs_frames, *more)
        return [_to_numpy(prediction) for prediction in _as_list(answer, len(frames), origin.spec)]


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
        with _named(f"{file} cannot be imported", file):
            spec.loader.exec_module(module)
    except ValueError:
        del sys.modules[name]
        raise
    return module


def _function(module: ModuleType, name: str, file: Path) -> Callable[..., Any]:
    found: Callable[..., Any] | None = getattr(module, name, None)
    if callable(found):
        return found
    own = {
        key: value
        for key, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", None) == module.__name__
    }
    missing: Callable[..., Any] = look_up(own, name, kind=f"function of {file}")
    return missing


def _placed(theirs: Any, origin: Origin, device: str) -> Any:
    """Their model on the device; ``to`` may return it, as torch does, or move it in place."""
    if not callable(getattr(theirs, "to", None)):
        return theirs
    with _named(f"{origin.spec}: to({device!r})", origin.file):
        moved = theirs.to(device)
    return moved if callable(getattr(moved, "predict", None)) else theirs


@contextlib.contextmanager
def _named(what: str, file: Path) -> Iterator[None]:
    """Their errors as ValueError in one line that says where it was; the cause is kept."""
    try:
        yield
    except Exception as error:
        reason = " ".join(str(error).split())
        where = _place(error, file)
        raise ValueError(f"model {what}: {type(error).__name__}{where}: {reason}") from error


def _place(error: Exception, file: Path) -> str:
    """`` in line 12``: the deepest line of their file that the error came through."""
    steps = traceback.extract_tb(error.__traceback__)
    lines = [step.lineno for step in steps if Path(step.filename).absolute() == file.absolute()]
    return f" in line {lines[-1]}" if lines else ""


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
