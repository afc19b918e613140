"""Lossy WebP by libwebp."""

from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Literal, final

import imagecodecs
from numpy.typing import NDArray

from lossproof.codecs.codec import check_level
from lossproof.codecs.still import check_frame, decode_with, encode_with
from lossproof.records import Frame, Frames, Level, MediaKind
from lossproof.settings import check_settings

# The format ends at 16383; imagecodecs refuses that last one.
MAX_SIDE = 16382


@final
@dataclass(frozen=True)
class WebP:
    """Lossy WebP (RFC 9649), always 4:2:0, at a quality from 0 to 100.

    ``method`` trades time for size, 0 the fastest, 4 as cwebp does, 6 the smallest. Levels 95 to 5
    span on photographs the bits per pixel of JPEG 90 to 5. Raises ValueError for a level or
    setting that is not allowed.
    """

    name: ClassVar[str] = "webp"
    ladder: ClassVar[tuple[Level, ...]] = (95, 75, 50, 25, 15, 5)
    level_range: ClassVar[tuple[float, float] | None] = (0, 100)
    level_type: ClassVar[type[int] | type[float]] = int
    better: ClassVar[Literal["higher", "lower"]] = "higher"
    unit: ClassVar[str] = "quality"
    media: ClassVar[tuple[MediaKind, ...]] = ("picture",)
    always_420: ClassVar[bool] = True

    level: int
    _: KW_ONLY
    method: Literal[0, 1, 2, 3, 4, 5, 6] = 4

    def __post_init__(self) -> None:
        check_level(WebP, self.level)
        check_settings(self)

    def encode(self, frames: Frames) -> bytes:
        """One WebP file. Raises ValueError unless (H, W, 3) ``uint8`` with sides to 16382."""
        return encode_with(self.name, self._encode, check_frame(self.name, frames, MAX_SIDE))

    def decode(self, data: bytes) -> Frames:
        """The picture of one WebP file. Raises ValueError for damaged or truncated bytes."""
        return decode_with(self.name, _decode, data)

    def encoder(self) -> str:
        """The libwebp of imagecodecs."""
        return f"{imagecodecs.webp_version()} (imagecodecs {imagecodecs.__version__})"

    def _encode(self, frame: Frame) -> bytes | bytearray:
        # imagecodecs writes lossless WebP unless told otherwise.
        return imagecodecs.webp_encode(
            frame, self.level, lossless=False, method=self.method, numthreads=0
        )


def _decode(data: bytes) -> NDArray[Any]:
    return imagecodecs.webp_decode(data, hasalpha=False)
