"""What OpenPose learns to say of a picture: heat maps, part affinity fields, and where they count.

The targets of Cao et al. (Realtime Multi-Person 2D Pose Estimation using Part Affinity Fields, CVPR
2017, section 2), with the constants of the published code. A cell of a map stands for 8 by 8 pixels
of the network's input, and is asked at their middle. Places are COCO's: the centres of pixels are
whole numbers.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64

from lossproof.models.openpose import STRIDE
from lossproof.models.skeleton import COCO_KEYPOINTS, OPENPOSE, OPENPOSE_PARTS
from lossproof.records import FrameSize
from lossproof.targets import PoseTarget
from lossproof.training.view import View

SPREAD = 7.0
"""The standard deviation of a part's hill, in pixels of the input."""
LIMB_WIDTH = 8.0
"""How far a limb's field reaches to either side of it and beyond its ends, in the same pixels."""
_NECK = OPENPOSE_PARTS.index("neck")
_SHOULDERS = [OPENPOSE_PARTS.index(f"{side}_shoulder") for side in ("left", "right")]
_SWAPPED = {"left": "right", "right": "left"}


def _mirrored(keypoint: str) -> str:
    side, _, part = keypoint.partition("_")
    return f"{_SWAPPED[side]}_{part}" if part else keypoint


_MIRRORED = [COCO_KEYPOINTS.index(_mirrored(keypoint)) for keypoint in COCO_KEYPOINTS]


class PoseMaps(NamedTuple):
    """What is wanted of a picture; ``counted`` is 1 where the loss is taken, else 0."""

    fields: Float32[np.ndarray, "38 h w"]
    heatmaps: Float32[np.ndarray, "19 h w"]
    counted: Float32[np.ndarray, "1 h w"]


def pose_maps(target: PoseTarget, view: View) -> PoseMaps:
    """The maps of a target at a view of its frame, for the window padded to whole cells."""
    grid = cell_middles((view.window.width, view.window.height))
    people = parts_of(keypoints_in(target, view))
    return PoseMaps(
        limb_fields(people, grid).astype(np.float32),
        heat_maps(people, grid).astype(np.float32),
        (~left_out(target, view, grid)[None]).astype(np.float32),
    )


def cell_middles(size: FrameSize) -> Float64[np.ndarray, "h w 2"]:
    """Where the middle of each cell is, x and y, in pixels of an input of ``size``."""
    width, height = (-(-side // STRIDE) for side in size)
    across, down = ((np.arange(cells) + 0.5) * STRIDE - 0.5 for cells in (width, height))
    return np.stack(np.meshgrid(across, down), axis=-1)


def keypoints_in(target: PoseTarget, view: View) -> Float64[np.ndarray, "n 17 3"]:
    """The keypoints at the view; in a mirrored one left and right are exchanged."""
    scale = np.divide(view.frame_size, target.frame_size)
    keypoints = target.keypoints.astype(np.float64)
    keypoints[..., :2] = view.of_points((keypoints[..., :2] + 0.5) * scale) - 0.5
    return keypoints[:, _MIRRORED] if view.flipped else keypoints


def parts_of(keypoints: Float64[np.ndarray, "n 17 3"]) -> Float64[np.ndarray, "n 18 2"]:
    """OpenPose's parts, NaN where they are not labelled; hidden ones are.

    The neck is in the middle of the shoulders, and is there where both are.
    """
    labelled = np.where(keypoints[..., 2:] > 0, keypoints[..., :2], np.nan)
    parts = np.full((len(keypoints), len(OPENPOSE_PARTS), 2), np.nan)
    for place, part in enumerate(OPENPOSE.places):
        assert part is not None  # OpenPose has all of COCO's
        parts[:, part] = labelled[:, place]
    parts[:, _NECK] = parts[:, _SHOULDERS].mean(axis=1)
    return parts


def heat_maps(
    people: Float64[np.ndarray, "n 18 2"], grid: Float64[np.ndarray, "h w 2"]
) -> Float64[np.ndarray, "19 h w"]:
    """Of each part the highest of all people's hills, and last the background: 1 less the highest.

    A hill is 1 at its part, and falls as a Gaussian of ``SPREAD``.
    """
    across, down = (_hills(people[..., axis], grid_line) for axis, grid_line in _lines(grid))
    hills = down[..., :, None] * across[..., None, :]
    parts = np.nan_to_num(hills).max(axis=0, initial=0)
    return np.concatenate([parts, 1 - parts.max(axis=0, keepdims=True)])


def _lines(
    grid: Float64[np.ndarray, "h w 2"],
) -> tuple[tuple[int, Float64[np.ndarray, " w"]], tuple[int, Float64[np.ndarray, " h"]]]:
    return (0, grid[0, :, 0]), (1, grid[:, 0, 1])


def _hills(
    places: Float64[np.ndarray, "n 18"], line: Float64[np.ndarray, " s"]
) -> Float64[np.ndarray, "n 18 s"]:
    hills: Float64[np.ndarray, "n 18 s"] = np.exp(
        -((places[..., None] - line) ** 2) / (2 * SPREAD**2)
    )
    return hills


def limb_fields(
    people: Float64[np.ndarray, "n 18 2"], grid: Float64[np.ndarray, "h w 2"]
) -> Float64[np.ndarray, "38 h w"]:
    """Unit vectors along each limb, on it; where people's limbs overlap, their mean."""
    fields = np.zeros((OPENPOSE.num_fields, *grid.shape[:2]))
    for limb in OPENPOSE.limbs:
        fields[[limb.x, limb.y]] = _field(people[:, limb.start], people[:, limb.end], grid)
    return fields


def _field(
    starts: Float64[np.ndarray, "n 2"],
    ends: Float64[np.ndarray, "n 2"],
    grid: Float64[np.ndarray, "h w 2"],
) -> Float64[np.ndarray, "2 h w"]:
    lengths = np.hypot(*(ends - starts).T)
    known = lengths > 0  # not where an end is NaN
    starts, ends, lengths = starts[known], ends[known], lengths[known, None, None]
    units = (ends - starts) / lengths[:, 0]
    away = grid - starts[:, None, None]
    across, down = (units[:, None, None, axis] for axis in (0, 1))
    along = away[..., 0] * across + away[..., 1] * down
    aside = away[..., 1] * across - away[..., 0] * down
    on = (along >= -LIMB_WIDTH) & (along <= lengths + LIMB_WIDTH) & (abs(aside) <= LIMB_WIDTH)
    total = np.einsum("nhw,nc->chw", on, units)
    mean: Float64[np.ndarray, "2 h w"] = total / np.maximum(on.sum(axis=0), 1)
    return mean


def left_out(
    target: PoseTarget, view: View, grid: Float64[np.ndarray, "h w 2"]
) -> Bool[np.ndarray, "h w"]:
    """Where people stand whose keypoints nobody marked, so that neither answer is wrong.

    Those are the boxes of people without keypoints, and of crowds but for the people in them who
    have some; COCO's outlines are not among the targets.
    """
    scale = np.divide(view.frame_size, target.frame_size)
    x1, y1, x2, y2 = (target.boxes[:, place].astype(np.float64) for place in range(4))
    corners = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]]).transpose(2, 0, 1) * scale
    covered = _covered(view.of_points(corners), grid + 0.5)
    marked = target.num_labelled > 0
    people, crowds = ~marked & ~target.crowd, ~marked & target.crowd
    beside = covered[crowds].any(axis=0) & ~covered[marked].any(axis=0)
    missing: Bool[np.ndarray, "h w"] = beside | covered[people].any(axis=0)
    return missing


def _covered(
    quads: Float[np.ndarray, "n 4 2"], places: Float64[np.ndarray, "h w 2"]
) -> Bool[np.ndarray, "n h w"]:
    """Of each convex quadrilateral, which places lie in it, whichever way round its corners are."""
    sides = np.roll(quads, -1, axis=1) - quads
    away = places - quads[:, :, None, None]
    turns = sides[:, :, None, None, 0] * away[..., 1] - sides[:, :, None, None, 1] * away[..., 0]
    covered: Bool[np.ndarray, "n h w"] = (turns >= 0).all(axis=1) | (turns <= 0).all(axis=1)
    return covered
