"""H.264 by x264, at a constant quality or at a bit rate."""

import re
from dataclasses import KW_ONLY, dataclass
from functools import cache
from typing import Annotated, ClassVar, Literal, final

import numpy as np

from lossproof.codecs.annexb import join_units, join_without_text, split_units
from lossproof.codecs.codec import check_level
from lossproof.codecs.video import (
    Form,
    Timing,
    decode_video,
    encode_video,
    version_of_pyav,
)
from lossproof.records import Frames, Level, MediaKind
from lossproof.settings import Within, check_settings

Preset = Literal[
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
]
Tune = Literal[
    "none",
    "film",
    "animation",
    "grain",
    "stillimage",
    "zerolatency",
    "psnr",
    "ssim",
    "fastdecode",
]
Profile = Literal["high", "main", "baseline"]
BFrames = Literal["auto", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
Gop = Annotated[int, Within(1, 1000)]
Fps = Annotated[int, Within(1, 240)]

FORM = Form("h264", b"H264", "libx264", "h264", join_without_text, split_units)
BITRATE_FORM = Form("h264_bitrate", b"H26R", "libx264", "h264", join_without_text, split_units)


@final
@dataclass(frozen=True)
class H264:
    """H.264 (ITU-T H.264) in 8-bit 4:2:0 at a constant rate factor (CRF) from 1 to 51.

    CRF 0 would be lossless in a profile that few decoders know, so it is not a level. ``gop`` is
    the number of frames from one keyframe to the next at the most; ``bframes`` the most B-frames in
    a row, where auto leaves it to preset, tune and profile; ``fps`` the frames per second that the
    rate control and the stream assume. x264 runs in one thread and with the same arithmetic on
    every processor, so that the bytes are always the same. They are a header of 16 bytes and the
    Annex B stream, without the text in which x264 writes down its settings. Colours are BT.601 in
    the limited range. Raises ValueError for a level or setting that is not allowed, and for
    B-frames where profile, tune or gop has none.
    """

    name: ClassVar[str] = "h264"
    ladder: ClassVar[tuple[Level, ...]] = (23, 25, 30, 40, 50)
    level_range: ClassVar[tuple[float, float] | None] = (1, 51)
    level_type: ClassVar[type[int] | type[float]] = int
    better: ClassVar[Literal["higher", "lower"]] = "lower"
    unit: ClassVar[str] = "crf"
    media: ClassVar[tuple[MediaKind, ...]] = ("picture", "clip")
    always_420: ClassVar[bool] = True

    level: int
    _: KW_ONLY
    preset: Preset = "medium"
    tune: Tune = "none"
    profile: Profile = "high"
    bframes: BFrames = "auto"
    gop: Gop = 250
    fps: Fps = 25

    def __post_init__(self) -> None:
        check_level(H264, self.level)
        check_settings(self)
        _check_bframes(self)

    def encode(self, frames: Frames) -> bytes:
        """Header and stream. Raises ValueError unless (H, W, 3) or (T, H, W, 3) ``uint8``."""
        options = {**_options(self), "crf": str(self.level)}
        return encode_video(FORM, frames, options, Timing(self.gop, self.fps))

    def decode(self, data: bytes) -> Frames:
        """The frames in order. Raises ValueError for bytes that are not as ``encode`` made them."""
        return decode_video(FORM, data)

    def encoder(self) -> str:
        """x264 as it names itself, and PyAV, which carries it."""
        return _version()


@final
@dataclass(frozen=True)
class H264Bitrate:
    """H.264 as ``h264``, at an average bit rate from 1 to 100000 kbit/s: higher is better.

    One pass of x264's average bit rate (ABR): a clip of a few seconds stays 5 to 30% below the
    rate, further where hardly anything moves, and of a picture the rate only sets the order; so
    what counts is the measured rate. The settings are
    those of ``h264``; ``fps`` decides how many frames share the bits of a second. Raises ValueError
    as ``h264`` does.
    """

    name: ClassVar[str] = "h264_bitrate"
    ladder: ClassVar[tuple[Level, ...]] = (1000, 500, 250, 120, 60)
    level_range: ClassVar[tuple[float, float] | None] = (1, 100_000)
    level_type: ClassVar[type[int] | type[float]] = int
    better: ClassVar[Literal["higher", "lower"]] = "higher"
    unit: ClassVar[str] = "kbit/s"
    media: ClassVar[tuple[MediaKind, ...]] = ("picture", "clip")
    always_420: ClassVar[bool] = True

    level: int
    _: KW_ONLY
    preset: Preset = "medium"
    tune: Tune = "none"
    profile: Profile = "high"
    bframes: BFrames = "auto"
    gop: Gop = 250
    fps: Fps = 25

    def __post_init__(self) -> None:
        check_level(H264Bitrate, self.level)
        check_settings(self)
        _check_bframes(self)

    def encode(self, frames: Frames) -> bytes:
        """Header and stream. Raises ValueError unless (H, W, 3) or (T, H, W, 3) ``uint8``."""
        options = {**_options(self), "b": f"{self.level}k"}
        return encode_video(BITRATE_FORM, frames, options, Timing(self.gop, self.fps))

    def decode(self, data: bytes) -> Frames:
        """The frames in order. Raises ValueError for bytes that are not as ``encode`` made them."""
        return decode_video(BITRATE_FORM, data)

    def encoder(self) -> str:
        """x264 as it names itself, and PyAV, which carries it."""
        return _version()


def _check_bframes(codec: H264 | H264Bitrate) -> None:
    """x264 would quietly leave out what is asked for in vain."""
    if codec.bframes in ("auto", 0):
        return
    for setting, value in (("profile", "baseline"), ("tune", "zerolatency"), ("gop", 1)):
        if getattr(codec, setting) == value:
            raise ValueError(
                f"{codec.name} {setting} {value} has no B-frames, but bframes is {codec.bframes}; "
                "auto, 0 are allowed with it"
            )


def _options(codec: H264 | H264Bitrate) -> dict[str, str]:
    options = {
        "preset": codec.preset,
        "profile": codec.profile,
        # Otherwise the bytes depend on the processor and on how memory happens to be aligned.
        "x264-params": "cpu-independent=1",
        "chroma_sample_location": "center",
    }
    if codec.tune != "none":
        options["tune"] = codec.tune
    if codec.bframes != "auto":
        options["bf"] = str(codec.bframes)
    return options


@cache
def _version() -> str:
    """x264 tells its version nowhere but in the streams that it makes."""
    form = Form("h264", b"H264", "libx264", "h264", join_units, split_units)
    stream = encode_video(form, np.zeros((2, 2, 3), np.uint8), {}, Timing(1, 1))
    found = re.search(rb"x264 - (core [\w. ]+)", stream)
    core = found[1].decode().strip() if found else "of unknown version"
    return f"libx264 {core} ({version_of_pyav()})"
