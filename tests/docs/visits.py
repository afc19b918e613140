"""The pages that are followed, and what a reader has at hand when starting one."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from .pages import ROOT
from .reader import follow

README = ROOT / "README.md"
DOCS = ROOT / "docs"
SHARED = ROOT.parent / "shared" / "data" / "segmentation"


def _nothing(folder: Path) -> None:
    """An empty folder."""


def _project(folder: Path) -> None:
    """What a change to the project needs of it: the package and the tests of its rooms."""
    unwanted = shutil.ignore_patterns("__pycache__", "docs")
    for name in ("src", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    shutil.copy(ROOT / "pyproject.toml", folder)


def _ten_lines(folder: Path) -> None:
    """What the ten lines of the README leave behind."""
    follow(README, folder)


def _camvid(folder: Path) -> None:
    """CamVid and CGNet, where they lie beside the repository."""
    if not SHARED.is_dir():
        pytest.skip(f"needs the real data in {SHARED}")
    (folder / "CamVid").symlink_to(SHARED / "camvid")
    (folder / "cgnet_camvid.onnx").symlink_to(SHARED / "cgnet_camvid" / "cgnet_camvid.onnx")
    shutil.copytree(ROOT / "examples", folder / "examples")


@dataclass(frozen=True)
class Visit:
    """A page, what lies in the folder before its first step, and how many commands it has.

    Numbers may differ by ``tolerance`` from those shown.
    """

    page: Path
    num_commands: int
    prepare: Callable[[Path], None] = _nothing
    tolerance: float = 0.0


VISITS = {
    "ten lines": Visit(README, 2),
    "results": Visit(DOCS / "results.md", 4, _ten_lines),
    "tasks": Visit(DOCS / "tasks.md", 1, _ten_lines, tolerance=0.02),
    "python api": Visit(DOCS / "python_api.md", 1, _ten_lines),
    "add a codec": Visit(DOCS / "guides" / "add-a-codec.md", 3, _project),
    "add a dataset": Visit(DOCS / "guides" / "add-a-dataset.md", 4, _project),
    "bring your own model": Visit(DOCS / "guides" / "bring-your-own-model.md", 7),
    # Another processor may round a network's logits, and so a pixel, to the other side.
    "quick start": Visit(DOCS / "quickstart.md", 2, _camvid, tolerance=0.3),
}
