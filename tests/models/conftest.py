"""Fixtures of the models room: few threads, small frames."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from lossproof.records import Frame


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Tests run beside each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def frames() -> list[Frame]:
    """Five frames of 40x36 and one of another size in their midst."""
    rng = np.random.default_rng(5)
    sizes = [(36, 40), (36, 40), (33, 47), (36, 40), (36, 40), (36, 40)]
    return [rng.integers(0, 256, (*size, 3), dtype=np.uint8) for size in sizes]
