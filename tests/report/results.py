"""Results made by hand."""

from dataclasses import replace

import numpy as np

from lossproof.records import Cell, Context, Failure, Level, Result

CLASSES = ("sky", "road & kerb")


def result(
    codec: str,
    level: Level,
    *,
    accuracy: float,
    num_bytes: int = 100,
    better: str = "higher",
    reference_level: Level = 95,
    **cell: object,
) -> Result:
    """Twenty pictures of 100 pixels, of which about ``accuracy`` are right, not all alike."""
    wrong = np.clip(np.round(100 * (1 - accuracy)) + np.arange(20) % 5 - 2, 0, 100).astype(int)
    confusion = np.array([[[50 - w // 2, w // 2], [w - w // 2, 50 - w + w // 2]] for w in wrong])
    fields = {
        "task": "segmentation",
        "data": "camvid",
        "split": "test",
        "limit": None,
        "fingerprint": "f",
        "model": "net_1",
        "weights": "w",
        "settings": {},
        "encoder": "e 1",
        "frame_size": None,
        "metric": "segmentation-1",
    }
    return Result(
        cell=Cell(codec=codec, level=level, **{**fields, **cell}),
        sample_ids=tuple(f"s{index}" for index in range(20)),
        num_bytes=np.full(20, num_bytes),
        num_pixels=np.full(20, 100),
        num_frames=np.ones(20, np.int64),
        duration_seconds=np.full(20, np.nan),
        groups=tuple(f"s{index}" for index in range(20)),
        stats={"confusion": confusion.astype(np.int64)},
        context=Context(CLASSES, "quality", better, reference_level),
    )


def without(found: Result, index: int) -> Result:
    """The result with one sample failed."""
    kept = np.arange(len(found.sample_ids)) != index
    failures = (Failure(index, found.sample_ids[index], "truncated"),)
    return replace(found.take(kept), failures=failures)
