"""The programs of docs/ that make pages."""

import sys
from importlib import import_module
from types import ModuleType

from .pages import ROOT


def maker(name: str) -> ModuleType:
    """Such as ``make_zoo``; they import their neighbours by name."""
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        return import_module(name)
    finally:
        sys.path.pop(0)
