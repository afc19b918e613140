"""Fidelity: how far what arrives is from what was sent, for pictures and clips of any dataset.

``psnr_db`` is from the mean squared error over all pixels of all samples, ``psnr_db_per_sample``
the mean of the samples' own. ``ssim`` (``structure.py``) is the mean over all frames.
``flow_epe_px`` is the mean, over the pixels of all frames, of the end-point error of the optical
flow of what arrived against that of the source (``motion.py``); NaN for pictures.
"""

import math

import cv2
import numpy as np
from jaxtyping import Float, Float64

from lossproof.dense_flow import dense_flow
from lossproof.metrics import motion
from lossproof.metrics.ratios import ratio
from lossproof.metrics.structure import ssim
from lossproof.records import Frames, Stat
from lossproof.targets import SourceTarget

VERSION = "fidelity-1"
MOST_DB = 100.0
"""The PSNR of frames that are equal, and of ones that are nearer than this."""
_PEAK = 255.0


def validate(prediction: Frames, target: SourceTarget) -> None:
    """Refuse frames that have not the shape of the source's. Raises ValueError."""
    if prediction.shape != target.frames.shape:
        raise ValueError(
            f"prediction has shape {prediction.shape}; "
            f"the source's shape {target.frames.shape} is allowed"
        )


def sample_stat(prediction: Frames, target: SourceTarget, *, flow: bool = True) -> Stat:
    """``sums`` (3,) of squared error, SSIM and end-point error, and ``counts`` (3,) of what is in.

    The counts are of pixel values, of frames and of flow vectors; 0 where there is none, as of the
    SSIM of frames smaller than its window. ``prediction`` has passed ``validate``.
    """
    arrived, sent = (
        frames.reshape(-1, *frames.shape[-3:]) for frames in (prediction, target.frames)
    )
    pairs = list(zip(arrived, sent, strict=True))
    squared = sum(cv2.norm(*pair, cv2.NORM_L2SQR) for pair in pairs)
    similar = [value for value in (ssim(*pair) for pair in pairs) if not math.isnan(value)]
    moved, num_vectors = _motion(prediction, target) if flow else (0.0, 0)
    return {
        "sums": np.array([squared, sum(similar), moved], np.float64),
        "counts": np.array([sent.size, len(similar), num_vectors], np.int64),
    }


def _motion(prediction: Frames, target: SourceTarget) -> tuple[float, int]:
    """The sum of the end-point errors, and how many there are."""
    if prediction.ndim == 3 or len(prediction) < 2:
        return 0.0, 0
    sent = motion.source_flow(target)
    errors = motion.end_point_errors(dense_flow(prediction), sent)
    return float(errors.sum()), sent[..., 0].size


def summarise(
    stats: Stat, weights: Float[np.ndarray, "r n"] | None = None
) -> dict[str, Float64[np.ndarray, " r"]]:
    """Scores, one value per resample; one resample of ones when ``weights`` is None.

    ``stats`` are those of ``sample_stat``. What no sample has is NaN.
    """
    sums, counts = stats["sums"], stats["counts"]
    assert isinstance(sums, np.ndarray)
    assert isinstance(counts, np.ndarray)
    if weights is None:
        weights = np.ones((1, len(sums)))
    pooled = ratio(weights @ sums, weights @ counts)
    alone = psnr_db(sums[:, 0] / counts[:, 0])
    return {
        "psnr_db": psnr_db(pooled[:, 0]),
        "psnr_db_per_sample": ratio(weights @ alone, weights.sum(axis=1).astype(np.float64)),
        "ssim": pooled[:, 1],
        "flow_epe_px": pooled[:, 2],
    }


def psnr_db(squared_error: Float64[np.ndarray, " n"]) -> Float64[np.ndarray, " n"]:
    """Of mean squared errors of 8 bits; at most ``MOST_DB``, so that it stays finite."""
    least = _PEAK**2 / 10 ** (MOST_DB / 10)
    decibels: Float64[np.ndarray, " n"] = 10 * np.log10(_PEAK**2 / np.maximum(squared_error, least))
    return decibels
