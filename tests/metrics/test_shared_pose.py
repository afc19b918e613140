"""Real people, their keypoints moved a little, as pycocotools scores them."""

import json
from pathlib import Path

import numpy as np
import pytest

from lossproof.metrics import pose
from lossproof.predictions import Poses
from lossproof.targets import PoseTarget
from tests.metrics.coco_reference import pose_scores
from tests.metrics.stacking import stacked


def test_moved_keypoints_score_as_pycocotools_says(shared: Path) -> None:
    folder = shared / "pose" / "coco_mini_keypoints" / "annotations"
    content = json.loads(next(folder.glob("person_keypoints_val2017*.json")).read_text())
    generator = np.random.default_rng(0)
    people = {image["id"]: [] for image in content["images"]}
    for annotation in content["annotations"]:
        people[annotation["image_id"]].append(annotation)
    targets = [_target(people[image["id"]], image) for image in content["images"]]
    pairs = [(_moved(target, generator), target) for target in targets]
    found = pose.summarise(stacked([pose.sample_stat(*pair) for pair in pairs]))
    assert sum(len(target.areas) for target in targets) > 60
    assert 0.05 < found["oks_ap"].item() < 0.95
    for name, expected in pose_scores(pairs).items():
        assert found[name].item() == pytest.approx(expected, abs=1e-9, nan_ok=True), name


def _target(annotations: list[dict], image: dict) -> PoseTarget:
    boxes = np.array([one["bbox"] for one in annotations], np.float32).reshape(-1, 4)
    points = np.array([one["keypoints"] for one in annotations], np.float32)
    return PoseTarget(
        keypoints=points.reshape(-1, 17, 3),
        boxes=np.hstack([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]]),
        areas=np.array([one["area"] for one in annotations], np.float32),
        crowd=np.array([one["iscrowd"] for one in annotations], bool),
        frame_size=(image["width"], image["height"]),
    )


def _moved(target: PoseTarget, generator: np.random.Generator) -> Poses:
    """Further the larger the person, and some not at all like them."""
    spread = np.sqrt(target.areas)[:, None, None] * generator.uniform(0, 0.12, (1, 1, 1))
    moved = target.keypoints.copy()
    moved[..., :2] += generator.normal(0, 1, moved[..., :2].shape) * spread
    return Poses(moved, generator.random(len(moved)).astype(np.float32))
