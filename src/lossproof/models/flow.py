"""Optical flow of a clip by any method: OpenCV's (``dense_flow.py``), or RAFT.

``raft`` and ``raft_small`` are torchvision's RAFT (Teed and Deng, ECCV 2020), on the frames'
colours. Every answer depends on the two frames alone, but for the last bits of RAFT's: it is given
a few pairs at once.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from lossproof.dense_flow import DenseFlow, Flow, dense_flow
from lossproof.records import Clip

FlowName = Literal["dis", "farneback", "tvl1", "raft", "raft_small"]


@dataclass(frozen=True)
class FlowMethod:
    """How flow is computed; only RAFT has weights and runs on another device than the processor.

    ``weights`` is a safetensors file of RAFT's state dict, None for torchvision's own weights, and
    ``content`` the digest of that file: what is kept of one content is not taken for another's.
    """

    name: FlowName = "dis"
    weights: Path | None = None
    content: str | None = None
    device: str = "cpu"

    def __post_init__(self) -> None:
        if self.weights is not None and not self.is_raft:
            raise ValueError(
                f"optical flow {self.name} has no weights, but {str(self.weights)!r} was given; "
                "weights are allowed for raft and raft_small"
            )

    @property
    def is_raft(self) -> bool:
        return self.name.startswith("raft")


DIS = FlowMethod()


def optical_flow(clip: Clip, *, method: FlowMethod = DIS) -> Flow:
    """Flow (T-1, H, W, 2) of a clip (T, H, W, 3), at the clip's own size; none of one frame.

    Several threads may call it at once. Raises ValueError for a clip without frames or pixels, and
    for RAFT's weights that cannot be had.
    """
    if method.name in ("raft", "raft_small") and clip.size:
        from lossproof.models.raft import raft_flow

        return raft_flow(clip, method=method)
    return dense_flow(clip, name=cast(DenseFlow, method.name))
