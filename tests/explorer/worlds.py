"""Small data and models for the explorer, and answers of models for every task."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from lossproof.explorer.offer import Offer
from lossproof.predictions import Detections, Poses, StreamLogits
from lossproof.runs.sweep import Machine
from tests.datasets.layouts import write_clips
from tests.fakes import write_model, write_world

SIZE = (96, 64)

_ACTOR = '''
import numpy as np


class Actor:
    """The brighter a clip's red, the likelier its first class."""

    name = "actor"

    def predict(self, clips):
        return [np.array([clip[..., 0].mean(), 100.0]) for clip in clips]


def load():
    return Actor()
'''


def offer(folder: Path, **changes: Any) -> Offer:
    """Three pictures in CamVid's layout with a model that knows them, and four clips with one."""
    camvid = write_world(folder / "world", num_samples=3, size=SIZE)
    write_clips(folder / "clips")
    actor = folder / "actor.py"
    actor.write_text(_ACTOR)
    given: dict[str, Any] = {
        "data": (camvid, f"clips:{folder / 'clips'}"),
        "models": (write_model(folder / "model"), f"{actor}:load"),
        "machine": Machine(1),
    }
    return Offer(**{**given, **changes})


def answers() -> Mapping[str, Any]:
    """What a model may say of a picture of SIZE, or of a clip, by its task."""
    generator = np.random.default_rng(3)
    width, height = SIZE
    keypoints = np.concatenate(
        [generator.uniform(5, 60, (2, 17, 2)), np.ones((2, 17, 1))], axis=2
    ).astype(np.float32)
    keypoints[1, 3, 2] = 0
    return {
        "segmentation": generator.integers(0, 4, (height, width)),
        "depth": generator.uniform(1, 50, (height, width)).astype(np.float32),
        "detection": Detections(
            boxes=np.array([[2, 3, 40, 50], [50, 5, 90, 60]], np.float32),
            scores=np.array([0.9, 0.5], np.float32),
            labels=np.array([1, 0]),
        ),
        "pose": Poses(keypoints, np.array([0.9, 0.8], np.float32)),
        "action": StreamLogits(fusion=np.array([0.1, 2.0, -1.0], np.float32)),
    }
