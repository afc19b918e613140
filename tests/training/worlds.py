"""Small data that networks can learn in seconds, and the recipes for it."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from lossproof.training import Compression, Recipe, Schedule
from tests.fakes import write_world

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
