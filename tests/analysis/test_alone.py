"""Samples scored by themselves."""

from itertools import pairwise

import numpy as np
import pytest

from lossproof.analysis.alone import scores_alone
from lossproof.metrics import detection
from lossproof.predictions import Detections
from lossproof.ragged import Ragged
from lossproof.records import Stat, Summarise
from lossproof.targets import DetectionTarget

NUM_SAMPLES = 120


def mean(stats: Stat, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Of the rows of the samples that have any."""
    rows = stats["rows"]
    assert isinstance(rows, Ragged)
    drawn = weights[:, rows.owner]
    with np.errstate(invalid="ignore"):
        return {"mean": (drawn @ rows.values) / drawn.sum(axis=1)}


def test_each_sample_has_its_own_score_in_its_place() -> None:
    counts = np.arange(NUM_SAMPLES) % 3
    values = np.arange(counts.sum(), dtype=np.float64)
    found = scores_alone(mean, {"rows": Ragged(values, counts)})["mean"]
    ends = np.concatenate([[0], np.cumsum(counts)])
    expected = [values[a:b].mean() if b > a else np.nan for a, b in pairwise(ends)]
    np.testing.assert_allclose(found, expected)


@pytest.mark.parametrize("summarise", [detection.summarise, detection.headline])
def test_it_is_what_the_others_weigh_nothing_gives(summarise: Summarise) -> None:
    generator = np.random.default_rng(0)
    stats = [picture(generator) for _ in range(60)]
    joined = {
        name: Ragged.join([one[name] for one in stats])
        if isinstance(stats[0][name], Ragged)
        else np.stack([one[name] for one in stats])
        for name in stats[0]
    }
    found, expected = scores_alone(summarise, joined), summarise(joined, np.eye(60))
    assert np.isfinite(found["ap"]).any()
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, err_msg=name)


def picture(generator: np.random.Generator) -> Stat:
    """Up to three objects, found about where they are."""
    count = int(generator.integers(4))
    corners = generator.uniform(0, 50, (count, 2))
    boxes = np.concatenate([corners, corners + generator.uniform(10, 40, (count, 2))], axis=1)
    labels = generator.integers(3, size=count)
    none = np.zeros(count, bool)
    target = DetectionTarget(
        boxes=boxes.astype(np.float32),
        labels=labels,
        areas=np.prod(boxes[:, 2:] - boxes[:, :2], axis=1).astype(np.float32),
        crowd=none,
        difficult=none,
        num_classes=3,
        frame_size=(100, 100),
    )
    moved = (boxes + generator.normal(0, 2, boxes.shape)).astype(np.float32)
    scores = generator.random(count).astype(np.float32)
    return detection.sample_stat(Detections(boxes=moved, scores=scores, labels=labels), target)
