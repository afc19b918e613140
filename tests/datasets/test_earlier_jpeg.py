"""Traces of an earlier JPEG: found where there was one, and not where there was none."""

import imagecodecs
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from lossproof.datasets.earlier_jpeg import Trace, earlier_jpeg

SIZE = 256


def texture(seed: int) -> np.ndarray:
    """Noise with more of the low frequencies, as photographs have."""
    generator = np.random.default_rng(seed)
    layers = [
        gaussian_filter(generator.normal(size=(SIZE, SIZE, 3)), (width, width, 0)) * width
        for width in (1, 3, 9, 27)
    ]
    return (128 + 40 * sum(layers)).clip(0, 255).astype(np.uint8)


def through_jpeg(frame: np.ndarray, quality: int, *, subsampling: str = "420") -> np.ndarray:
    data = imagecodecs.jpeg8_encode(np.ascontiguousarray(frame), quality, subsampling=subsampling)
    return np.asarray(imagecodecs.jpeg8_decode(data))


@pytest.mark.parametrize("seed", range(20))
def test_what_was_never_coded_has_no_trace(seed: int) -> None:
    assert earlier_jpeg(texture(seed)) is None


@pytest.mark.parametrize("quality", [10, 30, 50, 75, 85, 90, 92])
@pytest.mark.parametrize("subsampling", ["420", "444"])
def test_the_quality_is_told(quality: int, subsampling: str) -> None:
    trace = earlier_jpeg(through_jpeg(texture(1), quality, subsampling=subsampling))
    assert trace is not None
    assert trace.quality is not None
    assert abs(trace.quality - quality) <= 1


def test_a_crop_keeps_the_trace() -> None:
    assert earlier_jpeg(through_jpeg(texture(2), 75)[3:, 5:]) == Trace(75)


def test_of_two_codings_the_coarser_is_told() -> None:
    assert earlier_jpeg(through_jpeg(through_jpeg(texture(3), 40), 95)) == Trace(40)


@pytest.mark.parametrize(
    "frame",
    [
        np.full((64, 64, 3), 90, np.uint8),
        np.zeros((20, 300, 3), np.uint8),
        np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8),
        np.kron(
            np.random.default_rng(1).integers(0, 256, (40, 40, 3)), np.ones((5, 5, 1), int)
        ).astype(np.uint8),
    ],
    ids=["flat", "small", "noise", "blocks of 5"],
)
def test_pictures_that_say_nothing_raise_no_alarm(frame: np.ndarray) -> None:
    assert earlier_jpeg(frame) is None


def test_smaller_than_it_was_coded_is_beyond_the_measure() -> None:
    coded = through_jpeg(texture(4), 75)
    halved = coded.reshape(SIZE // 2, 2, SIZE // 2, 2, 3).mean(axis=(1, 3)).astype(np.uint8)
    assert earlier_jpeg(halved) is None
