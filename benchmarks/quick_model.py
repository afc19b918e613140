"""A model that takes well under 5 ms a frame: the codec decides how long a sweep takes."""

import numpy as np

TABLE = (np.arange(256) // 24).astype(np.uint8)


class Quick:
    """The class of a pixel is its green value by a table: 11 classes."""

    name = "quick"
    version = "1"
    batch_size = 8

    def predict(self, frames: list[np.ndarray]) -> list[np.ndarray]:
        return [TABLE[frame[..., 1]] for frame in frames]


def load() -> Quick:
    return Quick()
