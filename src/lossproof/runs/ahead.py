"""Starting work before its result is asked for."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def ahead(items: Iterable[Item], count: int) -> Iterator[Item]:
    """The same items in order, each handed on only when ``count`` more have been drawn.

    Where drawing an item starts its work in the background, ``count`` bounds what is under way.
    """
    started: deque[Item] = deque()
    for item in items:
        started.append(item)
        if len(started) > count:
            yield started.popleft()
    yield from started
