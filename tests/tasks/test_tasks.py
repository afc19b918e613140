"""Every task: a prediction goes through fit, metric, store and summary, and its settings hold."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lossproof.records import Measurement
from lossproof.store import columns
from lossproof.targets import (
    ActionTarget,
    DepthTarget,
    DetectionTarget,
    PoseTarget,
    SegmentationTarget,
    SourceTarget,
)
from lossproof.tasks import TASKS, TaskKind, make_task, parse_task

SIZE = (60, 40)


def _segmentation() -> tuple[Any, Any]:
    return np.ones((40, 60), int), SegmentationTarget(np.ones((40, 60), np.uint8), 3)


def _depth() -> tuple[Any, Any]:
    return np.ones((40, 60)), DepthTarget(np.ones((40, 60), np.float32))


def _detection() -> tuple[Any, Any]:
    boxes = np.array([[0, 0, 30, 30]], np.float32)
    target = DetectionTarget(
        boxes=boxes,
        labels=np.array([1]),
        areas=np.array([900], np.float32),
        crowd=np.array([False]),
        difficult=np.array([False]),
        num_classes=3,
        frame_size=SIZE,
    )
    return {"boxes": boxes, "scores": [0.9], "labels": [1]}, target


def _pose() -> tuple[Any, Any]:
    points = np.random.default_rng(0).uniform(2, 38, (1, 17, 3)).astype(np.float32)
    target = PoseTarget(
        keypoints=points,
        boxes=np.array([[0, 0, 60, 40]], np.float32),
        areas=np.array([2000], np.float32),
        crowd=np.array([False]),
        frame_size=SIZE,
    )
    return {"keypoints": points, "scores": [0.9]}, target


def _action() -> tuple[Any, Any]:
    return np.array([0.0, 1.0, 0.0]), ActionTarget(1, 3)


def _fidelity() -> tuple[Any, Any]:
    frames = np.random.default_rng(0).integers(0, 256, (2, 40, 60, 3), dtype=np.uint8)
    return frames.copy(), SourceTarget(frames)


PERFECT: dict[str, Callable[[], tuple[Any, Any]]] = {
    "segmentation": _segmentation,
    "depth": _depth,
    "detection": _detection,
    "pose": _pose,
    "action": _action,
    "fidelity": _fidelity,
}
BEST = {"depth": 0.0, "fidelity": 100.0}


@pytest.mark.parametrize("kind", TASKS, ids=lambda kind: kind.name)
def test_a_perfect_prediction_has_the_best_headline(kind: type[TaskKind], tmp_path: Path) -> None:
    task = make_task(kind.name)
    prediction, target = PERFECT[kind.name]()
    fitted = task.fit(prediction, SIZE, target)
    task.validate(fitted, target)
    stat = task.sample_stat(fitted, target)
    kept = [Measurement(i, str(i), 10, 20, 1, stat) for i in range(3)]
    path = tmp_path / "cell.parquet"
    path.write_bytes(columns.to_bytes(columns.to_table(kept)))
    scores = task.summarise(columns.stats(columns.read(path)), None)
    assert scores[task.headline].tolist() == [BEST.get(kind.name, 1.0)]


@pytest.mark.parametrize("kind", TASKS, ids=lambda kind: kind.name)
def test_the_scores_are_those_that_the_summary_gives(kind: type[TaskKind]) -> None:
    task = make_task(kind.name)
    prediction, target = PERFECT[kind.name]()
    stat = task.sample_stat(task.fit(prediction, SIZE, target), target)
    kept = [Measurement(0, "0", 10, 20, 1, stat)]
    given = task.summarise(columns.stats(columns.to_table(kept)), np.ones((4, 1)))
    assert {name.partition("/")[0] for name in given} == {score.name for score in task.scores}
    assert {values.shape for values in given.values()} == {(4,)}
    headings = [score.heading for score in task.scores]
    assert len(set(headings)) == len(headings)


def test_the_paper_reads_these_columns() -> None:
    assert {kind.name: make_task(kind.name).columns for kind in TASKS} == {
        "segmentation": ("global_accuracy", "mean_class_accuracy", "miou"),
        "depth": ("abs_rel", "sq_rel", "rmse"),
        "detection": ("ap", "ap50"),
        "pose": ("oks_ap", "oks_ap50"),
        "action": ("top1_spatial", "top1_motion", "top1_fusion"),
        "fidelity": ("psnr_db", "ssim", "flow_epe_px"),
    }


def test_settings_of_depth_reach_its_metric_and_its_cell() -> None:
    task = parse_task("depth:cap=10,crop=eigen,median_scaling=true")
    assert task.settings == {
        "min_depth": 0.001,
        "cap": 10.0,
        "crop": "eigen",
        "median_scaling": True,
    }
    target = DepthTarget(np.full((40, 60), 20, np.float32))
    stat = task.sample_stat(np.ones((40, 60), np.float32), target)
    assert stat["num_pixels"].tolist() == [0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("depth:min_depth=5,cap=2", "min_depth is 5 and cap 2; 0 < min_depth < cap is allowed"),
        ("depth:crop=half", "depth crop 'half' is not known; none, garg, eigen are allowed"),
        ("pose:cap=2", "pose has no setting 'cap'; its settings: none"),
    ],
)
def test_settings_that_are_not_allowed_are_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_task(text)


def test_fidelity_is_measured_against_the_source() -> None:
    assert [kind.name for kind in TASKS if make_task(kind.name).target == "source"] == ["fidelity"]
