"""RAFT (Teed and Deng, ECCV 2020) as torchvision builds it, for optical flow."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, cast

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models import optical_flow  # type: ignore[import-untyped,unused-ignore]

from lossproof.dense_flow import Flow
from lossproof.models.flow import FlowMethod
from lossproof.models.once import Once
from lossproof.models.torch_model import seeded, torch_device
from lossproof.models.weights_file import fill, read_weights
from lossproof.records import Clip

_BUILDERS: Mapping[str, Callable[..., nn.Module]] = {
    "raft": optical_flow.raft_large,
    "raft_small": optical_flow.raft_small,
}
_WEIGHTS = {
    "raft": optical_flow.Raft_Large_Weights.C_T_SKHT_V2,
    "raft_small": optical_flow.Raft_Small_Weights.C_T_V2,
}
_STRIDE = 8
# Of a smaller frame the coarsest level of the correlations would have nothing in it.
_SMALLEST = 128
_PAIRS_AT_ONCE = 4


def raft_flow(clip: Clip, *, method: FlowMethod) -> Flow:
    """Flow (T-1, H, W, 2) in pixels; frames are padded by repeating their border, never scaled.

    Raises ValueError when the weights cannot be had or do not fit.
    """
    network = _network(method)()
    pairs = [
        _flow(network, clip[first : first + _PAIRS_AT_ONCE + 1], method.device)
        for first in range(0, len(clip) - 1, _PAIRS_AT_ONCE)
    ]
    return np.concatenate([np.empty((0, *clip.shape[1:3], 2), np.float32), *pairs])


def _flow(network: nn.Module, clip: Clip, device: str) -> Float32[np.ndarray, "pairs h w 2"]:
    height, width = clip.shape[1:3]
    frames = torch.from_numpy(np.ascontiguousarray(clip)).to(device).permute(0, 3, 1, 2)
    images = _padded(frames.float() / 127.5 - 1)
    with torch.inference_mode():
        flow = network(images[:-1].contiguous(), images[1:].contiguous())[-1]
    shown: Tensor = flow[..., :height, :width].permute(0, 2, 3, 1)
    return shown.contiguous().cpu().numpy()


def _padded(images: Tensor) -> Tensor:
    right, below = (
        max(_SMALLEST - size, -size % _STRIDE) for size in (images.shape[3], images.shape[2])
    )
    return functional.pad(images, (0, right, 0, below), mode="replicate")


@lru_cache(maxsize=2)
def _network(method: FlowMethod) -> Once[nn.Module]:
    return Once(lambda: _build(method).eval().requires_grad_(False).to(torch_device(method.device)))


def _build(method: FlowMethod) -> nn.Module:
    with seeded(0):
        network = _BUILDERS[method.name](weights=None, progress=False)
    if method.weights is None:
        network.load_state_dict(_download(method.name))
    else:
        fill(network, read_weights(method.weights).tensors, path=method.weights)
    return network


def _download(name: str) -> Mapping[str, Any]:
    weights = _WEIGHTS[name]
    try:
        state = weights.get_state_dict(progress=False, check_hash=True, weights_only=True)
    except (OSError, RuntimeError) as error:
        raise ValueError(
            f"the weights of {name} cannot be had ({error}); fetch {weights.url} on another "
            "machine, convert it to safetensors, and give it as flow_weights; dis, farneback and "
            "tvl1 need none"
        ) from error
    return cast(Mapping[str, Any], state)
