"""torchvision's ImageNet weights as the beginning of other networks."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from lossproof.models.normalisation import IMAGENET, Normalisation

State = Mapping[str, object]


def fetch_state(weights: Any) -> State:
    """The state dict of an entry of torchvision, downloaded or from torch's cache.

    Raises ValueError when it cannot be had.
    """
    try:
        state = weights.get_state_dict(progress=False, check_hash=True, weights_only=True)
    except (OSError, RuntimeError) as error:
        name = type(weights).__name__.removesuffix("_Weights").replace("_", "-")
        raise ValueError(
            f"the ImageNet weights of {name} cannot be had ({error}); fetch {weights.url} on "
            "another machine and give the file, or do without: the encoder then starts untrained"
        ) from error
    return cast(State, state)


def read_state(path: Path) -> State:
    """The state dict in a local copy of such a file. Raises ValueError for another kind of file."""
    allowed = "a state dict that torch.save wrote and that holds tensors only is allowed"
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise ValueError(
            f"weights {str(path)!r} cannot be read ({type(error).__name__}); {allowed}"
        ) from error
    return state if isinstance(state, Mapping) else {}


def put(layer: nn.Module, state: State, prefix: str, *, of: str) -> None:
    """Copy the tensors below ``prefix`` into a layer. Raises ValueError for what does not fit.

    ``of`` is what torchvision calls the network.
    """
    wanted = layer.state_dict()
    # The count of batches is not in every one of torchvision's files, and decides nothing here.
    wanted.pop("num_batches_tracked", None)
    for key, tensor in wanted.items():
        found = state.get(f"{prefix}.{key}")
        if not isinstance(found, Tensor) or found.shape != tensor.shape:
            raise ValueError(
                f"the ImageNet weights lack {prefix}.{key} of shape {tuple(tensor.shape)}; "
                f"a state dict of torchvision's {of} is allowed"
            )
        tensor.copy_(found)


def of_colours(layer: nn.Conv2d, used: Normalisation) -> None:
    """Rewrite a first convolution trained on ``IMAGENET``'s pixels for pixels normalised otherwise.

    It then says the same of the same frame, but beside the border, where the padding stands for
    another grey.
    """
    order = [2, 1, 0] if used.colour == "BGR" else [0, 1, 2]
    mean, std = np.array(IMAGENET.mean)[order], np.array(IMAGENET.std)[order]
    # What is given is (value * scale - mean) / std; the layer wants the same value in its own.
    factor = np.array(used.std) * IMAGENET.scale / (used.scale * std)
    shift = (np.array(used.mean) * IMAGENET.scale / used.scale - mean) / std
    with torch.no_grad():
        weight = layer.weight[:, order]
        moved = (weight * torch.tensor(shift, dtype=torch.float32)[:, None, None]).sum((1, 2, 3))
        layer.weight.copy_(weight * torch.tensor(factor, dtype=torch.float32)[:, None, None])
        assert layer.bias is not None
        layer.bias.add_(moved)
