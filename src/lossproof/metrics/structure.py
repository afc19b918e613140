"""Structural similarity of two frames.

Wang, Bovik, Sheikh and Simoncelli, Image Quality Assessment: From Error Visibility to Structural
Similarity, 2004: a Gaussian window of 1.5 pixels, K1 = 0.01, K2 = 0.03. Agrees with scikit-image's
``structural_similarity`` with ``gaussian_weights=True``, ``sigma=1.5``,
``use_sample_covariance=False``.
"""

import cv2
import numpy as np
from jaxtyping import Float64

from lossproof.records import Frame

SIGMA = 1.5
RADIUS = 5  # 3.5 sigma
SMALLEST = 2 * RADIUS + 1
"""Pixels on a side of the window, which must fit into the frame."""
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def ssim(one: Frame, other: Frame) -> float:
    """The mean over the pixels whose window lies within the frame, and over red, green and blue.

    Frames have the same shape; NaN for ones smaller than the window.
    """
    if min(one.shape[:2]) < SMALLEST:
        return float("nan")
    # Squares of 8 bits less squares of means leave too few digits in float32.
    x, y = one.astype(np.float64), other.astype(np.float64)
    mean_x, mean_y = _smooth(x), _smooth(y)
    product, squares = mean_x * mean_y, mean_x**2 + mean_y**2
    covariance = _smooth(x * y) - product
    variances = _smooth(x**2 + y**2) - squares
    luminance = (2 * product + _C1) / (squares + _C1)
    structure = (2 * covariance + _C2) / (variances + _C2)
    inside = slice(RADIUS, -RADIUS)
    return float((luminance * structure)[inside, inside].mean())


def _smooth(values: Float64[np.ndarray, "h w 3"]) -> Float64[np.ndarray, "h w 3"]:
    return cv2.GaussianBlur(values, (SMALLEST, SMALLEST), SIGMA, borderType=cv2.BORDER_REFLECT)
