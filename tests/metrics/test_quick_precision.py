"""Average precision of all classes at once is that of one class after the other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossproof.metrics import detection, pose
from lossproof.records import Stat
from tests.metrics.stacking import stacked
from tests.metrics.test_detection import detections, target

NUM_CLASSES = 4


def stats(seed: int, num_samples: int, *, num_classes: int = NUM_CLASSES) -> Stat:
    """Boxes on a coarse grid, with scores that are often equal and classes that lack something."""
    generator = np.random.default_rng(seed)
    return stacked(
        [
            detection.sample_stat(
                detections(_rows(generator, num_classes, scored=True)),
                target(_rows(generator, num_classes, scored=False), num_classes),
            )
            for _ in range(num_samples)
        ]
    )


def _rows(generator: np.random.Generator, num_classes: int, *, scored: bool) -> list[tuple]:
    corners = generator.integers(0, 3, (generator.integers(0, 6), 2)) * 20
    return [
        (x, y, x + 40, y + 60, generator.integers(num_classes), *([score] if scored else []))
        for (x, y), score in zip(corners, generator.integers(1, 4, len(corners)) / 4, strict=True)
    ]


@given(st.integers(0, 10_000), st.integers(1, 12))
def test_detection_equals_its_summary(seed: int, num_samples: int) -> None:
    found = stats(seed, num_samples)
    weights = np.random.default_rng(seed).integers(0, 3, (5, num_samples)).astype(np.float64)
    quick, whole = detection.headline(found, weights), detection.summarise(found, weights)
    assert sorted(quick) == ["ap", *(f"ap/{label}" for label in range(NUM_CLASSES))]
    for name, values in quick.items():
        assert values == pytest.approx(whole[name], abs=1e-12, nan_ok=True), name


@given(st.integers(0, 10_000))
def test_pose_equals_its_summary(seed: int) -> None:
    """People are matched as objects of one class are."""
    found = stats(seed, 8, num_classes=1)
    quick, whole = pose.headline(found), pose.summarise(found)
    assert quick["oks_ap"] == pytest.approx(whole["oks_ap"], abs=1e-12, nan_ok=True)
