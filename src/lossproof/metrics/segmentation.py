"""Semantic segmentation: global accuracy, mean class accuracy, mIoU and the IoU of every class.

The three scores are those of SegNet (Badrinarayanan, Kendall, Cipolla, 2017) and of Table I of the
paper. All pool over the pixels of all samples: one confusion matrix, never a mean of per-image
scores. They agree with scikit-learn's ``accuracy_score``, ``balanced_accuracy_score`` and macro
``jaccard_score`` on the pooled pixels.
"""

import cv2
import numpy as np
from jaxtyping import Float, Float64, Integer

from lossproof.metrics.ratios import mean_of_present, ratio
from lossproof.records import ClassMap, Stat
from lossproof.targets import SegmentationTarget

VERSION = "segmentation-1"

# OpenCV counts in float32, which is exact up to here.
_MOST_COUNTED = 2**24
_BLOCK = 500


def validate(prediction: ClassMap, target: SegmentationTarget) -> None:
    """Refuse a prediction that cannot be scored against its target.

    ``prediction`` is (H, W), integer, of the target's size, with values below ``num_classes``.
    Raises ValueError.
    """
    if not isinstance(prediction, np.ndarray) or not np.issubdtype(prediction.dtype, np.integer):
        found = getattr(prediction, "dtype", type(prediction).__name__)
        raise ValueError(f"prediction is of type {found}; an array of whole numbers is allowed")
    if prediction.shape != target.class_map.shape:
        raise ValueError(
            f"prediction has shape {prediction.shape}; "
            f"the target's shape {target.class_map.shape} is allowed"
        )
    low, high = int(prediction.min()), int(prediction.max())
    if low < 0 or high >= target.num_classes:
        raise ValueError(
            f"prediction has classes {low} to {high}; 0 to {target.num_classes - 1} are allowed"
        )


def sample_stat(prediction: ClassMap, target: SegmentationTarget) -> Stat:
    """The confusion matrix of one picture: ``confusion`` (C, C), pixels, target by prediction.

    ``prediction`` has passed ``validate``. Ignored pixels lie outside the range that is counted.
    """
    num_classes = target.num_classes
    predicted = prediction.astype(np.uint8, copy=False)
    rows = max(1, _MOST_COUNTED // prediction.shape[1])
    confusion = np.zeros((num_classes, num_classes), np.int32)
    for start in range(0, prediction.shape[0], rows):
        strip = slice(start, start + rows)
        pair = [target.class_map[strip], predicted[strip]]
        sides, ranges = [num_classes, num_classes], [0, num_classes, 0, num_classes]
        confusion += cv2.calcHist(pair, [0, 1], None, sides, ranges).astype(np.int32)
    return {"confusion": confusion}


def summarise(
    stats: Stat, weights: Float[np.ndarray, "r n"] | None = None
) -> dict[str, Float64[np.ndarray, " r"]]:
    """Scores in [0, 1], one value per resample; one resample of ones when ``weights`` is None.

    ``stats`` holds ``confusion`` (N, C, C). A class that is absent from prediction and target has
    IoU NaN and is left out of the mean; likewise the accuracy of a class absent from the target.
    ``iou/3`` is the IoU of class 3.
    """
    confusion = stats["confusion"]
    assert isinstance(confusion, np.ndarray)
    num_samples, num_classes, _ = confusion.shape
    if weights is None:
        weights = np.ones((1, num_samples))
    pooled = _pool(weights, confusion.reshape(num_samples, num_classes**2))
    hits, actual, predicted = _margins(pooled.reshape(len(weights), num_classes, num_classes))
    accuracy = ratio(hits, actual)
    iou = ratio(hits, actual + predicted - hits)
    scores = {
        "global_accuracy": ratio(hits.sum(axis=1), actual.sum(axis=1)),
        "mean_class_accuracy": mean_of_present(accuracy, axis=1),
        "miou": mean_of_present(iou, axis=1),
    }
    return scores | {f"iou/{index}": iou[:, index] for index in range(num_classes)}


def _pool(
    weights: Float[np.ndarray, "r n"], counts: Integer[np.ndarray, "n cc"]
) -> Float64[np.ndarray, "r cc"]:
    """The weighted sums over samples, some at a time, so that few of them are floats at once."""
    pooled = np.zeros((len(weights), counts.shape[1]))
    for start in range(0, len(counts), _BLOCK):
        block = slice(start, start + _BLOCK)
        pooled += weights[:, block] @ counts[block].astype(np.float64)
    return pooled


def _margins(
    pooled: Float64[np.ndarray, "r c c"],
) -> tuple[Float64[np.ndarray, "r c"], Float64[np.ndarray, "r c"], Float64[np.ndarray, "r c"]]:
    return np.diagonal(pooled, axis1=1, axis2=2), pooled.sum(axis=2), pooled.sum(axis=1)
