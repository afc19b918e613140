"""What a task is: prediction type, metric, headline score and its direction, drawing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lossproof.records import Frame, FrameSize, Stat, Summarise

Colour = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task, complete: everything that a study, a table or a figure needs to know of it.

    ``fit(prediction, frame_size, target)`` brings a prediction from the frame that the model was
    given to the target's frame. ``columns`` are the paper's table columns: score name, heading.
    ``draw(frame, prediction, palette)`` gives a picture to look at.
    """

    name: str
    metric: str
    validate: Callable[[Any, Any], None]
    sample_stat: Callable[[Any, Any], Stat]
    summarise: Summarise
    fit: Callable[[Any, FrameSize, Any], Any]
    draw: Callable[[Frame, Any, Sequence[Colour]], Frame]
    headline: str
    higher_is_better: bool
    columns: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        if self.headline not in [score for score, _ in self.columns]:
            raise ValueError(f"headline {self.headline!r} is none of the columns {self.columns}")
