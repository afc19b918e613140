"""Pictures and clips that the tests of this room share."""

import math
from collections.abc import Callable, Iterator

import jaxtyping
import numpy as np
import pytest
from skimage import data


@pytest.fixture(scope="session")
def photo() -> np.ndarray:
    """A 240x320 cut of scikit-image's astronaut, RGB."""
    return np.ascontiguousarray(data.astronaut()[:240, 100:420])


@pytest.fixture(scope="session")
def moving() -> np.ndarray:
    """Twelve frames of 96x128: a camera that pans over scikit-image's astronaut, RGB."""
    picture = data.astronaut()
    views = [picture[60 + i : 156 + i, 100 + 2 * i : 228 + 2 * i] for i in range(12)]
    return np.stack(views)


@pytest.fixture(scope="session")
def psnr_db() -> Callable[[np.ndarray, np.ndarray], float]:
    """Peak signal-to-noise ratio in decibels over all channels."""

    def measure(one: np.ndarray, other: np.ndarray) -> float:
        error = np.square(one.astype(np.float64) - other.astype(np.float64)).mean()
        return math.inf if error == 0 else 10 * math.log10(255**2 / error)

    return measure


@pytest.fixture
def unchecked() -> Iterator[None]:
    """Annotations are not checked, so that a test meets the error that a user would meet."""
    before = jaxtyping.config.jaxtyping_disable
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", before)
