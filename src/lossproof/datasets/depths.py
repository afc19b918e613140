"""Depth maps from stored numbers to metres."""

from collections.abc import Collection

import numpy as np
from jaxtyping import Integer

from lossproof.datasets.images import checked_size
from lossproof.records import Sample
from lossproof.targets import DepthTarget


def depth_target(
    sample: Sample,
    codes: Integer[np.ndarray, "h w"],
    *,
    metres_per_code: float,
    unknown: Collection[int],
) -> DepthTarget:
    """Metres (H, W), float32, of the numbers that a sample's depth map stores.

    ``unknown`` are the numbers that mean no depth; they become NaN. Raises DamagedSample for a map
    of a size other than its picture's, of which only the header is read.
    """
    height, width = codes.shape
    checked_size(sample.media, claimed=(width, height), where=str(sample.target))
    depth = (codes * metres_per_code).astype(np.float32)
    depth[np.isin(codes, list(unknown))] = np.nan
    return DepthTarget(depth)
