"""A sample with what a model says of it, drawn to be looked at and not scored."""

from dataclasses import dataclass

from lossproof.records import Frame, Level


@dataclass(frozen=True, kw_only=True)
class Look:
    """A sample through a point, with a model's prediction drawn on it, at the source's size."""

    sample: str
    model: str
    codec: str
    level: Level
    num_bytes: int
    picture: Frame
