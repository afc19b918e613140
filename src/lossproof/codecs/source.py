"""The frames themselves, uncompressed: the row that every codec is compared with."""

from dataclasses import dataclass
from typing import ClassVar, Literal, final

import numpy as np

from lossproof.codecs.codec import check_level
from lossproof.codecs.frames import check_frames, decode_frames
from lossproof.codecs.header import Kinds, check_length, read_header, with_header
from lossproof.records import Frames, Level, MediaKind

KINDS = Kinds(picture=b"RGB8", clip=b"RGBT")


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
        """Header and pixels. Raises ValueError unless (H, W, 3) or (T, H, W, 3) ``uint8``."""
        check_frames(self.name, frames)
        return with_header(KINDS, frames.shape, frames.tobytes())

    def decode(self, data: bytes) -> Frames:
        """The frames as they were. Raises ValueError for bytes that ``encode`` did not make."""
        return decode_frames(self.name, _decode, data)

    def encoder(self) -> str:
        """The version of this layout."""
        return "lossproof source 1"


def _decode(data: bytes) -> Frames:
    body = read_header(KINDS, data)
    height, width = body.frame_shape
    check_length(body, height * width * 3)
    # A copy, because arrays over bytes cannot be written to and those of other codecs can.
    return np.frombuffer(body.data, np.uint8).reshape(body.shape).copy()
