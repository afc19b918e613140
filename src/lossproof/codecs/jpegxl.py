"""JPEG XL by libjxl."""

from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Literal, final

import imagecodecs
from numpy.typing import NDArray

from lossproof.codecs.codec import check_level
from lossproof.codecs.still import check_frame, decode_with, encode_with
from lossproof.records import Frame, Frames, Level, MediaKind
from lossproof.settings import check_settings


@final
@dataclass(frozen=True)
class JpegXL:
    """Lossy JPEG XL (ISO/IEC 18181) at a Butteraugli distance from 0.1 to 25; lower is better.

    Distance 1 is meant to look like the original. ``effort`` trades time for size, 1 the fastest;
    5 makes files as small as cjxl's 7 in half the time. Distances 0.5 to 12 span on photographs
    the bits per pixel of JPEG 95 to 5. Raises ValueError for a level or setting not allowed.
    """

    name: ClassVar[str] = "jpegxl"
    ladder: ClassVar[tuple[Level, ...]] = (0.5, 1.5, 2.5, 6.0, 8.0, 12.0)
    level_range: ClassVar[tuple[float, float] | None] = (0.1, 25)
    level_type: ClassVar[type[int] | type[float]] = float
    better: ClassVar[Literal["higher", "lower"]] = "lower"
    unit: ClassVar[str] = "distance"
    media: ClassVar[tuple[MediaKind, ...]] = ("picture",)

    level: int | float
    _: KW_ONLY
    effort: Literal[1, 2, 3, 4, 5, 6, 7, 8, 9] = 5

    def __post_init__(self) -> None:
        check_level(JpegXL, self.level)
        check_settings(self)
        # 3 and 3.0 are one level, so they must be one cell.
        object.__setattr__(self, "level", float(self.level))

    def encode(self, frames: Frames) -> bytes:
        """One bare codestream. Raises ValueError unless the frame is (H, W, 3) ``uint8``."""
        return encode_with(self.name, self._encode, check_frame(self.name, frames))

    def decode(self, data: bytes) -> Frames:
        """The picture of one file. Raises ValueError for damaged or truncated bytes."""
        return decode_with(self.name, _decode, data)

    def encoder(self) -> str:
        """The libjxl of imagecodecs."""
        return f"{imagecodecs.jpegxl_version()} (imagecodecs {imagecodecs.__version__})"

    def _encode(self, frame: Frame) -> bytes | bytearray:
        return imagecodecs.jpegxl_encode(
            frame,
            distance=self.level,
            lossless=False,
            effort=self.effort,
            planar=False,
            numthreads=1,
        )


def _decode(data: bytes) -> NDArray[Any]:
    return imagecodecs.jpegxl_decode(data, numthreads=1)
