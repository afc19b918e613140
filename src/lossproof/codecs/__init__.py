"""Codecs: frames to bytes and back. A new one is one file and one line in ``CODECS``."""

from collections.abc import Callable
from typing import cast

import numpy as np

from lossproof.codecs.av1 import Av1
from lossproof.codecs.avif import Avif
from lossproof.codecs.codec import Codec, CodecClass, keeps_half_colour
from lossproof.codecs.h264 import H264, H264Bitrate
from lossproof.codecs.hevc import Hevc
from lossproof.codecs.jpeg import Jpeg
from lossproof.codecs.jpeg2000 import Jpeg2000
from lossproof.codecs.jpegxl import JpegXL
from lossproof.codecs.mjpeg import Mjpeg
from lossproof.codecs.source import Source
from lossproof.codecs.vp9 import Vp9
from lossproof.codecs.webp import WebP
from lossproof.codecs.yuv420 import Yuv420
from lossproof.records import Level, Setting
from lossproof.settings import check_names, parse_settings
from lossproof.tables import by_name, look_up

__all__ = [
    "CODECS",
    "Codec",
    "codec_class",
    "keeps_half_colour",
    "make_codec",
    "parse_codec",
]

CODECS: tuple[CodecClass, ...] = (
    Source,
    Yuv420,
    Jpeg,
    Jpeg2000,
    WebP,
    Avif,
    JpegXL,
    Mjpeg,
    H264,
    H264Bitrate,
    Hevc,
    Vp9,
    Av1,
)

_NAMED = by_name(CODECS)
_ALSO_CALLED = {
    "h265": "hevc",
    "x265": "hevc",
    "avc": "h264",
    "x264": "h264",
    "jpg": "jpeg",
    "jp2": "jpeg2000",
    "j2k": "jpeg2000",
    "jxl": "jpegxl",
}


def codec_class(name: str) -> CodecClass:
    """The codec of that name. Raises ValueError with the known names for any other."""
    return look_up(_NAMED, name, kind="codec", also_called=_ALSO_CALLED)


def make_codec(name: str, level: Level = None, **settings: Setting) -> Codec:
    """A codec at a level, which may be a number of NumPy's, with settings.

    Raises ValueError for whatever is not allowed in it.
    """
    codec = codec_class(name)
    check_names(codec, settings)
    if isinstance(level, np.generic):
        level = level.item()
    return cast(Callable[..., Codec], codec)(level=level, **settings)


def parse_codec(text: str) -> tuple[str, dict[str, Setting]]:
    """Name and settings of text such as ``jpeg:subsampling=4:4:4,progressive=true``.

    The first colon ends the name; commas part the settings. Raises ValueError for an unknown name,
    an unknown or repeated setting, and a value that the setting does not allow.
    """
    name, _, rest = text.partition(":")
    several = text.replace(",", " ").split()
    if len(several) > 1 and all(part in _NAMED for part in several):
        repeated = " ".join(f"--codec {part}" for part in several)
        raise ValueError(f"{text!r} is not one codec; {repeated} is allowed")
    codec = codec_class(name)
    for part in rest.split(","):
        key, _, value = part.rpartition("=")
        if key in ("level", "quality", codec.unit) or (not key and value.isdecimal()):
            raise ValueError(
                f"{part!r} in {text!r} is a level, not a setting; {name} alone is allowed, and a "
                f"sweep takes --levels {value}"
            )
    return name, parse_settings(codec, rest)
