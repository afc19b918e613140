"""Modules that lie beside a user's model, so that each model has its own."""

import contextlib
import importlib
import os
import re
import sys
import sysconfig
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, final

_BY_TURNS = threading.RLock()
_LIBRARY = sysconfig.get_path("stdlib") + os.sep
_INSTALLED = re.compile(r"[\\/](site|dist)-packages[\\/]")
_NEVER_OWN = ("__main__", "__mp_main__", __name__.partition(".")[0])
_UNKNOWN = -1


@final
class OwnModules:
    """The modules below the folder of a user's file, in place only while its code runs.

    Python knows a module by its name alone, so the files of two models that each have a
    ``utils.py`` beside them would share one. What else is imported belongs to the whole process.
    """

    _running: ClassVar[list["OwnModules"]] = []

    def __init__(self, file: Path) -> None:
        self._entry = str(file.absolute().parent)
        self._folder = file.resolve().parent
        self._modules: dict[str, Any] = {}
        self._path: list[str] = []
        self._others: dict[str, Any] = {}
        self._other_path: list[str] = []
        self._count = 0

    @contextlib.contextmanager
    def loading(self) -> Iterator[None]:
        """In place, with modules as their files are now, whoever imported them before."""
        importlib.invalidate_caches()
        writes_no_bytecode = sys.dont_write_bytecode
        with self.in_place():
            for name, module in dict(sys.modules).items():
                if self._is_own(name, module):
                    del sys.modules[name]
            self._count = _UNKNOWN
            # Kept bytecode would pass for that of a file changed within a second to the same size.
            sys.dont_write_bytecode = True
            try:
                yield
            finally:
                sys.dont_write_bytecode = writes_no_bytecode

    @contextlib.contextmanager
    def in_place(self) -> Iterator[None]:
        """A model that runs another one has its own modules again afterwards."""
        with _BY_TURNS:
            outer = self._running[-1:]
            for one in outer:
                one.leave()
            self.enter()
            self._running.append(self)
            try:
                yield
            finally:
                self._running.pop()
                self.leave()
                for one in outer:
                    one.enter()

    def enter(self) -> None:
        self._others, self._other_path = dict(sys.modules), list(sys.path)
        sys.modules.update(self._modules)
        # Last, so that they hide none that are installed.
        sys.path[:] = self._path or [*sys.path, self._entry]
        self._count = len(sys.modules)

    def leave(self) -> None:
        self._path, sys.path[:] = list(sys.path), self._other_path
        hidden = {name: self._others[name] for name in self._modules if name in self._others}
        # Going through thousands of modules takes as long as a quick model's prediction.
        if len(sys.modules) != self._count:
            self._modules, hidden = self._imported(), self._others
        for name in self._modules:
            sys.modules.pop(name, None)
        for name, module in hidden.items():
            sys.modules.setdefault(name, module)

    def _imported(self) -> dict[str, Any]:
        return {
            name: module
            for name, module in dict(sys.modules).items()
            if self._others.get(name) is not module
            and (name in self._modules or self._is_own(name, module))
        }

    def _is_own(self, name: str, module: Any) -> bool:
        known = getattr(module, "__dict__", {})
        place = known.get("__file__") or next(iter(known.get("__path__") or ()), None)
        return (
            isinstance(place, str)
            and name.partition(".")[0] not in _NEVER_OWN
            and not place.startswith(_LIBRARY)
            and not _INSTALLED.search(place)
            and Path(place).resolve().is_relative_to(self._folder)
        )
