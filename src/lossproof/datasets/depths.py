"""Depth maps from stored numbers to metres."""

from collections.abc import Collection

import numpy as np
from jaxtyping import Integer

from lossproof.datasets.images import read_size
from lossproof.records import DamagedSample, Sample
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
    frame_size = read_size(sample.media)
    if codes.shape[::-1] != frame_size:
        height, width = codes.shape
        raise DamagedSample(
            f"{sample.target} is {width}x{height} and its picture {sample.media} is "
            f"{frame_size[0]}x{frame_size[1]}; the same size is allowed"
        )
    depth = (codes * metres_per_code).astype(np.float32)
    depth[np.isin(codes, list(unknown))] = np.nan
    return DepthTarget(depth)
