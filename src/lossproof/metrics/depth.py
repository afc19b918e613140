"""Depth: the errors and accuracies of Eigen, Puhrsch and Fergus (NeurIPS 2014), Table II.

``abs_rel``, ``sq_rel``, ``rmse``, ``rmse_log`` (natural logarithm) and ``delta1..3``, the shares of
pixels where the greater of prediction / target and its inverse is below 1.25, 1.25^2, 1.25^3.

Each comes in two ways. The plain names pool over the pixels of all pictures. Those that end in
``_per_image`` are computed for each picture and then averaged, as the evaluation of KITTI's Eigen
split does (Godard et al., Monodepth, 2017). ``rmse_normalised`` and ``sq_rel_normalised`` are
pooled, of depth divided by the cap, as the paper's magnitudes are. ``sq_rel`` is in metres as well:
an error squared over a depth.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float64

from lossproof.metrics.ratios import ratio
from lossproof.records import DepthMap, Stat
from lossproof.targets import DepthTarget

VERSION = "depth-1"
Crop = Literal["none", "garg", "eigen"]
_SUMMED = ("abs_rel", "sq_rel", "rmse", "rmse_log", "delta1", "delta2", "delta3")
_NORMALISED = ("sq_rel_normalised", "rmse_normalised")
_ROOTED = ("rmse", "rmse_log", "rmse_normalised")
_RATIOS = 1.25 ** np.arange(1, 4)


class Edges(NamedTuple):
    """Shares of a picture's height and width."""

    top: float
    bottom: float
    left: float
    right: float


CROPS: dict[Crop, Edges] = {
    "none": Edges(0.0, 1.0, 0.0, 1.0),
    "garg": Edges(0.40810811, 0.99189189, 0.03594771, 0.96405229),
    "eigen": Edges(0.3324324, 0.91351351, 0.0359477, 0.96405229),
}
"""Where KITTI is scored: by Garg et al. (ECCV 2016), and by Eigen et al. (NeurIPS 2014)."""


@dataclass(frozen=True)
class Protocol:
    """What is scored.

    Only target pixels between ``min_depth`` and ``cap``, in metres, and within ``crop`` are scored;
    predictions are clipped to that range. With ``median_scaling`` each prediction is first scaled
    to the target's median, for networks that know depth but for its scale.
    """

    min_depth: float = 0.001
    cap: float = 80.0
    crop: Crop = "none"
    median_scaling: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.min_depth < self.cap:
            raise ValueError(
                f"min_depth is {self.min_depth:g} and cap {self.cap:g}; "
                "0 < min_depth < cap is allowed"
            )


def validate(prediction: DepthMap, target: DepthTarget) -> None:
    """Refuse a map (H, W) that is not of the target's size or not finite. Raises ValueError."""
    if prediction.shape != target.depth.shape:
        raise ValueError(
            f"prediction has shape {prediction.shape}; "
            f"the target's shape {target.depth.shape} is allowed"
        )
    if not np.isfinite(prediction).all():
        raise ValueError("prediction has depths of NaN or infinity; metres are allowed")


def sample_stat(
    prediction: DepthMap, target: DepthTarget, protocol: Protocol | None = None
) -> Stat:
    """Sums over the scored pixels of one picture: ``sums`` (9,) and ``num_pixels`` (1,).

    ``prediction`` has passed ``validate``. Without a protocol, the default one holds.
    """
    protocol = protocol or Protocol()
    scored = _scored(target.depth, protocol)
    actual = target.depth[scored].astype(np.float64)
    found = prediction[scored].astype(np.float64)
    if protocol.median_scaling and actual.size:
        found *= _scale(found, actual)
    found = found.clip(protocol.min_depth, protocol.cap)
    return {
        "sums": _sums(found, actual, protocol.cap),
        "num_pixels": np.array([actual.size], np.int64),
    }


def _scored(depth: DepthMap, protocol: Protocol) -> Bool[np.ndarray, "h w"]:
    """Both ends are left out, as in the published evaluation: they are no measured depths."""
    height, width = depth.shape
    edges = CROPS[protocol.crop]
    rows = slice(int(edges.top * height), int(edges.bottom * height))
    columns = slice(int(edges.left * width), int(edges.right * width))
    scored = np.zeros(depth.shape, bool)
    inside = depth[rows, columns]
    scored[rows, columns] = (inside > protocol.min_depth) & (inside < protocol.cap)
    return scored


def _scale(found: Float64[np.ndarray, " n"], actual: Float64[np.ndarray, " n"]) -> float:
    """1 where the median is no depth, which then clips as it is."""
    middle = float(np.median(found))
    return float(np.median(actual)) / middle if middle > 0 else 1.0


def _sums(
    found: Float64[np.ndarray, " n"], actual: Float64[np.ndarray, " n"], cap: float
) -> Float64[np.ndarray, " 9"]:
    """In the order of ``_SUMMED`` and ``_NORMALISED``."""
    error = found - actual
    ratio = np.maximum(found / actual, actual / found)
    sums = [
        (abs(error) / actual).sum(),
        (error**2 / actual).sum(),
        (error**2).sum(),
        (np.log(found / actual) ** 2).sum(),
        *((ratio < most).sum() for most in _RATIOS),
    ]
    return np.array([*sums, sums[1] / cap, sums[2] / cap**2], np.float64)


def summarise(
    stats: Stat, weights: Float[np.ndarray, "r n"] | None = None
) -> dict[str, Float64[np.ndarray, " r"]]:
    """Errors and accuracies, one value per resample; one resample of ones without ``weights``.

    ``stats`` are those of ``sample_stat``. Pictures without a scored pixel count in neither way,
    and where there is no other all is NaN.
    """
    sums, counts = stats["sums"], stats["num_pixels"]
    assert isinstance(sums, np.ndarray)
    assert isinstance(counts, np.ndarray)
    if weights is None:
        weights = np.ones((1, len(sums)))
    pooled = ratio(weights @ sums, weights @ counts)
    seen = (counts > 0).astype(np.float64)
    alone = _rooted(ratio(sums, counts.astype(np.float64)))
    averaged = ratio(weights @ np.where(seen > 0, alone, 0.0), weights @ seen)
    every = dict(zip((*_SUMMED, *_NORMALISED), _rooted(pooled).T, strict=True))
    per_image = dict(zip(_SUMMED, averaged.T, strict=False))
    return every | {f"{name}_per_image": values for name, values in per_image.items()}


def _rooted(values: Float64[np.ndarray, "n 9"]) -> Float64[np.ndarray, "n 9"]:
    names = (*_SUMMED, *_NORMALISED)
    rooted = np.array([name in _ROOTED for name in names])
    return np.where(rooted, np.sqrt(values), values)
