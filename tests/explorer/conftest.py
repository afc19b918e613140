"""One server and one browser for all tests of the page."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser import browser

from .server import Server, started


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    pytest.importorskip("gradio")
    with started(tmp_path_factory.mktemp("served")) as server:
        yield server


@pytest.fixture(scope="session")
def opened() -> Iterator[Any]:
    with browser() as opened:
        yield opened
