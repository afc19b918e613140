"""Tiny trees in each official layout, the same at every call; one function per dataset."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

CAMVID_SIZE = (12, 9)
CITYSCAPES_SIZE = (16, 8)


def write_camvid(root: Path) -> None:
    """Three test and two train samples with relative lists, and no val split."""
    for split, num_samples in (("test", 3), ("train", 2)):
        names = [f"0001TP_{index:06d}.png" for index in range(num_samples)]
        for index, name in enumerate(names):
            write_rgb(root / split / name, size=CAMVID_SIZE, seed=index)
            write_indices(root / f"{split}annot" / name, size=CAMVID_SIZE, num_values=12)
        lines = [f"{split}/{name} {split}annot/{name}\n" for name in names]
        (root / f"{split}.txt").write_text("".join(lines))


def write_cityscapes(root: Path) -> None:
    """Two val samples in two cities, one train sample, and one test sample with a placeholder."""
    write_street(root, split="val", city="munster", name="munster_000000_000019")
    write_street(root, split="val", city="frankfurt", name="frankfurt_000001_000019")
    write_street(root, split="train", city="aachen", name="aachen_000000_000019")
    write_street(root, split="test", city="berlin", name="berlin_000000_000019", num_values=4)


def write_street(root: Path, *, split: str, city: str, name: str, num_values: int = 34) -> None:
    media = root / "leftImg8bit" / split / city / f"{name}_leftImg8bit.png"
    target = root / "gtFine" / split / city / f"{name}_gtFine_labelIds.png"
    write_rgb(media, size=CITYSCAPES_SIZE, seed=len(name))
    write_indices(target, size=CITYSCAPES_SIZE, num_values=num_values)


def write_rgb(path: Path, *, size: tuple[int, int], seed: int = 0) -> None:
    width, height = size
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    save(path, Image.fromarray(pixels))


def write_indices(path: Path, *, size: tuple[int, int], num_values: int) -> None:
    """The values 0, 1, ... num_values - 1, over and over, row by row."""
    width, height = size
    values = np.arange(width * height, dtype=np.uint8) % num_values
    save(path, Image.fromarray(values.reshape(height, width)))


def save(path: Path, picture: Image.Image) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)


LAYOUTS: dict[str, Callable[[Path], None]] = {
    "camvid": write_camvid,
    "cityscapes": write_cityscapes,
}
