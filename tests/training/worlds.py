"""Small data that networks can learn in seconds, and the recipes for it."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from lossproof.models.skeleton import OPENPOSE
from lossproof.training import Compression, Recipe, Schedule
from tests.fakes import write_world
from tests.models.drawn_people import PLACES, standing

SIZE = (48, 32)
WIDTH = 0.125
JPEG_5 = Compression(codec="jpeg", levels=(5,))


def write_segmentation(root: Path, *, num_training: int = 12, num_validation: int = 4) -> str:
    """``fakes``' coloured blocks as the splits ``train`` and ``val``; the answer is the data."""
    data = write_world(root, num_samples=num_training + num_validation, size=SIZE)
    lines = (root / "test.txt").read_text().splitlines(keepends=True)
    (root / "train.txt").write_text("".join(lines[:num_training]))
    (root / "val.txt").write_text("".join(lines[num_training:]))
    return data


def write_depth(root: Path, *, num_samples: int = 10) -> str:
    """Pictures whose brightness is their depth of 1 to 4 m, with holes; the answer is the data."""
    root.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(3)
    for index in range(num_samples):
        coarse = generator.uniform(1, 4, (4, 6))
        depth = np.kron(coarse, np.ones((8, 8)))
        grey = (depth * 60)[..., None] + generator.normal(0, 4, (*depth.shape, 3))
        codes = (depth * 1000).astype(np.uint16)
        codes[:4, :4] = 0
        Image.fromarray(grey.clip(0, 255).astype(np.uint8)).save(
            root / f"frame-{index:06d}.color.png"
        )
        Image.fromarray(codes).save(root / f"frame-{index:06d}.depth.png")
    return f"rgbd:{root}"


def segnet(data: str, *, epochs: int = 2, **changes: Any) -> Recipe:
    """A narrow SegNet, a few pictures at once."""
    fields: dict[str, Any] = {
        "schedule": Schedule(learning_rate=0.05, batch_size=4, epochs=epochs),
        "validation": "val",
        "settings": {"width": WIDTH},
    }
    return Recipe(family="segnet", data=data, **{**fields, **changes})


def depth_gan(data: str, *, epochs: int = 2, **changes: Any) -> Recipe:
    """A narrow generator, of small rooms."""
    fields: dict[str, Any] = {
        "schedule": Schedule(learning_rate=2e-3, momentum=0.5, batch_size=4, epochs=epochs),
        "settings": {"width": WIDTH, "max_depth": 5.0},
    }
    return Recipe(family="depth_gan", data=data, **{**fields, **changes})


def write_people(root: Path, *, num_training: int = 8, num_validation: int = 4) -> str:
    """Pictures of a person of coloured sticks, as COCO's keypoints; the answer is the data."""
    generator = np.random.default_rng(7)
    (root / "annotations").mkdir(parents=True, exist_ok=True)
    for split, number in (("train", num_training), ("val", num_validation)):
        (root / split).mkdir()
        images, people = [], []
        for index in range(number):
            frame, parts = stick_person(generator)
            name = f"{split}{index}.png"
            Image.fromarray(frame).save(root / split / name)
            size = {"width": PEOPLE_SIZE[0], "height": PEOPLE_SIZE[1]}
            images.append({"id": index, "file_name": name, **size})
            people.append({"id": index, "image_id": index, **annotation(parts)})
        content = {
            "images": images,
            "annotations": people,
            "categories": [{"id": 1, "name": "person"}],
        }
        path = root / "annotations" / f"person_keypoints_{split}.json"
        path.write_text(json.dumps(content))
    return f"coco_keypoints:{root}"


PEOPLE_SIZE = (96, 96)


def stick_person(generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A picture, and its person's 18 parts: every limb and part has a colour of its own."""
    width, height = PEOPLE_SIZE
    tall = generator.uniform(76, 88)
    corner = generator.uniform((4, 4), (width - tall / 2 - 4, height - tall - 4))
    parts = standing(*corner, height=tall) + generator.normal(0, 0.7, (18, 2))
    frame = generator.normal(110, 10, (height, width, 3)).clip(0, 255).astype(np.uint8)
    colours = np.random.default_rng(0).integers(0, 256, (18, 3)).tolist()
    for limb in OPENPOSE.limbs[:13]:
        ends = [tuple(round(16 * float(at)) for at in parts[part]) for part in limb[:2]]
        cv2.line(frame, *ends, colours[limb.end], thickness=3, lineType=cv2.LINE_AA, shift=4)
    for place, colour in zip(parts, colours, strict=True):
        middle = [round(16 * float(at)) for at in place]
        cv2.circle(frame, middle, 40, colour, thickness=-1, lineType=cv2.LINE_AA, shift=4)
    return frame, parts


def annotation(parts: np.ndarray) -> dict[str, Any]:
    """What COCO says of a person whose parts are all visible."""
    keypoints = np.column_stack([parts[PLACES], np.full(17, 2)])
    low, high = parts.min(axis=0), parts.max(axis=0)
    box = [*low.tolist(), *(high - low).tolist()]
    return {
        "category_id": 1,
        "bbox": box,
        "area": box[2] * box[3] * 0.6,
        "iscrowd": 0,
        "num_keypoints": 17,
        "keypoints": keypoints.round(2).ravel().tolist(),
    }


def openpose(data: str, *, epochs: int = 2, **changes: Any) -> Recipe:
    """A narrow OpenPose of two stages, at the height of the pictures."""
    fields: dict[str, Any] = {
        "schedule": Schedule(learning_rate=2e-3, batch_size=4, epochs=epochs),
        "validation": "val",
        "settings": {"width": WIDTH, "stages": 2, "box_size": PEOPLE_SIZE[1], "batch_norm": True},
    }
    return Recipe(family="openpose", data=data, **{**fields, **changes})


H264_40 = Compression(codec="h264", levels=(40,))
CLASSES = {"right": (2, 150), "left": (-2, 60)}
"""Pixels a frame, and how bright: either tells the classes apart."""


def write_actions(root: Path, *, num_training: int = 12, num_validation: int = 4) -> str:
    """Clips of 4 frames whose texture moves right or left; the answer is the data."""
    generator = np.random.default_rng(4)
    for split, number in (("train", num_training), ("val", num_validation)):
        for index in range(number):
            name, (step, bright) = list(CLASSES.items())[index % 2]
            folder = root / split / name / f"{index:03d}"
            folder.mkdir(parents=True)
            texture = np.kron(generator.normal(bright, 30, (10, 20)), np.ones((4, 4)))
            for place in range(4):
                first = 16 + place * -step
                frame = texture[:, first : first + SIZE[0]].clip(0, 255).astype(np.uint8)
                Image.fromarray(np.stack([frame] * 3, axis=-1)).save(folder / f"{place + 1}.png")
    return f"frame_clips:{root}"


def two_stream(data: str, *, epochs: int = 2, stream: str = "spatial", **changes: Any) -> Recipe:
    """A narrow network of small squares, a few clips at once."""
    own = {"stream": stream, "backbone": "small", "width": 0.25, "side": 32}
    fields: dict[str, Any] = {
        "schedule": Schedule(learning_rate=0.05, batch_size=4, epochs=epochs),
        "validation": "val",
        "settings": {**own, "stack": 2} if stream == "motion" else own,
    }
    return Recipe(family="two_stream", data=data, **{**fields, **changes})


HUES = np.array([(150, 90, 110), (100, 124, 90), (90, 105, 190), (0, 0, 0)])
"""Classes told by colour alone, of nearly one brightness: what strong JPEG loses first."""
BLOCK = 16


def write_hues(root: Path, *, num_training: int = 8, num_validation: int = 8) -> str:
    """Pictures of large blocks in three colours; the answer is the data."""
    generator = np.random.default_rng(5)
    (root / "all").mkdir(parents=True)
    lines = []
    for index in range(num_training + num_validation):
        labels = np.kron(generator.integers(0, 3, (2, 3)), np.ones((BLOCK, BLOCK), np.int64))
        frame = HUES[labels] + generator.normal(0, 12, (*labels.shape, 3))
        Image.fromarray(frame.clip(0, 255).astype(np.uint8)).save(root / f"all/{index}.png")
        Image.fromarray(labels.astype(np.uint8)).save(root / f"all/{index}_labels.png")
        lines.append(f"all/{index}.png all/{index}_labels.png\n")
    (root / "train.txt").write_text("".join(lines[:num_training]))
    (root / "val.txt").write_text("".join(lines[num_training:]))
    return f"camvid:{root}"


DETECTOR: dict[str, Any] = {
    "width": 0.125,
    "min_size": 48,
    "max_size": 64,
    "anchor_size": 8,
    "regions": 16,
    "clip": 5.0,
}
SHAPES = ("square", "disc")
_SHAPE_HUES = np.array([(200, 60, 60), (70, 80, 210)])


def write_shapes(
    root: Path,
    *,
    num_training: int = 12,
    num_validation: int = 4,
    size: tuple[int, int] = (64, 48),
) -> str:
    """Red squares and blue discs on noise, the first picture empty, in YOLO's layout; the answer
    is the data."""
    generator = np.random.default_rng(11)
    (root / "labels").mkdir(parents=True)
    (root / "classes.txt").write_text("".join(f"{name}\n" for name in SHAPES))
    for split, count in (("train", num_training), ("val", num_validation)):
        for folder in ("images", "labels"):
            (root / folder / split).mkdir(parents=True)
        for index in range(count):
            frame, rows = _shapes(generator, size, num_objects=index % 4)
            Image.fromarray(frame).save(root / "images" / split / f"{index}.png")
            lines = (" ".join(f"{value:g}" for value in row) + "\n" for row in rows)
            (root / "labels" / split / f"{index}.txt").write_text("".join(lines))
    return f"yolo:{root}"


def _shapes(
    generator: np.random.Generator, size: tuple[int, int], *, num_objects: int
) -> tuple[np.ndarray, list[list[float]]]:
    """A picture, and a row of each object: class, centre and size in shares of the sides."""
    width, height = size
    frame = generator.normal(120, 12, (height, width, 3))
    rows: list[list[float]] = []
    y, x = np.mgrid[:height, :width] + 0.5
    for place in range(num_objects):
        label = int(generator.integers(len(SHAPES)))
        radius = int(generator.integers(height // 8, height // 5))
        # Side by side, so that none hides another.
        left, right = width * place // num_objects, width * (place + 1) // num_objects
        x_centre = int(generator.integers(left, right))
        x_centre = min(max(x_centre, left + radius), max(right - radius, left + radius))
        y_centre = int(generator.integers(radius, height - radius))
        across, along = np.abs(x - x_centre), np.abs(y - y_centre)
        inside = (np.hypot(across, along) if label else np.maximum(across, along)) < radius
        frame[inside] = _SHAPE_HUES[label] + generator.normal(0, 12, (int(inside.sum()), 3))
        sides = [2 * radius / width, 2 * radius / height]
        rows.append([label, x_centre / width, y_centre / height, *sides])
    return frame.clip(0, 255).astype(np.uint8), rows


def faster_rcnn(data: str, *, epochs: int = 2, **changes: Any) -> Recipe:
    """A narrow detector of small pictures with small objects."""
    fields: dict[str, Any] = {
        "family": "faster_rcnn",
        "schedule": Schedule(learning_rate=0.02, batch_size=4, epochs=epochs),
        "validation": "val",
        "settings": DETECTOR,
    }
    return Recipe(data=data, **{**fields, **changes})
