"""A value that is made once, whichever thread asks."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from lossproof.models.once import Once


def test_it_is_made_once_for_all_threads() -> None:
    made = []

    def make() -> int:
        time.sleep(0.01)
        made.append(1)
        return len(made)

    once = Once(make)
    assert not made
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: once(), range(8))) == [1] * 8


def test_a_failure_is_not_kept() -> None:
    answers = iter([ValueError("not yet"), 7])

    def make() -> int:
        answer = next(answers)
        if isinstance(answer, ValueError):
            raise answer
        return answer

    once = Once(make)
    with pytest.raises(ValueError, match="not yet"):
        once()
    assert once() == 7
