"""Class maps from annotation pictures: stored values to class numbers."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import UInt8

from lossproof.datasets.images import checked_size, read_indices
from lossproof.records import IGNORE, DamagedSample, Sample
from lossproof.targets import SegmentationTarget

_UNKNOWN = 254


def read_class_map(
    sample: Sample, *, values: Mapping[int, int], num_classes: int
) -> SegmentationTarget:
    """The target of a sample whose annotation stores ``values``' keys and means their classes.

    Raises DamagedSample for an annotation that cannot be read, has a size other than its picture's
    (of which only the header is read), or has a value that ``values`` lacks.
    """
    assert sample.target is not None
    stored = read_indices(sample.target)
    height, width = stored.shape
    checked_size(sample.media, claimed=(width, height), where=str(sample.target))
    class_map = _lookup(values)[stored]
    unknown = class_map == _UNKNOWN
    if unknown.any():
        wrong = [int(value) for value in np.unique(stored[unknown])]
        raise DamagedSample(
            f"{sample.target} has the values {wrong}; {_ranges(values)} are allowed"
        )
    return SegmentationTarget(class_map=class_map, num_classes=num_classes, ignore=IGNORE)


def _lookup(values: Mapping[int, int]) -> UInt8[np.ndarray, " 256"]:
    table = np.full(256, _UNKNOWN, dtype=np.uint8)
    for stored, number in values.items():
        table[stored] = number
    return table


def _ranges(values: Mapping[int, int]) -> str:
    low, high = min(values), max(values)
    return f"{low} to {high}" if len(values) == high - low + 1 else str(sorted(values))
