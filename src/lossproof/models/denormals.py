"""Numbers below the normal ones of float32, over each of which a processor takes very long.

Weight decay leaves many of them in the weights of long trainings. Beside normal numbers they are
lost in rounding.

Torch is imported where it is needed: a network in ONNX is opened without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import nn

_A_DENORMAL = np.array([0x00400000], np.uint32).view(np.float32)


def without_denormals(network: nn.Module) -> nn.Module:
    """The network, in whose floating-point weights they are 0 now."""
    import torch

    with torch.no_grad():
        for weights in (*network.parameters(), *network.buffers()):
            if weights.is_floating_point():
                weights[weights.abs() < torch.finfo(weights.dtype).tiny] = 0
    return network


@contextmanager
def denormals_as_zero() -> Iterator[None]:
    """They count as 0 in this thread, and in threads that it starts meanwhile, to their end."""
    import torch

    before = not np.any(_A_DENORMAL * np.float32(1))
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(before)
