"""Fixtures of the datasets room: a tiny tree of each layout, and a cache of the test's own."""

from pathlib import Path

import pytest

from lossproof.datasets.camvid import CamVid
from lossproof.datasets.cityscapes import Cityscapes

from .layouts import write_camvid, write_cityscapes


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the cache of the person who runs it."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("LOSSPROOF_CACHE", str(folder))
    return folder


@pytest.fixture
def camvid(tmp_path: Path) -> CamVid:
    write_camvid(tmp_path)
    return CamVid(tmp_path)


@pytest.fixture
def cityscapes(tmp_path: Path) -> Cityscapes:
    write_cityscapes(tmp_path)
    return Cityscapes(tmp_path)
