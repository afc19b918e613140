"""Average precision from stored statistics against pycocotools, on sets as large as COCO's val2017.

Once, and for 1000 resamples of the pictures as a bootstrap interval needs them.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from pycocotools.cocoeval import COCOeval
from tests.metrics.coco_reference import box_evaluation, pose_evaluation, run

from benchmarks.ratio import Amount, Ratio, take_turns
from lossproof.analysis.bootstrap import NUM_RESAMPLES, distributions
from lossproof.metrics import detection, pose
from lossproof.predictions import Detections, Poses
from lossproof.ragged import Ragged
from lossproof.records import Stat, Summarise
from lossproof.targets import DetectionTarget, PoseTarget

NUM_CLASSES = 80
TARGETS_PER_IMAGE = 7.36  # 36,781 in 5000 images, crowds included
DETECTIONS_PER_IMAGE = 100
SHARE_WITH_PEOPLE = 0.54
WIDTH, HEIGHT = 640, 480
# The commonest class of COCO has three targets in ten, the others fall off like this.
_FREQUENCIES = np.arange(1, NUM_CLASSES + 1) ** -1.1
_FREQUENCIES /= _FREQUENCIES.sum()

Pair = tuple[Any, Any]


def measure(amount: Amount) -> Iterator[Ratio]:
    generator = np.random.default_rng(0)
    boxes = [_picture(generator) for _ in range(amount.images)]
    yield from _of("COCO AP", boxes, detection, box_evaluation, amount.repeats)
    people = [_people(generator) for _ in range(amount.images)]
    yield from _of("OKS AP", people, pose, pose_evaluation, amount.repeats)


def _of(
    what: str,
    pairs: Sequence[Pair],
    metric: Any,
    evaluation: Callable[[Any], COCOeval],
    repeats: int,
) -> Iterator[Ratio]:
    stats = _stacked([metric.sample_stat(*pair) for pair in pairs])
    theirs = evaluation(pairs)
    found = take_turns(
        repeats, pycocotools=lambda: run(theirs), summary=lambda: metric.summarise(stats)
    )
    where = f"{what}, {len(pairs)} images"
    faster = found.ratio("pycocotools", "summary")
    yield Ratio(f"{where}: pycocotools / summary", faster, "at least", 5.0, str(found))
    seconds = _seconds_of_resamples(metric.summarise, stats)
    yield Ratio(
        f"{where}: {NUM_RESAMPLES} resamples / one evaluation of pycocotools",
        seconds / found.median("pycocotools"),
        "at most",
        10.0,
        f"pycocotools {found.median('pycocotools'):.2f} s, resamples {seconds:.2f} s",
    )


def _seconds_of_resamples(summarise: Summarise, stats: Stat) -> float:
    scores = stats["scores"]
    groups = [str(index) for index in range(len(scores))]
    started = time.perf_counter()
    distributions(summarise, stats, groups)
    return time.perf_counter() - started


def _stacked(stats: Sequence[Stat]) -> Stat:
    return {
        name: Ragged.join([stat[name] for stat in stats])
        if isinstance(stats[0][name], Ragged)
        else np.stack([stat[name] for stat in stats])
        for name in stats[0]
    }


def _picture(generator: np.random.Generator) -> tuple[Detections, DetectionTarget]:
    """A median side of 40 pixels: two in five targets are small, one in five is large."""
    count = generator.poisson(TARGETS_PER_IMAGE)
    boxes, labels = _boxes(generator, count), _labels(generator, count)
    target = DetectionTarget(
        boxes=boxes,
        labels=labels,
        areas=(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) * np.float32(0.7),
        crowd=generator.random(count) < 0.01,
        difficult=np.zeros(count, bool),
        num_classes=NUM_CLASSES,
        frame_size=(WIDTH, HEIGHT),
    )
    return _detections(generator, target), target


def _detections(generator: np.random.Generator, target: DetectionTarget) -> Detections:
    """Good ones of most targets, worse copies of them, and many unsure ones all over."""
    hits, copies = generator.random((2, len(target.boxes))) < [[0.85], [0.5]]
    near = _moved(generator, target.boxes[hits], 0.06)
    again = _moved(generator, target.boxes[copies], 0.2)
    rest = max(0, DETECTIONS_PER_IMAGE - len(near) - len(again))
    known = generator.choice(target.labels, rest) if len(target.labels) else np.zeros(rest, int)
    guesses = np.where(generator.random(rest) < 0.6, known, _labels(generator, rest))
    scores = [
        generator.beta(3, 1.5, len(near)),
        generator.beta(1, 4, len(again)),
        generator.beta(0.5, 8, rest),
    ]
    return Detections(
        np.concatenate([near, again, _boxes(generator, rest)]),
        np.concatenate(scores).astype(np.float32),
        np.concatenate([target.labels[hits], target.labels[copies], guesses]),
    )


def _boxes(generator: np.random.Generator, count: int) -> np.ndarray:
    sides = np.exp(
        generator.normal(np.log(40), 1, (count, 1)) + generator.normal(0, 0.3, (count, 2))
    )
    sides = sides.clip(2, (WIDTH, HEIGHT))
    corners = generator.random((count, 2)) * ((WIDTH, HEIGHT) - sides)
    return np.hstack([corners, corners + sides]).astype(np.float32)


def _labels(generator: np.random.Generator, count: int) -> np.ndarray:
    return generator.choice(NUM_CLASSES, count, p=_FREQUENCIES)


def _moved(generator: np.random.Generator, boxes: np.ndarray, share: float) -> np.ndarray:
    sides = np.tile(boxes[:, 2:] - boxes[:, :2], 2)
    moved = boxes + generator.normal(0, share, boxes.shape) * sides
    moved[:, 2:] = np.maximum(moved[:, :2], moved[:, 2:])
    return moved.astype(np.float32)


def _people(generator: np.random.Generator) -> tuple[Poses, PoseTarget]:
    """Four people in half of the pictures, half of them labelled; up to 20 poses everywhere."""
    count = generator.poisson(4.1) if generator.random() < SHARE_WITH_PEOPLE else 0
    boxes = _boxes(generator, count)
    keypoints = _keypoints(generator, boxes)
    keypoints[generator.random(count) < 0.42, :, 2] = 0
    target = PoseTarget(
        keypoints=keypoints,
        boxes=boxes,
        areas=(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) * np.float32(0.6),
        crowd=generator.random(count) < 0.03,
        frame_size=(WIDTH, HEIGHT),
    )
    guessed = _boxes(generator, max(0, 20 - count))
    near = keypoints + np.float32(0)
    spread = (boxes[:, 2:] - boxes[:, :2])[:, None] * generator.uniform(0.01, 0.15, (count, 1, 1))
    near[..., :2] += generator.normal(0, 1, near[..., :2].shape) * spread
    scores = [generator.beta(3, 1.5, count), generator.beta(0.5, 8, len(guessed))]
    every = np.concatenate([near, _keypoints(generator, guessed)]).astype(np.float32)
    return Poses(every, np.concatenate(scores).astype(np.float32)), target


def _keypoints(generator: np.random.Generator, boxes: np.ndarray) -> np.ndarray:
    """Anywhere in their boxes, two in three labelled."""
    places = generator.random((len(boxes), 17, 2))
    places = boxes[:, None, :2] + places * (boxes[:, 2:] - boxes[:, :2])[:, None]
    labels = 2 * (generator.random((len(boxes), 17, 1)) < 0.65)
    return np.concatenate([places, labels], axis=2).astype(np.float32)
