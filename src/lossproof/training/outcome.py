"""What a training run comes to, beside the weights that it kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lossproof.training.card import Lap


@dataclass(frozen=True)
class Outcome:
    """The validation score of the weights kept, what came out of each epoch, how long it took in
    seconds, and the samples that could not be read, with the reason."""

    score: float
    laps: tuple[Lap, ...]
    duration_seconds: float
    damaged: Mapping[str, str] = field(default_factory=dict)
