"""HEVC by x265."""

import re
from dataclasses import KW_ONLY, dataclass
from functools import cache
from typing import Annotated, ClassVar, Literal, final

import numpy as np

from lossproof.codecs.annexb import join_units, split_units
from lossproof.codecs.codec import check_level
from lossproof.codecs.video import Form, Timing, decode_video, encode_video, version_of_pyav
from lossproof.records import Frames, Level, MediaKind
from lossproof.settings import Within, check_settings

# x265 refuses a side of less than 16 pixels, and below 64 it was seen to write past its memory.
MIN_SIDE = 64

FORM = Form("hevc", b"HEVC", "libx265", "hevc", join_units, split_units, MIN_SIDE)
PARAMETERS = "pools=none:frame-threads=1:log-level=none"


@final
@dataclass(frozen=True)
class Hevc:
    """HEVC (ITU-T H.265) in 8-bit 4:2:0 at a constant rate factor (CRF) from 0 to 51.

    Levels 23 to 43 span the bit rates of h264's 23 to 50. ``gop`` is the number of frames from one
    keyframe to the next at the most; ``fps`` the frames per second that the rate control and the
    stream assume. x265 runs in one thread. The bytes are a header of 16 bytes and the Annex B
    stream, without the text in which x265 writes down its settings. Frames with a side below 64
    pixels are coded at 64. Colours are BT.601 in the limited range. Raises ValueError for a level
    or setting that is not allowed.
    """

    name: ClassVar[str] = "hevc"
    ladder: ClassVar[tuple[Level, ...]] = (23, 26, 29, 36, 43)
    level_range: ClassVar[tuple[float, float] | None] = (0, 51)
    level_type: ClassVar[type[int] | type[float]] = int
    better: ClassVar[Literal["higher", "lower"]] = "lower"
    unit: ClassVar[str] = "crf"
    media: ClassVar[tuple[MediaKind, ...]] = ("picture", "clip")
    always_420: ClassVar[bool] = True

    level: int
    _: KW_ONLY
    preset: Literal[
        "medium",
        "ultrafast",
        "superfast",
        "veryfast",
        "faster",
        "fast",
        "slow",
        "slower",
        "veryslow",
        "placebo",
    ] = "medium"
    tune: Literal["none", "psnr", "ssim", "grain", "animation", "fastdecode", "zerolatency"] = (
        "none"
    )
    gop: Annotated[int, Within(1, 1000)] = 250
    fps: Annotated[int, Within(1, 240)] = 25

    def __post_init__(self) -> None:
        check_level(Hevc, self.level)
        check_settings(self)

    def encode(self, frames: Frames) -> bytes:
        """Header and stream. Raises ValueError unless (H, W, 3) or (T, H, W, 3) ``uint8``."""
        options = {
            "crf": str(self.level),
            "preset": self.preset,
            "x265-params": f"{PARAMETERS}:info=0",
            "chroma_sample_location": "center",
        }
        if self.tune != "none":
            options["tune"] = self.tune
        return encode_video(FORM, frames, options, Timing(self.gop, self.fps))

    def decode(self, data: bytes) -> Frames:
        """The frames in order. Raises ValueError for bytes that are not as ``encode`` made them."""
        return decode_video(FORM, data)

    def encoder(self) -> str:
        """x265 as it names itself, and PyAV, which carries it."""
        return _version()


@cache
def _version() -> str:
    """x265 tells its version nowhere but in the streams that it makes."""
    frame = np.zeros((2, 2, 3), np.uint8)
    stream = encode_video(FORM, frame, {"x265-params": f"{PARAMETERS}:info=1"}, Timing(1, 1))
    found = re.search(rb"x265 (\(build \d+\) - [\w.+-]+)", stream)
    build = found[1].decode() if found else "of unknown version"
    return f"libx265 {build} ({version_of_pyav()})"
