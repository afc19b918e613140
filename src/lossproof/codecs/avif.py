"""AVIF by libavif and its AV1 encoder libaom."""

from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Literal, final

import imagecodecs
from numpy.typing import NDArray

from lossproof.codecs.codec import check_level
from lossproof.codecs.still import check_frame, decode_with, encode_with
from lossproof.records import Frame, Frames, Level, MediaKind
from lossproof.settings import check_settings

MAX_SIDE = 32768


@final
@dataclass(frozen=True)
class Avif:
    """8-bit AVIF, BT.601 full range, at a quality from 0 to 99.

    Quality 100 would be lossless 4:4:4 whatever the subsampling, so it is not a level.
    ``speed`` trades size for time, 0 the slowest, 6 as avifenc does, 10 the fastest: a 640x480
    photograph takes about 0.6 s at 4, 0.1 s at 6, 0.01 s at 10. Levels 95 to 25 span on photographs
    the bits per pixel of JPEG 95 to 5. Raises ValueError for a level or setting not allowed.
    """

    name: ClassVar[str] = "avif"
    ladder: ClassVar[tuple[Level, ...]] = (95, 75, 60, 40, 35, 25)
    level_range: ClassVar[tuple[float, float] | None] = (0, 99)
    level_type: ClassVar[type[int] | type[float]] = int
    better: ClassVar[Literal["higher", "lower"]] = "higher"
    unit: ClassVar[str] = "quality"
    media: ClassVar[tuple[MediaKind, ...]] = ("picture",)

    level: int
    _: KW_ONLY
    speed: Literal[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] = 6
    subsampling: Literal["4:2:0", "4:2:2", "4:4:4"] = "4:2:0"

    def __post_init__(self) -> None:
        check_level(Avif, self.level)
        check_settings(self)

    def encode(self, frames: Frames) -> bytes:
        """One AVIF file. Raises ValueError unless (H, W, 3) ``uint8`` with sides to 32768."""
        return encode_with(self.name, self._encode, check_frame(self.name, frames, MAX_SIDE))

    def decode(self, data: bytes) -> Frames:
        """The picture of one AVIF file. Raises ValueError for damaged or truncated bytes."""
        return decode_with(self.name, _decode, data)

    def encoder(self) -> str:
        """The libavif of imagecodecs, whose wheel fixes the version of libaom."""
        return f"{imagecodecs.avif_version()} with aom (imagecodecs {imagecodecs.__version__})"

    def _encode(self, frame: Frame) -> bytes | bytearray:
        return imagecodecs.avif_encode(
            frame,
            self.level,
            speed=self.speed,
            pixelformat=f"yuv{self.subsampling.replace(':', '')}",
            codec="aom",
            numthreads=1,
        )


def _decode(data: bytes) -> NDArray[Any]:
    return imagecodecs.avif_decode(data, numthreads=1)
