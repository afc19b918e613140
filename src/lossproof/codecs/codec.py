"""What a codec is: frames and settings to bytes and back."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol, runtime_checkable

from lossproof.records import Frames, Level, MediaKind, Setting


@runtime_checkable
class Codec(Protocol):
    """One codec at one setting: a final, frozen dataclass, whose fields are the settings.

    ``ladder`` runs from the best level to the worst; its first entry is the reference level.
    ``level_range`` is inclusive. A codec without a quality knob has level None, an empty
    ``level_range`` and the ladder ``(None,)``. ``media`` says what it can code: pictures
    (H, W, 3), clips (T, H, W, 3), or both.

    A codec that always keeps colour at half the resolution says so by the class variable
    ``always_420``, which others may leave out; one that has the choice calls the setting
    ``subsampling``.
    """

    name: ClassVar[str]
    ladder: ClassVar[tuple[Level, ...]]
    level_range: ClassVar[tuple[float, float] | None]
    level_type: ClassVar[type[int] | type[float]]
    better: ClassVar[Literal["higher", "lower"]]
    unit: ClassVar[str]
    media: ClassVar[tuple[MediaKind, ...]]

    @property
    def level(self) -> Level: ...

    def encode(self, frames: Frames) -> bytes:
        """The bytes that would be stored or sent. Raises ValueError for frames it cannot code."""
        ...

    def decode(self, data: bytes) -> Frames:
        """Frames of the shape that was encoded. Raises ValueError for bytes it did not make."""
        ...

    def encoder(self) -> str:
        """The library and version that make the bytes: part of a cell's identity."""
        ...


if TYPE_CHECKING:
    CodecClass = type[Codec]
else:
    # Run-time type checkers cannot check subclasses of a protocol that has data members.
    CodecClass = type


def check_level(codec: CodecClass, level: Level) -> None:
    """Refuse a level outside the codec's range, naming the range."""
    if codec.level_range is None:
        if level is not None:
            raise ValueError(f"{codec.name} has no levels, but level {level} was given")
        return
    low, high = codec.level_range
    whole = codec.level_type is int
    good_type = isinstance(level, int if whole else int | float) and not isinstance(level, bool)
    if not good_type or level is None or not low <= level <= high:
        kind = "whole numbers" if whole else "numbers"
        raise ValueError(
            f"{codec.name} {codec.unit} {level!r} is out of range; "
            f"{kind} from {low:g} to {high:g} are allowed"
        )


def keeps_half_colour(codec: CodecClass, settings: Mapping[str, Setting]) -> bool:
    """Whether a codec with these settings keeps colour at half the resolution in both directions
    (4:2:0)."""
    return bool(getattr(codec, "always_420", False)) or settings.get("subsampling") == "4:2:0"
