"""What the world gives for a frame or a clip: the picture, and the ground truth of every task."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32, UInt8

from lossproof.records import Clip, DepthMap, Frame

CLASSES = (
    "sky",
    "building",
    "road",
    "pavement",
    "grass",
    "tree",
    "pole",
    "sign",
    "car",
    "person",
    "bench",
    "fence",
)
THINGS = ("person", "car", "sign", "bench")
"""The classes whose instances are told apart and have boxes, in the order of detection's labels."""

ACTIONS = (
    "walk",
    "walk_backwards",
    "run",
    "sit_down",
    "stand_up",
    "pick_up",
    "put_down",
    "jump",
    "wave",
    "clap",
)
"""In some the same poses come in another order or at another speed."""

KEYPOINTS = 17
"""COCO's, in its order: nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles, left of
the person before right."""


@dataclass(frozen=True, kw_only=True)
class Thing:
    """One instance as it is seen: ``box`` is around its visible pixels, ``area`` their number.

    ``instance`` is its number in ``Still.instances``, ``label`` its place in ``THINGS``. A person
    has ``keypoints`` of shape (17, 3), x, y and COCO's visibility; other things have none.
    """

    instance: int
    label: int
    box: Float32[np.ndarray, "4"]
    area: int
    keypoints: Float32[np.ndarray, "17 3"] | None = None


@dataclass(frozen=True, kw_only=True)
class Still:
    """One frame with everything that is known of it. ``depth`` is NaN in the sky."""

    frame: Frame
    depth: DepthMap
    class_map: UInt8[np.ndarray, "h w"]
    instances: Int32[np.ndarray, "h w"]
    things: tuple[Thing, ...]


@dataclass(frozen=True, kw_only=True)
class ActionClip:
    """Frames of one person who does one thing; ``label`` is its place in ``ACTIONS``.

    Clips of one ``group`` show the same person in the same street.
    """

    frames: Clip
    label: int
    frames_per_second: int
    group: str
