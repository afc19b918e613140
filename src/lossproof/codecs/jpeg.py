"""JPEG, as Pillow writes and reads it."""

from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Literal, final

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from lossproof.codecs.codec import check_level
from lossproof.codecs.still import check_frame, decode_with, encode_with
from lossproof.records import Frame, Frames, Level, MediaKind
from lossproof.settings import check_settings

MAX_SIDE = 65500
END_OF_IMAGE = b"\xff\xd9"


@final
@dataclass(frozen=True)
class Jpeg:
    """Baseline or progressive JPEG at a quality from 1 to 100 (ITU-T T.81).

    The bytes and the decoded pixels are those of Pillow with the same quality, subsampling,
    optimize and progressive, whose defaults are also these. Raises ValueError for a level or
    setting that is not allowed.
    """

    name: ClassVar[str] = "jpeg"
    ladder: ClassVar[tuple[Level, ...]] = (95, 75, 50, 15, 10, 5)
    level_range: ClassVar[tuple[float, float] | None] = (1, 100)
    level_type: ClassVar[type[int] | type[float]] = int
    better: ClassVar[Literal["higher", "lower"]] = "higher"
    unit: ClassVar[str] = "quality"
    media: ClassVar[tuple[MediaKind, ...]] = ("picture",)

    level: int
    _: KW_ONLY
    subsampling: Literal["4:2:0", "4:2:2", "4:4:4"] = "4:2:0"
    optimize: bool = False
    progressive: bool = False

    def __post_init__(self) -> None:
        check_level(Jpeg, self.level)
        check_settings(self)

    def encode(self, frames: Frames) -> bytes:
        """One JFIF file. Raises ValueError unless (H, W, 3) ``uint8`` with sides to 65500."""
        frame = check_frame(self.name, frames, MAX_SIDE)
        encode = self._progressive if self.progressive else self._baseline
        return encode_with(self.name, encode, frame)

    def decode(self, data: bytes) -> Frames:
        """The picture of one whole JPEG file. Raises ValueError for damaged or truncated bytes."""
        return decode_with(self.name, _decode_whole, data)

    def encoder(self) -> str:
        """The libjpeg-turbo of imagecodecs, or that of OpenCV for progressive files."""
        if self.progressive:
            import cv2

            return f"libjpeg-turbo (OpenCV {cv2.__version__})"
        library = imagecodecs.jpeg8_version().replace("_", "-").split("/")[0]
        return f"{library} (imagecodecs {imagecodecs.__version__})"

    def _baseline(self, frame: Frame) -> bytes | bytearray:
        return imagecodecs.jpeg8_encode(
            frame,
            self.level,
            subsampling=self.subsampling.replace(":", ""),
            optimize=self.optimize,
        )

    def _progressive(self, frame: Frame) -> bytes:
        # imagecodecs cannot write progressive files; OpenCV's libjpeg-turbo writes Pillow's bytes.
        import cv2

        sampling = {
            "4:2:0": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
            "4:2:2": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422,
            "4:4:4": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
        }[self.subsampling]
        bgr = np.ascontiguousarray(frame[..., ::-1])
        options = (
            *(cv2.IMWRITE_JPEG_QUALITY, self.level),
            *(cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
            *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling),
        )
        done, data = cv2.imencode(".jpg", bgr, options)
        if not done:
            raise RuntimeError("OpenCV wrote no JPEG")
        return data.tobytes()


def _decode_whole(data: bytes) -> NDArray[Any]:
    # libjpeg only warns of a file that stops early and paints the rest grey. The end marker cannot
    # occur inside coded data, where 0xff is always followed by a zero or a restart marker.
    if not data.endswith(END_OF_IMAGE):
        raise ValueError("they do not end with the end-of-image marker: truncated, or not a JPEG")
    return imagecodecs.jpeg8_decode(data)
