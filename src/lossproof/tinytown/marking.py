"""Which keypoints COCO's annotators would have marked, of all that the world knows.

In COCO people below 32 by 32 pixels have none, and what a head hides of its own face is left out
(Lin et al., Microsoft COCO, ECCV 2014; https://cocodataset.org/#keypoints-eval). No one could tell
left from right in a person a few pixels wide, nor where the nose is in the back of a head.
"""

import numpy as np
from jaxtyping import Float32

from lossproof.tinytown.truth import KEYPOINTS, Thing

SMALLEST_MARKED = 32**2
"""Visible pixels that a person needs to have keypoints: COCO's bound between small and medium."""

_FACE = 5
_SEEN = 2


def marked_keypoints(thing: Thing) -> Float32[np.ndarray, "17 3"]:
    """x, y and COCO's visibility; zeros for what is not marked, and for all of what has none."""
    marked = np.zeros((KEYPOINTS, 3), np.float32)
    if thing.keypoints is None or thing.area < SMALLEST_MARKED:
        return marked
    kept = thing.keypoints[:, 2] > 0
    kept[:_FACE] = thing.keypoints[:_FACE, 2] == _SEEN
    marked[kept] = thing.keypoints[kept]
    return marked
