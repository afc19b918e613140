"""Depth in the layout of SYNTHIA-RAND-CITYSCAPES (Ros et al., CVPR 2016)."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from lossproof.tinytown.export.places import copy, put
from lossproof.tinytown.folder import World
from lossproof.tinytown.plan import SPLITS
from lossproof.tinytown.still_files import depth_codes, png, read_still

METRES_PER_CODE = 0.01
_UNKNOWN = 65_535


def write_synthia(world: World, out: Path) -> Iterator[None]:
    """A folder for each split, since SYNTHIA has none: ``synthia:OUT/test`` with ``--split all``.

    Depth is centimetres in three channels that agree, 65535 in the sky.
    """
    for split in SPLITS:
        for place in world.stills(split):
            name = f"{place.index:07d}.png"
            copy(world.root / f"{place.stem}.png", out / split / "RGB" / name)
            depth = read_still(world.root / place.stem).depth
            codes = depth_codes(depth, metres_per_code=METRES_PER_CODE, unknown=_UNKNOWN)
            put(out / split / "Depth" / "Depth" / name, png(np.dstack([codes] * 3)))
            yield
