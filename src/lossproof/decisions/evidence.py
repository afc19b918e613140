"""Where a decision gets its evidence: settings that can be measured on some samples at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lossproof.records import FrameSize, Level, Result, Setting
from lossproof.settings import spelled


class NothingMeasured(ValueError):
    """All samples that a setting was asked on are damaged there."""


@dataclass(frozen=True)
class Arm:
    """A setting: a codec at a level and a frame size. ``curve`` is what its levels share,
    ``unit`` what a level is, and ``settings`` are the codec's unusual ones."""

    curve: str
    codec: str
    level: Level
    unit: str
    frame_size: FrameSize | None = None
    settings: tuple[tuple[str, Setting], ...] = ()

    @property
    def title(self) -> str:
        """``jpeg at quality 52``, or ``h264:preset=slow at crf 30, 320x240``."""
        chosen = ",".join(f"{name}={spelled(value)}" for name, value in self.settings)
        codec = f"{self.codec}:{chosen}" if chosen else self.codec
        level = "" if self.level is None else f" at {self.unit} {self.level:g}"
        size = f", {self.frame_size[0]}x{self.frame_size[1]}" if self.frame_size else ""
        return f"{codec}{level}{size}"


class Evidence(Protocol):
    """Results of a source and of arms, on the samples that were looked at.

    ``groups`` has the same text for samples that belong together, one for each sample.
    """

    @property
    def arms(self) -> Sequence[Arm]: ...

    @property
    def groups(self) -> Sequence[str]: ...

    def look(self, arms: Sequence[Arm], samples: Sequence[int]) -> None:
        """Measure what is missing of the arms and of the source on these samples, by place."""
        ...

    def pair(self, arm: Arm, samples: Sequence[int]) -> tuple[Result, Result]:
        """What the source and the arm gave on these samples, less those that are damaged. Raises
        NothingMeasured where all are."""
        ...

    def source(self, samples: Sequence[int]) -> Result:
        """What the source gave on these samples, less those that are damaged."""
        ...

    @property
    def passes(self) -> int:
        """Predictions that were asked for so far, those of the source among them."""
        ...
