"""Frames or clips sorted into batches that a network can take: equal shapes together."""

from collections.abc import Iterator, Sequence

import numpy as np

from lossproof.records import Frames


def batches(frames: Sequence[Frames], *, size: int) -> Iterator[list[int]]:
    """Places of frames of equal shape, at most ``size`` at a time; every place exactly once.

    Raises ValueError for what is neither a picture (H, W, 3) nor a clip (T, H, W, 3) of ``uint8``.
    """
    by_shape: dict[tuple[int, ...], list[int]] = {}
    for place, frame in enumerate(frames):
        if frame.ndim not in (3, 4) or frame.shape[-1] != 3 or frame.dtype != np.uint8:
            raise ValueError(
                f"frame {place} has shape {frame.shape} and type {frame.dtype}; "
                "(height, width, 3) of uint8 is allowed, for clips (time, height, width, 3)"
            )
        by_shape.setdefault(frame.shape, []).append(place)
    for places in by_shape.values():
        for start in range(0, len(places), size):
            yield places[start : start + size]
