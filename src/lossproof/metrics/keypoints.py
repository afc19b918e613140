"""Object keypoint similarity: how near the keypoints of a pose are to those of a person.

Lin et al., Microsoft COCO, 2014, and https://cocodataset.org/#keypoints-eval; agrees with
``COCOeval.computeOks`` of pycocotools.
"""

import numpy as np
from jaxtyping import Float, Float64

from lossproof.targets import PoseTarget

SIGMAS = np.array(
    (
        *(0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072),
        *(0.062, 0.062, 0.107, 0.107, 0.087, 0.087, 0.089, 0.089),
    )
)
"""How differently people place each of COCO's 17 keypoints, as a share of the person's size."""
NUM_KEYPOINTS = len(SIGMAS)
_VARIANCES = (2 * SIGMAS) ** 2


def similarities(
    keypoints: Float[np.ndarray, "d k 3"], target: PoseTarget
) -> Float64[np.ndarray, "d g"]:
    """Similarity in [0, 1] of every pose with every person.

    Only labelled keypoints are compared. A person without any is a region to be ignored: there, a
    keypoint is as far away as it is outside of the person's box grown by its size on each side.
    """
    places = keypoints[..., :2].astype(np.float64)
    columns = [_with_person(places, target, index) for index in range(len(target.areas))]
    return np.stack(columns, axis=1) if columns else np.zeros((len(keypoints), 0))


def _with_person(
    places: Float64[np.ndarray, "d k 2"], target: PoseTarget, index: int
) -> Float64[np.ndarray, " d"]:
    person = target.keypoints[index].astype(np.float64)
    labelled = person[:, 2] > 0
    if labelled.any():
        away = places - person[:, :2]
    else:
        low, high = _grown(target.boxes[index].astype(np.float64))
        away = np.maximum(0.0, low - places) + np.maximum(0.0, places - high)
        labelled[:] = True
    spread = _VARIANCES * 2 * (np.float64(target.areas[index]) + np.spacing(1))
    closeness = np.exp(-np.square(away).sum(axis=2) / spread)
    near: Float64[np.ndarray, " d"] = closeness[:, labelled].mean(axis=1)
    return near


def _grown(
    box: Float64[np.ndarray, " 4"],
) -> tuple[Float64[np.ndarray, " 2"], Float64[np.ndarray, " 2"]]:
    size = box[2:] - box[:2]
    return box[:2] - size, box[2:] + size


def extents(keypoints: Float[np.ndarray, "d k 3"]) -> Float64[np.ndarray, " d"]:
    """The area of the box around all keypoints of each pose, in square pixels.

    COCO counts keypoints that were not found too, wherever the model left them.
    """
    sides = np.ptp(keypoints[..., :2].astype(np.float64), axis=1)
    area: Float64[np.ndarray, " d"] = sides[:, 0] * sides[:, 1]
    return area
