"""Flow is computed once, and no more of it is kept than allowed."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from lossproof.dense_flow import Flow
from lossproof.models.flow import FlowMethod, optical_flow
from lossproof.models.flow_cache import FLOWS, MAX_BYTES, FlowCache
from lossproof.records import Clip

DIS = FlowMethod("dis")
# Two frames of 4x4 have 4 * 4 * 2 * 4 = 128 bytes of flow.
NUM_BYTES = 128


def clip(value: int, *, num_frames: int = 2) -> Clip:
    return np.full((num_frames, 4, 4, 3), value, np.uint8)


class Counted:
    """Fields of the clip's first value; remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, str]] = []

    def __call__(self, given: Clip, *, method: FlowMethod) -> Flow:
        self.asked.append((int(given[0, 0, 0, 0]), method.name))
        return np.full((len(given) - 1, 4, 4, 2), given[0, 0, 0, 0], np.float32)


def test_equal_content_is_computed_once_for_each_method() -> None:
    compute = Counted()
    cache = FlowCache(compute=compute)
    flows = [cache(clip(1), method=DIS) for _ in range(3)]
    cache(clip(1), method=FlowMethod("tvl1"))
    cache(clip(2), method=DIS)
    assert compute.asked == [(1, "dis"), (1, "tvl1"), (2, "dis")]
    assert all(flow is flows[0] for flow in flows)


def test_the_shape_is_content_too() -> None:
    cache = FlowCache(compute=lambda given, **_: np.zeros((1, *given.shape[1:3], 2), np.float32))
    wide, high = np.zeros((2, 4, 6, 3), np.uint8), np.zeros((2, 6, 4, 3), np.uint8)
    assert cache(wide, method=DIS).shape == (1, 4, 6, 2)
    assert cache(high, method=DIS).shape == (1, 6, 4, 2)


def test_what_was_not_asked_for_the_longest_goes_first() -> None:
    compute = Counted()
    cache = FlowCache(max_bytes=2 * NUM_BYTES + 1, compute=compute)
    for value in (1, 2, 1, 3):
        cache(clip(value), method=DIS)
    assert cache.num_bytes == 2 * NUM_BYTES
    for value in (1, 3):
        cache(clip(value), method=DIS)
    assert [value for value, _ in compute.asked] == [1, 2, 3]
    cache(clip(2), method=DIS)
    assert [value for value, _ in compute.asked] == [1, 2, 3, 2]


def test_what_is_larger_than_the_bound_is_given_and_not_kept() -> None:
    compute = Counted()
    cache = FlowCache(max_bytes=NUM_BYTES, compute=compute)
    cache(clip(1), method=DIS)
    large = cache(clip(2, num_frames=3), method=DIS)
    assert large.shape == (2, 4, 4, 2)
    cache(clip(1), method=DIS)
    assert [value for value, _ in compute.asked] == [1, 2]
    assert cache.num_bytes == NUM_BYTES
    with pytest.raises(ValueError, match="max_bytes is -1; 0 or more"):
        FlowCache(max_bytes=-1)


@pytest.mark.parametrize("max_bytes", [0, MAX_BYTES])
def test_threads_that_ask_together_get_one_computation(max_bytes: int) -> None:
    compute = Counted()
    started = threading.Barrier(4)

    def slow(given: Clip, *, method: FlowMethod) -> Flow:
        time.sleep(0.2)
        return compute(given, method=method)

    cache = FlowCache(max_bytes=max_bytes, compute=slow)

    def ask(_: int) -> Flow:
        started.wait()
        return cache(clip(7), method=DIS)

    with ThreadPoolExecutor(4) as pool:
        flows = list(pool.map(ask, range(4)))
    assert len(compute.asked) == 1
    assert all(flow is flows[0] for flow in flows)


def failing(times: int) -> Callable[..., Flow]:
    left = [None] * times

    def compute(given: Clip, **_: object) -> Flow:
        if left:
            left.pop()
            raise ValueError("not yet")
        return np.zeros((1, 4, 4, 2), np.float32)

    return compute


def test_a_failure_is_not_kept() -> None:
    cache = FlowCache(compute=failing(1))
    with pytest.raises(ValueError, match="not yet"):
        cache(clip(1), method=DIS)
    assert cache(clip(1), method=DIS).shape == (1, 4, 4, 2)


def test_the_shared_one_answers_as_the_function_does_and_cannot_be_written_to() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (3, 20, 24, 3), dtype=np.uint8)
    flow = FLOWS(noise, method=DIS)
    np.testing.assert_array_equal(flow, optical_flow(noise))
    with pytest.raises(ValueError, match="read-only"):
        flow[0] = 0
