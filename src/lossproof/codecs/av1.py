"""AV1 by SVT-AV1."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, final

from lossproof.codecs.codec import check_level
from lossproof.codecs.video import (
    Coded,
    Form,
    Timing,
    decode_video,
    encode_video,
    version_of_pyav,
)
from lossproof.records import Frames, Level, MediaKind
from lossproof.settings import Within, check_settings

if TYPE_CHECKING:
    from av import Packet
    from av.video.codeccontext import VideoCodecContext

# SVT-AV1 refuses a side of less than 4 pixels; from 16 it was tested with many sizes.
MIN_SIDE = 16
# And more rows than these, whatever the width.
MAX_HEIGHT = 8704
TUNES = {"vq": 0, "psnr": 1, "ssim": 2}


def _join(packets: Sequence[bytes], _coded: Coded) -> bytes:
    return b"".join(packets)


def _whole(_context: "VideoCodecContext", stream: bytes) -> "list[Packet[Any]]":
    """dav1d finds the frames in a stream by itself."""
    from av import Packet

    return [Packet(stream)]


@contextmanager
def _own_priority() -> Iterator[None]:
    """Of a process of root SVT-AV1 makes the calling thread a real-time one, before which all else
    on the machine waits, and its children with it; it is what it was before when the block ends."""
    if not hasattr(os, "sched_getscheduler"):  # only Linux has it
        yield
        return
    policy, priority = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        if os.sched_getscheduler(0) != policy:
            os.sched_setscheduler(0, policy, priority)


FORM = Form("av1", b"AV1 ", "libsvtav1", "libdav1d", _join, _whole, MIN_SIDE, MAX_HEIGHT)


@final
@dataclass(frozen=True)
class Av1:
    """AV1 main profile, 8-bit 4:2:0, at a constant quality (CRF) from 1 to 63.

    FFmpeg takes a CRF of 0 for none at all, so it is not a level. Levels 31 to 63 span the bit
    rates of h264's 23 to 50. ``preset`` trades size for time, 0 the slowest: 60 frames of 320x240
    take about 0.7 s at 4, 0.3 s at 8, 0.1 s at 10. ``tune`` is what the encoder optimises; ``gop``
    the number of frames from one keyframe to the next at the most; ``fps`` the frames per second
    that the rate control and the stream assume. SVT-AV1 works on one frame at a time. The bytes are
    a header of 16 bytes and the stream in the low-overhead format (Section 5 of the standard).
    Frames with a side below 16 pixels are coded at 16. Colours are BT.601 in the limited range.
    Raises ValueError for a level or setting that is not allowed.
    """

    name: ClassVar[str] = "av1"
    ladder: ClassVar[tuple[Level, ...]] = (31, 36, 46, 60, 63)
    level_range: ClassVar[tuple[float, float] | None] = (1, 63)
    level_type: ClassVar[type[int] | type[float]] = int
    better: ClassVar[Literal["higher", "lower"]] = "lower"
    unit: ClassVar[str] = "crf"
    media: ClassVar[tuple[MediaKind, ...]] = ("picture", "clip")
    always_420: ClassVar[bool] = True

    level: int
    _: KW_ONLY
    preset: Literal[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] = 8
    tune: Literal["psnr", "vq", "ssim"] = "psnr"
    gop: Annotated[int, Within(1, 1000)] = 250
    fps: Annotated[int, Within(1, 240)] = 25

    def __post_init__(self) -> None:
        check_level(Av1, self.level)
        check_settings(self)

    def encode(self, frames: Frames) -> bytes:
        """Header and stream. Raises ValueError unless (H, W, 3) or (T, H, W, 3) ``uint8``."""
        # SVT-AV1 writes a banner to standard error unless this asks for errors alone.
        os.environ.setdefault("SVT_LOG", "1")
        options = {
            "crf": str(self.level),
            "preset": str(self.preset),
            "svtav1-params": f"lp=1:tune={TUNES[self.tune]}",
        }
        with _own_priority():
            return encode_video(FORM, frames, options, Timing(self.gop, self.fps))

    def decode(self, data: bytes) -> Frames:
        """The frames in order. Raises ValueError for bytes that are not as ``encode`` made them."""
        return decode_video(FORM, data)

    def encoder(self) -> str:
        """The SVT-AV1 of PyAV, whose wheel fixes its version."""
        return f"libsvtav1 ({version_of_pyav()})"
