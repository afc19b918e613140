"""Targets that models made of sources, kept for the next time that they are asked for.

A model gives the same answer whenever it is asked, so that this only saves time.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, final

_MOST_KEPT = 512


@final
@dataclass
class OwnTargets:
    """The last targets that were made, by model and sample; for many threads."""

    most: int = _MOST_KEPT
    _targets: OrderedDict[tuple[int, str], Any] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, key: tuple[int, str]) -> Any:
        """None where it is not there."""
        with self._lock:
            return self._targets.get(key)

    def put(self, key: tuple[int, str], target: Any) -> None:
        with self._lock:
            self._targets[key] = target
            while len(self._targets) > self.most:
                self._targets.popitem(last=False)
