"""What models answer, one value per frame or clip.

Segmentation: a class map. Depth: a map in metres. The others are the classes below; any object or
mapping with their fields will do, as arrays, tensors or nested lists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Integer


@dataclass(frozen=True)
class Detections:
    """Boxes in pixels of the frame given, with scores and class indices."""

    boxes: Float[np.ndarray, "n 4"]
    scores: Float[np.ndarray, " n"]
    labels: Integer[np.ndarray, " n"]


@dataclass(frozen=True)
class Poses:
    """Keypoints x, y, confidence per person, in pixels of the frame given; a keypoint that was not
    found has confidence 0. ``scores`` rank the people."""

    keypoints: Float[np.ndarray, "n k 3"]
    scores: Float[np.ndarray, " n"]


@dataclass(frozen=True)
class StreamLogits:
    """Logits (C,) of each stream; None for a stream that the network does not have.

    A plain array of logits is taken for ``fusion`` alone.
    """

    spatial: Float[np.ndarray, " c"] | None = None
    motion: Float[np.ndarray, " c"] | None = None
    fusion: Float[np.ndarray, " c"] | None = None


def field_of(prediction: Any, name: str) -> Any:
    """A field of an object or mapping; None where it has none of that name."""
    if isinstance(prediction, Mapping):
        return prediction.get(name)
    return getattr(prediction, name, None)
