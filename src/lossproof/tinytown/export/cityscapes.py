"""Class maps in the layout of Cityscapes (Cordts et al., CVPR 2016)."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from lossproof.tinytown.export.places import copy, put
from lossproof.tinytown.folder import World
from lossproof.tinytown.plan import SPLITS
from lossproof.tinytown.still_files import png, read_still
from lossproof.tinytown.truth import CLASSES

LABEL_IDS = {
    "sky": 23,
    "building": 11,
    "road": 7,
    "pavement": 8,
    "grass": 22,
    "tree": 21,
    "pole": 17,
    "sign": 20,
    "car": 26,
    "person": 24,
    "bench": 4,
    "fence": 13,
}
"""Cityscapes' label ids of our classes. It has no benches: they are ``static`` (4), not scored."""

_CITY = "tinytown"


def write_cityscapes(world: World, out: Path) -> Iterator[None]:
    """One city; the labels of ``test`` are true ones, unlike those of the original."""
    table = np.array([LABEL_IDS[name] for name in CLASSES], np.uint8)
    for split in SPLITS:
        for place in world.stills(split):
            name = f"{_CITY}_000000_{place.id}"
            picture = out / "leftImg8bit" / split / _CITY / f"{name}_leftImg8bit.png"
            copy(world.root / f"{place.stem}.png", picture)
            labels = table[read_still(world.root / place.stem).class_map]
            put(out / "gtFine" / split / _CITY / f"{name}_gtFine_labelIds.png", png(labels))
            yield
