"""Another artist than tinytown's own, who draws rectangles and is done at once."""

import time

import numpy as np

from lossproof.tinytown.making import Artist
from lossproof.tinytown.truth import ACTIONS, CLASSES, THINGS, ActionClip, Still, Thing

WIDTH, HEIGHT = 320, 240


def still(rng: np.random.Generator) -> Still:
    """A person, a car, a sign and a bench before a wall, one of them hidden at times."""
    frame = rng.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    frame[:, : WIDTH // 2] //= 4
    depth = rng.uniform(0.5, 79.5, (HEIGHT, WIDTH)).astype(np.float32)
    depth[:60] = np.nan
    class_map = rng.integers(0, len(CLASSES) - 4, (HEIGHT, WIDTH)).astype(np.uint8)
    instances = np.zeros((HEIGHT, WIDTH), np.int32)
    boxes = [_box(rng) for _ in range(rng.integers(0, 6))]
    labels = rng.integers(0, len(THINGS), len(boxes))
    for number, ((x1, y1, x2, y2), label) in enumerate(zip(boxes, labels, strict=True), start=1):
        instances[y1:y2, x1:x2] = number
        class_map[y1:y2, x1:x2] = CLASSES.index(THINGS[label])
    things = [_thing(rng, instances, n, int(label)) for n, label in enumerate(labels, start=1)]
    return Still(
        frame=frame,
        depth=depth,
        class_map=class_map,
        instances=instances,
        things=tuple(thing for thing in things if thing is not None),
    )


def clip(rng: np.random.Generator, *, action: str, scene_seed: int, group: str) -> ActionClip:
    """A square on the noise of its scene, which moves by the action's number."""
    scene = np.random.default_rng(scene_seed).integers(0, 256, (120, 160, 3), dtype=np.uint8)
    frames = np.repeat(scene[None], 6, axis=0)
    start, label = int(rng.integers(0, 60)), ACTIONS.index(action)
    for number, frame in enumerate(frames):
        left = start + number * label
        frame[40:80, left : left + 20] = 255 - 10 * label
    return ActionClip(frames=frames, label=label, frames_per_second=12, group=group)


def slow_still(rng: np.random.Generator) -> Still:
    """As ``still``, with time enough to be killed in."""
    time.sleep(0.05)
    return still(rng)


ARTIST = Artist(still, clip)
SLOW = Artist(slow_still, clip)


def _box(rng: np.random.Generator) -> tuple[int, int, int, int]:
    x, y = int(rng.integers(0, WIDTH - 40)), int(rng.integers(0, HEIGHT - 60))
    return x, y, x + int(rng.integers(8, 40)), y + int(rng.integers(8, 60))


def _thing(
    rng: np.random.Generator, instances: np.ndarray, number: int, label: int
) -> Thing | None:
    """What is seen of it; None where the others hide it."""
    rows, columns = np.nonzero(instances == number)
    if not rows.size:
        return None
    box = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], np.float32)
    keypoints = None
    if THINGS[label] == "person":
        keypoints = np.zeros((17, 3), np.float32)
        keypoints[:, :2] = rng.uniform(box[:2], box[2:], (17, 2))
        keypoints[:, 2] = rng.integers(0, 3, 17)
        keypoints[keypoints[:, 2] == 0] = 0
    return Thing(instance=number, label=label, box=box, area=int(rows.size), keypoints=keypoints)
