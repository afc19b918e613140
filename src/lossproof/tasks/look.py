"""A sample with what a model says of it, drawn to be looked at and not scored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lossproof.records import Frame, Level
from lossproof.tasks.task import Colour


@dataclass(frozen=True, kw_only=True)
class Look:
    """A sample through a point, with a model's prediction drawn on it, at the source's size.

    ``key`` names the colours in the picture, where it does not name them itself.
    """

    sample: str
    model: str
    codec: str
    level: Level
    num_bytes: int
    picture: Frame
    key: Mapping[str, Colour] = field(default_factory=dict)


def merged_key(keys: Iterable[Mapping[str, Colour]]) -> dict[str, Colour]:
    """The names of colours that are in any of several drawings, by the alphabet."""
    return dict(sorted((name, colour) for key in keys for name, colour in key.items()))
