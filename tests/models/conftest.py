"""Fixtures of the models room: few threads, small frames."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
import torch

from lossproof.records import Clip, Frame


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


@pytest.fixture
def clips() -> list[Clip]:
    """Clips of 3 and 2 frames of 40x36, whose content moves right by 2 pixels a frame."""
    rng = np.random.default_rng(6)
    wide = cv2.GaussianBlur(rng.integers(0, 256, (36, 60, 3), dtype=np.uint8), (0, 0), 2)
    wide = cv2.normalize(wide, None, 0, 255, cv2.NORM_MINMAX)
    return [
        np.stack([wide[:, first - 2 * step :][:, :40] for step in range(number)])
        for first, number in ((10, 3), (16, 2), (20, 3))
    ]
