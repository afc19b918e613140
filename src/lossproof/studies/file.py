"""A study from its Python file."""

import contextlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from lossproof.studies.study import Study

_FUNCTION = "study"


def read_study(path: Path, data: str | None = None) -> Study:
    """What the function ``study`` of a file answers, for ``data`` or the data it has by default.

    Raises ValueError for a file that is not there or fails, and one without such a function.
    """
    if path.suffix != ".py" or not path.is_file():
        raise ValueError(f"study file {str(path)!r} is not there; a Python file is allowed")
    function = _function(path)
    given = _given(function, path, data)
    with _named(path):
        found = function(**given)
    if type(found) is not Study:
        raise ValueError(f"{path}:{_FUNCTION} gave {type(found).__name__}; a Study is allowed")
    return replace(found, file=str(path))


def _function(path: Path) -> Callable[..., object]:
    names = vars(_module(path))
    if _FUNCTION not in names:
        raise ValueError(f"{path} has no function {_FUNCTION}(data); one that gives a Study is due")
    found = names[_FUNCTION]
    if callable(found):
        function: Callable[..., object] = found
        return function
    raise ValueError(
        f"{path}:{_FUNCTION} is {type(found).__name__}; a function {_FUNCTION}(data) that gives a "
        "Study is allowed"
    )


def _given(function: Callable[..., object], path: Path, data: str | None) -> dict[str, str]:
    parameter = inspect.signature(function).parameters.get("data")
    if data is not None:
        if parameter is None:
            raise ValueError(f"{path}:{_FUNCTION} takes no data; it names its own")
        return {"data": data}
    if parameter is not None and parameter.default is inspect.Parameter.empty:
        raise ValueError(f"{path}:{_FUNCTION} names no data; --data NAME:PATH is needed")
    return {}


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"lossproof_study_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look for the names in their annotations
    try:
        with _named(path):
            spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(spec.name, None)
        raise
    return module


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """What a study file raises becomes a ValueError that names the file."""
    try:
        yield
    except Exception as error:
        raise ValueError(f"study file {path} fails: {type(error).__name__}: {error}") from error
