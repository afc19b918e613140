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
        self._added: list[str] = []
        self._path: list[str] = []
        self._others: dict[str, Any] = {}
        self._names: frozenset[str] = frozenset()

    @contextlib.contextmanager
    def loading(self) -> Iterator[None]:
        """In place, with modules as their files are now, whoever imported them before."""
        importlib.invalidate_caches()
        writes_no_bytecode = sys.dont_write_bytecode
        with self.in_place():
            modules = dict(sys.modules).items()
            for name in [name for name, module in modules if self._is_own(name, module)]:
                del sys.modules[name]
            self._names = frozenset()
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
        self._others = dict(sys.modules)
        sys.modules.update(self._modules)
        self._names = frozenset(sys.modules)
        self._path = list(sys.path)
        # Last, so that they hide none that are installed.
        sys.path[:] = dict.fromkeys([*self._added, *sys.path, self._entry])

    def leave(self) -> None:
        self._added = [one for one in sys.path if one not in {*self._path, self._entry}]
        sys.path[:] = self._path
        hidden = {name: self._others[name] for name in self._modules if name in self._others}
        # Going through thousands of modules takes as long as a quick model's prediction.
        if sys.modules.keys() == self._names:
            self._modules = {name: sys.modules[name] for name in self._modules}
        else:
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
