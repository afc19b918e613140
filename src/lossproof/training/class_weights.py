"""Weights of classes that are rare: median frequency balancing, as SegNet trains with."""

from collections.abc import Iterable

import numpy as np
from jaxtyping import Float32, UInt8


def median_frequency(
    class_maps: Iterable[UInt8[np.ndarray, "_ _"]], num_classes: int
) -> Float32[np.ndarray, " c"]:
    """The median of all classes' frequencies over each one's own (Eigen and Fergus, ICCV 2015).

    A class's frequency is its share of the pixels of the pictures that have it; pixels that are
    ignored count in none. A class that is in no picture weighs 1.
    """
    pixels = np.zeros(num_classes, np.int64)
    around = np.zeros(num_classes, np.int64)
    for class_map in class_maps:
        counts = np.bincount(class_map.ravel(), minlength=num_classes)[:num_classes]
        pixels += counts
        around += np.where(counts > 0, counts.sum(), 0)
    present = pixels > 0
    frequencies = pixels[present] / around[present]
    weights = np.ones(num_classes, np.float32)
    if present.any():
        weights[present] = np.median(frequencies) / frequencies
    return weights
