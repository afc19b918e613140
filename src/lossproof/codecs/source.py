"""The frame itself, uncompressed: the row that every codec is compared with."""

from dataclasses import dataclass
from typing import ClassVar, Literal, final

import numpy as np

from lossproof.codecs.codec import check_level
from lossproof.codecs.header import check_length, read_header, with_header
from lossproof.codecs.still import check_frame, decode_with
from lossproof.records import Frame, Frames, Level, MediaKind

KIND = b"RGB8"


@final
@dataclass(frozen=True)
class Source:
    """Lossless: a short header for the size, then the raw RGB bytes. It has no levels."""

    name: ClassVar[str] = "source"
    ladder: ClassVar[tuple[Level, ...]] = (None,)
    level_range: ClassVar[tuple[float, float] | None] = None
    level_type: ClassVar[type[int] | type[float]] = int
    better: ClassVar[Literal["higher", "lower"]] = "higher"
    unit: ClassVar[str] = "level"
    media: ClassVar[tuple[MediaKind, ...]] = ("picture", "clip")

    level: None = None

    def __post_init__(self) -> None:
        check_level(Source, self.level)

    def encode(self, frames: Frames) -> bytes:
        """Header and pixels. Raises ValueError unless the frame is (H, W, 3) ``uint8``."""
        frame = check_frame(self.name, frames)
        return with_header(KIND, frame, frame.tobytes())

    def decode(self, data: bytes) -> Frames:
        """The frame that was encoded. Raises ValueError for bytes that ``encode`` did not make."""
        return decode_with(self.name, _decode, data)

    def encoder(self) -> str:
        """The version of this layout."""
        return "lossproof source 1"


def _decode(data: bytes) -> Frame:
    body = read_header(KIND, data)
    check_length(body, body.height * body.width * 3)
    # A copy, because arrays over bytes cannot be written to and those of other codecs can.
    return np.frombuffer(body.data, np.uint8).reshape(body.height, body.width, 3).copy()
