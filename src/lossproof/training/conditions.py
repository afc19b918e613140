"""Where training runs and what it may use: nothing here is part of a recipe."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

Progress = Callable[[int, int, float], None]
"""Called with the iterations done, the iterations in all, and the loss of the last one."""


Device = Literal["cpu", "cuda"]
Precision = Literal["no", "bf16"]


def _silent(step: int, total: int, loss: float) -> None:
    """Nothing is shown."""


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """``threads`` prepare data; ``torch_threads`` compute, None for all. A checkpoint is written
    at least every ``checkpoint_seconds``. The bitstreams kept are bounded by the two ``_bytes``.
    """

    device: Device = "cpu"
    precision: Precision = "no"
    threads: int = 2
    torch_threads: int | None = None
    checkpoint_seconds: float = 30.0
    memory_bytes: int = 2**30
    disk_bytes: int = 8 * 2**30
    progress: Progress = _silent

    def __post_init__(self) -> None:
        for name, kind in (("device", Device), ("precision", Precision)):
            if (value := getattr(self, name)) not in get_args(kind):
                allowed = " and ".join(get_args(kind))
                raise ValueError(f"{name} of training is {value!r}; {allowed} are allowed")
        if self.threads < 1 or (self.torch_threads or 1) < 1:
            raise ValueError(
                f"threads is {self.threads} and torch_threads {self.torch_threads}; "
                "1 or more are allowed"
            )
        if not 0 < self.checkpoint_seconds <= 60:
            raise ValueError(
                f"checkpoint_seconds is {self.checkpoint_seconds:g}; above 0 to 60 are allowed"
            )
