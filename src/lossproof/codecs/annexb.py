"""Byte streams of H.264 and HEVC: Annex B of either standard, units behind start codes."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lossproof.codecs.video import Coded

if TYPE_CHECKING:
    from av import Packet
    from av.video.codeccontext import VideoCodecContext

# A unit of H.264 that holds text of the encoder's own: type 6 (SEI), payload 5. No start code can
# occur inside a unit.
_TEXT = re.compile(rb"\x00?\x00\x00\x01\x06\x05.*?(?=\x00?\x00\x00\x01|\Z)", re.DOTALL)


def join_units(packets: Sequence[bytes], _coded: Coded) -> bytes:
    """The packets end to end."""
    return b"".join(packets)


def join_without_text(packets: Sequence[bytes], _coded: Coded) -> bytes:
    """The same, without the 700 bytes in which x264 writes its settings into the first packet."""
    return b"".join((_TEXT.sub(b"", packets[0]), *packets[1:]))


def split_units(context: "VideoCodecContext", stream: bytes) -> "list[Packet[Any]]":
    """One packet per frame."""
    return [*context.parse(stream), *context.parse(None)]
