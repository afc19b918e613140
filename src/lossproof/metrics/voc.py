"""Matches and average precision as the PASCAL VOC devkits have them.

Everingham et al., The PASCAL Visual Object Classes (VOC) Challenge, 2010. Each prediction, best
score first, looks at the target that it overlaps most, and at no other: a hit when they overlap by
half and the target is still free, a miss when it is taken, ignored when it is difficult. VOC knows
no crowds; they are treated as difficult.

The devkit adds 1 to the sides of its boxes because its corners are the first and last pixel. Boxes
here are the corners of the pixels' grid, whose sides hold that pixel already: the areas are those
of the devkit and nothing is added.
"""

import numpy as np
from jaxtyping import Bool, Float64, UInt16

LEAST_OVERLAP = 0.5
RECALLS = np.arange(11) / 10


def match(
    overlaps: Float64[np.ndarray, "d g"], unscored: Bool[np.ndarray, " g"]
) -> tuple[UInt16[np.ndarray, " d"], UInt16[np.ndarray, " d"]]:
    """Hits and ignored, 0 or 1, of the predictions of one class in one picture, best first."""
    hits, ignored = (np.zeros(len(overlaps), np.uint16) for _ in range(2))
    free = np.ones(len(unscored), bool)
    if not free.size:
        return hits, ignored
    nearest = overlaps.argmax(axis=1)
    near = overlaps[np.arange(len(overlaps)), nearest] >= LEAST_OVERLAP
    for place in np.flatnonzero(near):
        target = nearest[place]
        ignored[place] = unscored[target]
        hits[place] = free[target] and not unscored[target]
        free[target] = False
    return hits, ignored
