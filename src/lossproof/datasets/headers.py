"""What a picture file says of itself before anything is decoded."""

from dataclasses import dataclass

from lossproof.records import FrameSize

MAX_PIXELS = 200_000_000


@dataclass(frozen=True)
class Header:
    """Size in pixels, bits per channel, and the kind of colour in the format's own words.

    Raises ValueError for a picture of no pixels, or of so many that they would fill the memory.
    """

    width: int
    height: int
    bits: int
    colour: str

    def __post_init__(self) -> None:
        if not 1 <= self.width * self.height <= MAX_PIXELS:
            raise ValueError(
                f"claims to be {self.width}x{self.height}; 1 to {MAX_PIXELS:,} pixels are allowed"
            )

    @property
    def frame_size(self) -> FrameSize:
        return self.width, self.height
