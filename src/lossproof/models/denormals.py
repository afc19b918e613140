"""Numbers below the normal ones of float32, over each of which a processor takes very long.

Weight decay leaves many of them in weights. Counting as 0 they change no answer: what they are
multiplied with would have to be beyond 1e30.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

_LARGEST = np.finfo(np.float32).tiny / np.float32(2)


@contextmanager
def without_denormals() -> Iterator[None]:
    """They count as 0 in this thread, and in threads that are started by it meanwhile."""
    before = _count_as_zero()
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(before)


def _count_as_zero() -> bool:
    return bool(_LARGEST * np.float32(1) == 0)
