"""People drawn as ideal heat maps and fields, as OpenPose is trained on them."""

import numpy as np

from lossproof.models.grouping import Maps
from lossproof.models.skeleton import OPENPOSE, Skeleton
from lossproof.predictions import Poses

STRIDE = 8
SPREAD = 7.0
WIDTH = 8.0
MARGIN = 14
PLACES = [place for place in OPENPOSE.places if place is not None]
"""Of COCO's keypoints among OpenPose's parts."""

# A person who stands, x and y of OpenPose's 18 parts, 100 pixels high and 50 wide.
STANDING = np.array(
    [
        *((25, 8), (25, 20), (15, 20), (10, 35), (6, 50), (35, 20), (40, 35), (44, 50)),
        *((19, 52), (18, 75), (17, 98), (31, 52), (32, 75), (33, 98)),
        *((21, 4), (29, 4), (14, 7), (36, 7)),
    ],
    float,
)


def standing(x: float, y: float, *, height: float = 200.0) -> np.ndarray:
    """The 18 parts of a person whose box begins at x, y."""
    return STANDING * (height / 100) + (x, y)


def crowd(size: tuple[int, int], *, columns: int, rows: int, seed: int = 0) -> np.ndarray:
    """One person (18, 2) in each cell of a grid over the picture, each a little different.

    They keep away from the border, at which smoothing moves peaks.
    """
    rng = np.random.default_rng(seed)
    width, height = (
        (side - 2 * MARGIN) / cells for side, cells in zip(size, (columns, rows), strict=True)
    )
    tall = 0.9 * min(height, 2 * width)
    return np.array(
        [
            standing(
                MARGIN + column * width + rng.uniform(0, width - tall / 2),
                MARGIN + row * height + rng.uniform(0, height - tall),
                height=tall,
            )
            for row in range(rows)
            for column in range(columns)
        ]
    ).reshape(-1, 18, 2)


def drawn(
    people: np.ndarray,
    size: tuple[int, int],
    *,
    skeleton: Skeleton = OPENPOSE,
    stride: int = STRIDE,
) -> Maps:
    """The maps of people (n, parts, 2); a part that is NaN is not drawn."""
    padded = tuple(-(-side // stride) * stride for side in size)
    down, across = ((np.arange(padded[axis] // stride) + 0.5) * stride - 0.5 for axis in (1, 0))
    grid = np.stack(np.meshgrid(across, down), axis=-1)
    heatmaps = np.zeros((len(skeleton.parts) + 1, *grid.shape[:2]), np.float32)
    fields = np.zeros((skeleton.num_fields, *grid.shape[:2]), np.float32)
    counts = np.zeros_like(fields)
    for person in people:
        for place, part in enumerate(person):
            if not np.isnan(part).any():
                away = ((grid - part) ** 2).sum(axis=-1)
                heatmaps[place] = np.maximum(heatmaps[place], np.exp(-away / (2 * SPREAD**2)))
        for limb in skeleton.limbs:
            _draw(fields, counts, (limb.x, limb.y), (grid, person[limb.start], person[limb.end]))
    heatmaps[-1] = 1 - heatmaps[:-1].max(axis=0)
    return Maps(heatmaps, fields / np.maximum(counts, 1), padded, size)


def _draw(
    fields: np.ndarray,
    counts: np.ndarray,
    channels: tuple[int, int],
    limb: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    grid, start, end = limb
    if np.isnan([start, end]).any():
        return
    length = np.hypot(*(end - start))
    unit = (end - start) / length
    along, aside = (grid - start) @ unit, (grid - start) @ (-unit[1], unit[0])
    on = (along > -WIDTH) & (along < length + WIDTH) & (abs(aside) < WIDTH)
    for channel, value in zip(channels, unit, strict=True):
        fields[channel, on] += value
        counts[channel, on] += 1


def assert_people(poses: Poses, people: np.ndarray) -> None:
    """As many, each within half a pixel of one that was drawn, and no part more or less."""
    wanted = people[:, PLACES]
    assert len(poses.keypoints) == len(poses.scores) == len(wanted)
    left = list(range(len(wanted)))
    for keypoints in poses.keypoints:
        away = [np.nanmean(abs(keypoints[:, :2] - wanted[place])) for place in left]
        place = left.pop(int(np.argmin(away)))
        there = ~np.isnan(wanted[place, :, 0])
        np.testing.assert_array_equal(keypoints[:, 2] > 0, there)
        assert abs(keypoints[there, :2] - wanted[place, there]).max() < 0.5
        np.testing.assert_array_equal(keypoints[~there], 0)
