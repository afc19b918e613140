"""Colour conversion and chroma subsampling alone: what 4:2:0 costs before any codec begins."""

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, Literal, final

import numpy as np

from lossproof.codecs.codec import check_level
from lossproof.codecs.header import check_length, read_header, with_header
from lossproof.codecs.still import check_frame, decode_with
from lossproof.codecs.ycbcr import Conversion, Planes, to_frame, to_planes
from lossproof.records import Frame, Frames, Level, MediaKind
from lossproof.settings import check_settings

KIND = b"Y420"


@final
@dataclass(frozen=True)
class Yuv420:
    """8-bit 4:2:0 planes without a codec, by default BT.601 full range as in JPEG.

    The bytes are a short header for the size and the planes Y, U, V. It has no levels. Raises
    ValueError for a setting that is not allowed.
    """

    name: ClassVar[str] = "yuv420"
    ladder: ClassVar[tuple[Level, ...]] = (None,)
    level_range: ClassVar[tuple[float, float] | None] = None
    level_type: ClassVar[type[int] | type[float]] = int
    better: ClassVar[Literal["higher", "lower"]] = "higher"
    unit: ClassVar[str] = "level"
    media: ClassVar[tuple[MediaKind, ...]] = ("picture", "clip")

    level: None = None
    _: KW_ONLY
    matrix: Literal["bt601", "bt709"] = "bt601"
    range: Literal["full", "limited"] = "full"

    def __post_init__(self) -> None:
        check_level(Yuv420, self.level)
        check_settings(self)

    def encode(self, frames: Frames) -> bytes:
        """Header and planes. Raises ValueError unless the frame is (H, W, 3) ``uint8``."""
        frame = check_frame(self.name, frames)
        planes = to_planes(frame, self._conversion())
        return with_header(KIND, frame, b"".join(plane.tobytes() for plane in planes))

    def decode(self, data: bytes) -> Frames:
        """The frame, chroma up-sampled. Raises ValueError for bytes not made by ``encode``."""
        return decode_with(self.name, self._decode, data)

    def encoder(self) -> str:
        """The version of this arithmetic."""
        return "lossproof yuv420 1"

    def _conversion(self) -> Conversion:
        return Conversion(self.matrix, self.range)

    def _decode(self, data: bytes) -> Frame:
        return to_frame(_split(data), self._conversion())


def _split(data: bytes) -> Planes:
    body = read_header(KIND, data)
    half = ((body.height + 1) // 2, (body.width + 1) // 2)
    num_luma, num_chroma = body.height * body.width, half[0] * half[1]
    check_length(body, num_luma + 2 * num_chroma)
    samples = np.frombuffer(body.data, np.uint8)
    y, u, v = np.split(samples, (num_luma, num_luma + num_chroma))
    return Planes(y.reshape(body.height, body.width), u.reshape(half), v.reshape(half))
