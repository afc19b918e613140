"""Which keypoints COCO's annotators would have marked, of all that the world knows.

In COCO people below 32 by 32 pixels have none, and a face is marked as far as it is seen (Lin et
al., Microsoft COCO, ECCV 2014; https://cocodataset.org/#keypoints-eval). No one could tell left
from right in a person a few pixels wide, nor where the nose is in the back of a head.
"""

import numpy as np
from jaxtyping import Float32

SMALLEST_MARKED = 32**2
"""Visible pixels that a person needs to have keypoints: COCO's bound between small and medium."""

_FACE = 5
_SEEN = 2


def marked(keypoints: Float32[np.ndarray, "17 3"], *, area: int) -> Float32[np.ndarray, "17 3"]:
    """Of x, y and COCO's visibility of a person of whom ``area`` pixels are seen, what is marked;
    zeros for the rest."""
    kept = keypoints[:, 2] > 0
    kept[:_FACE] = keypoints[:_FACE, 2] == _SEEN
    kept &= area >= SMALLEST_MARKED
    return np.where(kept[:, None], keypoints, np.float32(0))
