"""One server for all tests of the page."""

from collections.abc import Iterator

import pytest

from .server import Server, started


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    pytest.importorskip("gradio")
    with started(tmp_path_factory.mktemp("served")) as server:
        yield server
