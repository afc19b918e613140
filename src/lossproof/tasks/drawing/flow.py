"""Optical flow as colours.

The wheel of Baker et al., A Database and Evaluation Methodology for Optical Flow, 2011, as the
Middlebury benchmark shows it: the hue is the direction, rightwards red, downwards yellow; still
pixels are white.
"""

import numpy as np
from jaxtyping import Float, Float64

from lossproof.records import Frame

# The number of steps from each of six colours to the next, uneven because eyes are.
_STEPS = (15, 6, 4, 11, 13, 6)
_CORNERS = (
    *((255, 0, 0), (255, 255, 0), (0, 255, 0), (0, 255, 255), (0, 0, 255), (255, 0, 255)),
    (255, 0, 0),
)


def coloured(flow: Float[np.ndarray, "h w 2"]) -> Frame:
    """Vectors as long as the 99th percentile have full colour; longer ones are darkened."""
    length = np.hypot(flow[..., 0], flow[..., 1])
    longest = max(float(np.quantile(length, 0.99)), 1e-6)
    share = (length / longest)[..., None]
    hue = _hue(flow) / 255
    inside = 1 - share * (1 - hue)
    return np.round(255 * np.where(share <= 1, inside, 0.75 * hue)).astype(np.uint8)


def _hue(flow: Float[np.ndarray, "h w 2"]) -> Float64[np.ndarray, "h w 3"]:
    turn = (np.arctan2(-flow[..., 1], -flow[..., 0]) / np.pi + 1) / 2
    total = sum(_STEPS)
    places = np.concatenate([[0], np.cumsum(_STEPS)])
    corners = np.array(_CORNERS, float)
    at = turn * (total - 1)
    return np.stack([np.interp(at, places, corners[:, channel]) for channel in range(3)], axis=-1)
