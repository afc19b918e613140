"""Fixtures of the training room: one thread, and a shelf."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from lossproof.training import Conditions, Shelf

QUIET = Conditions(threads=1, torch_threads=1)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Tests run beside each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "shelf")
