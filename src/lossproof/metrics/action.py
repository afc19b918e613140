"""Action recognition: accuracy of the spatial and the motion stream and of their fusion, Table V.

Two-stream networks (Simonyan and Zisserman, NeurIPS 2014) are scored per stream. ``top1_*`` is the
share of clips whose class has the highest logit, ``top5_*`` of those where it is among the five
highest; of equal logits that of the first class wins. Both are means over clips, and agree with
scikit-learn's ``top_k_accuracy_score`` where no logits are equal.
"""

import numpy as np
from jaxtyping import Float, Float32, Float64

from lossproof.metrics.ratios import ratio
from lossproof.predictions import StreamLogits
from lossproof.records import Stat
from lossproof.targets import ActionTarget

VERSION = "action-1"
STREAMS = ("spatial", "motion", "fusion")
_FUSION = STREAMS.index("fusion")
_SHOWN = (1, 5)


def validate(prediction: StreamLogits, target: ActionTarget) -> None:
    """Refuse logits that cannot be scored: each stream has (C,), finite; one is needed at least.

    Raises ValueError.
    """
    streams = {name: getattr(prediction, name) for name in STREAMS}
    given = {name: logits for name, logits in streams.items() if logits is not None}
    if not given:
        raise ValueError(f"prediction has no logits; those of {', '.join(STREAMS)} are allowed")
    for name, logits in given.items():
        if logits.shape != (target.num_classes,):
            raise ValueError(
                f"prediction has {name} logits of shape {logits.shape}; "
                f"one for each of {target.num_classes} classes is allowed"
            )
        if not np.isfinite(logits).all():
            raise ValueError(f"prediction has {name} logits of NaN or infinity; finite are allowed")


def sample_stat(prediction: StreamLogits, target: ActionTarget) -> Stat:
    """The outcome of one clip: ``top1`` and ``top5`` (3,), 0 or 1, and what they come from.

    ``logits`` (3, C) and ``label`` (1,) are kept so that streams can be weighted anew. A stream
    that the network does not have is NaN.
    """
    absent = np.full(target.num_classes, np.nan)
    streams = [getattr(prediction, name) for name in STREAMS]
    logits = np.array([absent if one is None else one for one in streams], np.float32)
    places = [_place(one, target.label) for one in logits]
    return {
        **{f"top{k}": _within(places, k) for k in _SHOWN},
        "logits": logits,
        "label": np.array([target.label], np.int32),
    }


def _place(logits: Float32[np.ndarray, " c"], label: int) -> float:
    """How many classes come before the true one."""
    mine = logits[label]
    if np.isnan(mine):
        return float("nan")
    return float((logits > mine).sum() + (logits[:label] == mine).sum())


def _within(places: list[float], count: int) -> Float32[np.ndarray, " 3"]:
    found = np.array(places, np.float32)
    return np.where(np.isnan(found), found, (found < count).astype(np.float32))


def summarise(
    stats: Stat, weights: Float[np.ndarray, "r n"] | None = None
) -> dict[str, Float64[np.ndarray, " r"]]:
    """Accuracies in [0, 1], one value per resample; one resample of ones without ``weights``.

    ``stats`` are those of ``sample_stat``. A stream is scored on the clips where it is; where there
    is none it is NaN. ``top1_fusion/3`` is that of the clips of class 3.
    """
    logits, label = stats["logits"], stats["label"]
    assert isinstance(logits, np.ndarray)
    assert isinstance(label, np.ndarray)
    if weights is None:
        weights = np.ones((1, len(logits)))
    scores = {}
    for k in _SHOWN:
        correct = np.asarray(stats[f"top{k}"], np.float64)
        for place, stream in enumerate(STREAMS):
            scores[f"top{k}_{stream}"] = _mean(correct[:, [place]], weights)[:, 0]
    fusion = np.asarray(stats["top1"], np.float64)[:, [_FUSION]]
    of_class = np.where(label == np.arange(logits.shape[2]), fusion, np.nan)
    per_class = _mean(of_class, weights)
    return scores | {f"top1_fusion/{index}": one for index, one in enumerate(per_class.T)}


def _mean(
    values: Float64[np.ndarray, "n c"], weights: Float[np.ndarray, "r n"]
) -> Float64[np.ndarray, "r c"]:
    """Of the values that are there; NaN where none is."""
    there = ~np.isnan(values)
    return ratio(weights @ np.where(there, values, 0.0), weights @ there.astype(np.float64))
