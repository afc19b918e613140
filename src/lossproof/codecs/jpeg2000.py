"""JPEG 2000 by OpenJPEG."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, final

import imagecodecs
from numpy.typing import NDArray

from lossproof.codecs.codec import check_level
from lossproof.codecs.still import check_frame, decode_with, encode_with
from lossproof.records import Frame, Frames, Level, MediaKind


@final
@dataclass(frozen=True)
class Jpeg2000:
    """Lossy JPEG 2000 in a JP2 file (ITU-T T.800): 9/7 wavelet, one tile, one quality layer.

    The level is the PSNR in decibels that the encoder aims at; rounding to 8 bits keeps the
    decoded picture below about 50 dB whatever the level. Levels 44 to 28 span on photographs the
    bits per pixel of JPEG 95 to 5; below about 25 the encoder misses its aim on smooth pictures,
    and several levels give the same. Raises ValueError for a level out of range.
    """

    name: ClassVar[str] = "jpeg2000"
    ladder: ClassVar[tuple[Level, ...]] = (44, 37, 34, 31, 30, 28)
    level_range: ClassVar[tuple[float, float] | None] = (15, 60)
    level_type: ClassVar[type[int] | type[float]] = int
    better: ClassVar[Literal["higher", "lower"]] = "higher"
    unit: ClassVar[str] = "psnr_db"
    media: ClassVar[tuple[MediaKind, ...]] = ("picture",)

    level: int

    def __post_init__(self) -> None:
        check_level(Jpeg2000, self.level)

    def encode(self, frames: Frames) -> bytes:
        """One JP2 file. Raises ValueError unless the frame is (H, W, 3) ``uint8``."""
        return encode_with(self.name, self._encode, check_frame(self.name, frames))

    def decode(self, data: bytes) -> Frames:
        """The picture of one JP2 file. Raises ValueError for damaged or truncated bytes."""
        return decode_with(self.name, _decode, data)

    def encoder(self) -> str:
        """The OpenJPEG of imagecodecs."""
        return f"{imagecodecs.jpeg2k_version()} (imagecodecs {imagecodecs.__version__})"

    def _encode(self, frame: Frame) -> bytes | bytearray:
        return imagecodecs.jpeg2k_encode(
            frame, self.level, codecformat="JP2", planar=False, reversible=False, numthreads=1
        )


def _decode(data: bytes) -> NDArray[Any]:
    return imagecodecs.jpeg2k_decode(data, numthreads=1)
