"""VP9 by libvpx."""

import struct
from collections.abc import Iterator, Sequence
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

IVF_FILE = struct.Struct("<4sHH4sHHIIII")
"""Letters, version, header size, codec, width, height, rate as a fraction, frames, nothing."""

IVF_FRAME = struct.Struct("<IQ")
"""Bytes of the frame, and its place in time."""


def to_ivf(packets: Sequence[bytes], coded: Coded) -> bytes:
    """An IVF file: VP9 has no stream format of its own."""
    start = IVF_FILE.pack(
        b"DKIF", 0, IVF_FILE.size, b"VP90", *coded.size, coded.fps, 1, len(packets), 0
    )
    frames = (IVF_FRAME.pack(len(data), i) + data for i, data in enumerate(packets))
    return start + b"".join(frames)


def from_ivf(_context: "VideoCodecContext", stream: bytes) -> "list[Packet[Any]]":
    """Its frames. Raises ValueError for a file that does not end where its last frame does."""
    from av import Packet

    return [Packet(data) for data in _frames(stream)]


def _frames(stream: bytes) -> Iterator[bytes]:
    at = IVF_FILE.size
    while at < len(stream):
        if at + IVF_FRAME.size > len(stream):
            raise ValueError("their IVF file ends inside a frame's header")
        num_bytes, _ = IVF_FRAME.unpack_from(stream, at)
        at += IVF_FRAME.size + num_bytes
        if at > len(stream):
            raise ValueError("their IVF file ends inside a frame")
        yield stream[at - num_bytes : at]


FORM = Form("vp9", b"VP9 ", "libvpx-vp9", "vp9", to_ivf, from_ivf)


@final
@dataclass(frozen=True)
class Vp9:
    """VP9 profile 0, 8-bit 4:2:0, at a constant quality (CRF) from 0, lossless, to 63.

    Levels 35 to 63 span the bit rates of h264's 23 to 50. ``speed`` is libvpx's cpu-used at good
    deadline, 0 the slowest: 60 frames of 320x240 take about 4 s at 0, 1 s at 2, half a second at 4.
    ``tune`` film keeps grain; ``gop`` the number of frames from one keyframe to the next at
    the most; ``fps`` the frames per second that the rate control and the file assume. libvpx runs
    in one thread. The bytes are a header of 16 bytes and an IVF file, in which 12 bytes precede
    each frame. Colours are BT.601 in the limited range. Raises ValueError for a level or setting
    that is not allowed.
    """

    name: ClassVar[str] = "vp9"
    ladder: ClassVar[tuple[Level, ...]] = (35, 38, 45, 56, 63)
    level_range: ClassVar[tuple[float, float] | None] = (0, 63)
    level_type: ClassVar[type[int] | type[float]] = int
    better: ClassVar[Literal["higher", "lower"]] = "lower"
    unit: ClassVar[str] = "crf"
    media: ClassVar[tuple[MediaKind, ...]] = ("picture", "clip")
    always_420: ClassVar[bool] = True

    level: int
    _: KW_ONLY
    speed: Literal[0, 1, 2, 3, 4, 5] = 4
    tune: Literal["none", "film"] = "none"
    gop: Annotated[int, Within(1, 1000)] = 250
    fps: Annotated[int, Within(1, 240)] = 25

    def __post_init__(self) -> None:
        check_level(Vp9, self.level)
        check_settings(self)

    def encode(self, frames: Frames) -> bytes:
        """Header and file. Raises ValueError unless (H, W, 3) or (T, H, W, 3) ``uint8``."""
        options = {
            "crf": str(self.level),
            # Without a rate of 0 the CRF would only bound the quality of a bit rate.
            "b": "0",
            "deadline": "good",
            "cpu-used": str(self.speed),
            "row-mt": "0",
            "tune-content": "default" if self.tune == "none" else self.tune,
        }
        return encode_video(FORM, frames, options, Timing(self.gop, self.fps))

    def decode(self, data: bytes) -> Frames:
        """The frames in order. Raises ValueError for bytes that are not as ``encode`` made them."""
        return decode_video(FORM, data)

    def encoder(self) -> str:
        """The libvpx of PyAV, whose wheel fixes its version."""
        return f"libvpx-vp9 ({version_of_pyav()})"
