"""The script that a user would write today, as fairly as one would write it.

Pillow to BytesIO and back, one frame after another, one level after another, the source opened
again for each level; the confusion matrix by NumPy.
"""

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

NUM_CLASSES = 11
Predict = Callable[[np.ndarray], np.ndarray]


def sweep(
    pairs: Sequence[tuple[Path, Path]], predict: Predict, levels: Sequence[int | None]
) -> dict[int | None, tuple[float, int]]:
    """mIoU and bytes by level; level None is the source itself."""
    found = {}
    for level in levels:
        confusion = np.zeros((NUM_CLASSES, NUM_CLASSES), np.int64)
        num_bytes = 0
        for media, target in pairs:
            frame, size = compress(media, level)
            num_bytes += size
            confusion += compare(np.array(Image.open(target)), predict(frame))
        found[level] = (miou(confusion), num_bytes)
    return found


def compress(media: Path, level: int | None) -> tuple[np.ndarray, int]:
    picture = Image.open(media).convert("RGB")
    if level is None:
        return np.array(picture), media.stat().st_size
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=level)
    buffer.seek(0)
    return np.array(Image.open(buffer)), buffer.getbuffer().nbytes


def compare(target: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    kept = target < NUM_CLASSES
    pairs = NUM_CLASSES * target[kept].astype(int) + prediction[kept]
    counts = np.bincount(pairs, minlength=NUM_CLASSES**2)
    return counts.reshape(NUM_CLASSES, NUM_CLASSES)


def miou(confusion: np.ndarray) -> float:
    hits = np.diag(confusion)
    return float(np.nanmean(hits / (confusion.sum(0) + confusion.sum(1) - hits)))
