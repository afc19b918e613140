"""Overlap of boxes."""

import numpy as np
from jaxtyping import Bool, Float, Float64


def areas(boxes: Float[np.ndarray, "n 4"]) -> Float64[np.ndarray, " n"]:
    """Square pixels."""
    sides = boxes[:, 2:].astype(np.float64) - boxes[:, :2]
    area: Float64[np.ndarray, " n"] = sides[:, 0] * sides[:, 1]
    return area


def overlaps(
    predictions: Float[np.ndarray, "d 4"],
    targets: Float[np.ndarray, "g 4"],
    crowd: Bool[np.ndarray, " g"],
) -> Float64[np.ndarray, "d g"]:
    """Intersection over union; over the area of the prediction alone where the target is a crowd.

    Boxes are corners, so that nothing is added to their sides; pycocotools does the same. Boxes
    without area overlap nothing.
    """
    low = np.maximum(predictions[:, None, :2], targets[None, :, :2]).astype(np.float64)
    high = np.minimum(predictions[:, None, 2:], targets[None, :, 2:])
    sides = np.maximum(high - low, 0.0)
    shared = sides[..., 0] * sides[..., 1]
    alone = areas(predictions)[:, None]
    whole = np.where(crowd, alone, alone + areas(targets) - shared)
    overlap = np.zeros(shared.shape)
    np.divide(shared, whole, out=overlap, where=shared > 0)
    return overlap
