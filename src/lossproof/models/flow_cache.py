"""Optical flow computed once for each clip, however many models and threads ask for it."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, final

import numpy as np

from lossproof.dense_flow import Flow
from lossproof.models.flow import FlowMethod, optical_flow
from lossproof.models.once import Once
from lossproof.records import Clip

MAX_BYTES = 512 * 2**20
"""What ``FLOWS`` keeps at most in a process: the flow of five clips of 175 frames of 320x240."""


class Key(NamedTuple):
    """A clip by its content, and how its flow is computed."""

    digest: bytes
    shape: tuple[int, ...]
    method: FlowMethod


@final
class FlowCache:
    """Keeps the flow of the clips that were asked for last, ``max_bytes`` of it at most.

    Flow that is larger than that is returned and not kept. While one thread computes, others that
    ask for the same wait for it. The arrays are shared, and so cannot be written to.
    """

    def __init__(
        self,
        *,
        max_bytes: int = MAX_BYTES,
        compute: Callable[..., Flow] = optical_flow,
    ) -> None:
        if max_bytes < 0:
            raise ValueError(f"max_bytes is {max_bytes}; 0 or more are allowed")
        self._max_bytes = max_bytes
        self._compute = compute
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, Flow] = OrderedDict()
        self._running: dict[Key, Once[Flow]] = {}

    @property
    def num_bytes(self) -> int:
        """How much is kept now."""
        with self._lock:
            return self._total()

    def __call__(self, clip: Clip, *, method: FlowMethod) -> Flow:
        """Flow (T-1, H, W, 2) of the clip. Raises ValueError as ``optical_flow`` does."""
        key = _key(clip, method)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            make = partial(self._compute, clip, method=method)
            running = self._running.setdefault(key, Once(make))
        try:
            flow = running()
        except BaseException:
            with self._lock:
                self._forget(key, running)
            raise
        with self._lock:
            self._forget(key, running)
            self._keep(key, flow)
        return flow

    def _forget(self, key: Key, running: Once[Flow]) -> None:
        if self._running.get(key) is running:
            del self._running[key]

    def _keep(self, key: Key, flow: Flow) -> None:
        flow.flags.writeable = False
        if flow.nbytes > self._max_bytes:
            return
        self._kept[key] = flow
        self._kept.move_to_end(key)
        while self._total() > self._max_bytes:
            self._kept.popitem(last=False)

    def _total(self) -> int:
        return sum(flow.nbytes for flow in self._kept.values())


FLOWS = FlowCache()
"""The one that all models of a process share."""


def _key(clip: Clip, method: FlowMethod) -> Key:
    data = np.ascontiguousarray(clip)
    return Key(hashlib.blake2b(data.data, digest_size=16).digest(), clip.shape, method)
