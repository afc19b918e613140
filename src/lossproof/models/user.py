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
or code lie elsewhere, ``version`` must change with them. Modules beside the file can be imported;
each model has its own.
"""

import contextlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from numbers import Integral, Number
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, final

import numpy as np
from jaxtyping import Float32

from lossproof.digests import file_digest
from lossproof.models.model import Wanted, named_with
from lossproof.models.once import Once
from lossproof.models.own_modules import OwnModules
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
    origin = Origin(file, function, digest, wanted.settings)
    imports = OwnModules(file)
    with imports.loading():
        make = _function(_import(file, digest), function, file)
        with _named(f"{origin.spec}()", file):
            theirs = make(**wanted.settings)
        with _named(origin.spec, file):
            said = _said(theirs)
    _check(said, type(theirs).__name__, origin.spec, wanted)
    return UserModel(theirs, said, origin, imports, device=wanted.device)


class Said(NamedTuple):
    """What a user's object says of itself, and which methods it has."""

    name: str | None
    version: str | None
    batch_size: Any
    wants_boxes: bool
    methods: tuple[str, ...]


def _said(theirs: Any) -> Said:
    version = _attribute(theirs, "version")
    methods = ("predict", "predict_in_boxes", "to")
    return Said(
        name=str(_attribute(theirs, "name") or "") or None,
        version=None if version is None else str(version),
        batch_size=_attribute(theirs, "batch_size", 1),
        wants_boxes=bool(_attribute(theirs, "wants_boxes", False)),
        methods=tuple(name for name in methods if callable(_attribute(theirs, name))),
    )


def _attribute(theirs: Any, name: str, otherwise: Any = None) -> Any:
    try:
        return getattr(theirs, name)
    except AttributeError:
        # It may come from within a property of theirs, which then is there, and fails.
        if isinstance(inspect.getattr_static(theirs, name, None), property):
            raise
        return otherwise


def _check(said: Said, kind: str, spec: str, wanted: Wanted) -> None:
    if "predict" not in said.methods:
        raise ValueError(
            f"{spec} returned {kind} without predict; an object with predict(frames) is allowed"
        )
    if said.wants_boxes and "predict_in_boxes" not in said.methods:
        raise ValueError(
            f"{spec} has wants_boxes = True without predict_in_boxes; an object with "
            "predict_in_boxes(frames, boxes) is allowed"
        )
    if wanted.device != "cpu" and "to" not in said.methods:
        raise ValueError(
            f"{spec} has no to(device) and cannot be moved to {wanted.device!r}; cpu is allowed"
        )


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
    """The user's object behind the contract of a model; threads and models of users take turns.

    ``wants_boxes`` is whether it looks at one person at a time, in boxes that it is given.
    """

    def __init__(
        self, theirs: Any, said: Said, origin: Origin, imports: OwnModules, *, device: str
    ) -> None:
        name = said.name or f"{origin.file.stem}:{origin.function}"
        self.name = named_with(name, origin.told)
        self.weights = weights_hash(
            _VERSION, origin.digest, origin.function, origin.decisive, said.version
        )
        self.batch_size = _batch_size(said.batch_size, origin.spec)
        self.wants_boxes = said.wants_boxes
        self._origin = origin
        self._imports = imports
        self._placed = Once(lambda: _placed(theirs, said, origin, device))

    def predict(self, frames: Sequence[Frames]) -> list[Any]:
        """One prediction per frame. Raises ValueError when theirs fails or gives another number."""
        return self._asked("predict", frames)

    def predict_in_boxes(
        self, frames: Sequence[Frames], boxes: Sequence[Float32[np.ndarray, "_ 4"]]
    ) -> list[Any]:
        """One prediction per frame, of the people in its boxes. Raises ValueError as above."""
        return self._asked("predict_in_boxes", frames, [box.copy() for box in boxes])

    def _asked(self, method: str, frames: Sequence[Frames], *more: Any) -> list[Any]:
        # Copies: what they do to a frame must not reach the other models that get it.
        theirs_frames = [np.array(frame, order="C") for frame in frames]
        origin = self._origin
        with self._imports.in_place():
            placed = self._placed()
            with _named(f"{origin.spec}: {method}", origin.file):
                answer = _listed(getattr(placed, method)(theirs_frames, *more))
        return _as_list(answer, len(frames), f"{origin.spec}: {method}")


def _import(file: Path, digest: str) -> ModuleType:
    # A name of its own, so that it hides no other module; registered, since dataclasses and pickle
    # look their module up.
    name = f"_lossproof_user_{file.stem}_{digest[:12]}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    with _named(f"{file} cannot be imported", file):
        spec.loader.exec_module(module)
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


def _placed(theirs: Any, said: Said, origin: Origin, device: str) -> Any:
    """Their model on the device; ``to`` may return it, as torch does, or move it in place."""
    if "to" not in said.methods:
        return theirs
    with _named(f"{origin.spec}: to({device!r})", origin.file):
        moved = theirs.to(device)
        return moved if callable(getattr(moved, "predict", None)) else theirs


@contextlib.contextmanager
def _named(what: str, file: Path) -> Iterator[None]:
    """Their errors as ValueError in one line that says where it was; the cause is kept.

    So is an end of the program, which no part of a model is to decide.
    """
    try:
        yield
    except (Exception, SystemExit) as error:
        reason = " ".join(str(error).split())
        where = _place(error, file)
        raise ValueError(f"model {what}: {type(error).__name__}{where}: {reason}") from error


def _place(error: BaseException, file: Path) -> str:
    """`` in line 12``: the deepest line of their file that the error came through."""
    steps = traceback.extract_tb(error.__traceback__)
    lines = [step.lineno for step in steps if Path(step.filename).absolute() == file.absolute()]
    return f" in line {lines[-1]}" if lines else ""


def _batch_size(size: Any, spec: str) -> int:
    if not isinstance(size, Integral) or size < 1:
        raise ValueError(f"{spec} has batch_size {size!r}; a whole number of 1 or more is allowed")
    return int(size)


def _listed(answer: Any) -> Any:
    """A list of what there is to go through, such as a generator; anything else as it is."""
    answer = _array(answer) if _is_tensor(answer) else answer
    if isinstance(answer, (Mapping, str, bytes)) or not hasattr(answer, "__iter__"):
        return answer
    return _to_numpy(list(answer))


def _as_list(answer: Any, wanted: int, asked: str) -> list[Any]:
    if not isinstance(answer, list):
        raise ValueError(  # noqa: TRY004 - what a user's file returned is the user's to mend
            f"{asked} returned {type(answer).__name__}; a list of {wanted} predictions, "
            "one per frame, is allowed"
        )
    if len(answer) != wanted:
        raise ValueError(
            f"{asked} returned {len(answer)} predictions for {wanted} frames; "
            "one per frame is allowed"
        )
    return answer


def _to_numpy(value: Any) -> Any:
    """Torch tensors as arrays, also in lists and as values of a mapping; anything else as it is."""
    if _is_tensor(value):
        return _array(value)
    if isinstance(value, Mapping):
        return {key: _to_numpy(item) for key, item in value.items()}
    if type(value) in (list, tuple) and value and not isinstance(value[0], Number):
        return type(value)(_to_numpy(item) for item in value)
    return value


def _is_tensor(value: Any) -> bool:
    return callable(getattr(value, "detach", None)) and callable(getattr(value, "cpu", None))


def _array(tensor: Any) -> Any:
    tensor = tensor.detach().cpu()
    try:
        return tensor.numpy()
    except TypeError:  # bfloat16 and the like, which NumPy does not have
        return tensor.float().numpy()
