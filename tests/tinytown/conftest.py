"""A small world that the stand-in drew; tests that change it copy it first."""

from pathlib import Path

import pytest

from lossproof.tinytown.making import make

from .stand_in import ARTIST

SIZE = 6


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tinytown") / "world"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOSSPROOF_CACHE", str(tmp_path_factory.mktemp("cache")))
        make(folder, size=SIZE, workers=1, artist=ARTIST)
    return folder
