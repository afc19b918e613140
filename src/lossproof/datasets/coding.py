"""How one sample's own file is coded, and what its pixels show of an earlier coding."""

import math
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lossproof.datasets import jpeg, png, webp
from lossproof.datasets.archives import read_member
from lossproof.datasets.earlier_jpeg import earlier_jpeg
from lossproof.datasets.encoder_notes import read_note
from lossproof.datasets.files import named, read_bytes
from lossproof.datasets.images import decode_picture, not_readable
from lossproof.datasets.picture_clips import pictures_in
from lossproof.datasets.quantisation import read_quantisation
from lossproof.datasets.videos import EXTENSIONS, open_container
from lossproof.records import Sample

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

_LOSSLESS = ("ffv1", "huffyuv", "ffvhuff", "utvideo", "rawvideo", "png", "qtrle", "magicyuv")


@dataclass(frozen=True)
class Coding:
    """One file: its format, what is known of how well it was coded, and its rate.

    ``setting`` is as in ``quality 96, 4:2:0`` or ``crf 23``, empty where the file does not say.
    ``trace`` is what the pixels of a lossless file show of an earlier coding; empty where they show
    nothing. ``bits_per_pixel`` is NaN where it cannot be told.
    """

    format: str
    lossless: bool
    setting: str = ""
    trace: str = ""
    bits_per_pixel: float = math.nan

    @property
    def pristine(self) -> bool:
        """Lossless, and without a trace of having been lossy before."""
        return self.lossless and not self.trace


def read_coding(sample: Sample) -> Coding:
    """Of a sample's picture, its video, or the first of its pictures. Raises DamagedSample."""
    if sample.media.suffix.lower() in EXTENSIONS:
        return named(sample.media, lambda: _video(sample.media))
    if sample.media.suffix == ".zip":
        name = pictures_in(sample)[0]
        return picture_coding(read_member(sample.media, name), name=f"{sample.media}/{name}")
    return picture_coding(read_bytes(sample.media), name=sample.media)


def picture_coding(data: bytes, *, name: Path | str) -> Coding:
    """Of the bytes of a picture file; ``name`` stands in its errors. Raises DamagedSample."""
    return named(name, lambda: _picture(data))


def _picture(data: bytes) -> Coding:
    read = next((read for matches, read in _PICTURES if matches(data)), None)
    if read is None:
        raise not_readable(data)
    return read(data)


def _jpeg(data: bytes) -> Coding:
    found = read_quantisation(data)
    near = "" if found.standard else "about "
    own = "" if found.standard else ", non-standard tables"
    colour = f", {found.subsampling}" if found.subsampling else ""
    setting = f"{near}quality {found.quality}{colour}{own}"
    header = jpeg.header(data)
    return Coding(jpeg.NAME, False, setting, bits_per_pixel=_rate(data, *header.frame_size))


def _png(data: bytes) -> Coding:
    header = png.header(data)
    rate = _rate(data, *header.frame_size)
    trace = _trace(data) if header.bits <= 8 else ""
    return Coding(png.NAME, True, trace=trace, bits_per_pixel=rate)


def _webp(data: bytes) -> Coding:
    rate = _rate(data, *webp.header(data).frame_size)
    if not _has_lossless_webp(data):
        return Coding(f"lossy {webp.NAME}", False, "4:2:0", bits_per_pixel=rate)
    return Coding(f"lossless {webp.NAME}", True, trace=_trace(data), bits_per_pixel=rate)


_PICTURES: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], Coding]], ...] = (
    (jpeg.matches, _jpeg),
    (png.matches, _png),
    (webp.matches, _webp),
)


def _trace(data: bytes) -> str:
    found = earlier_jpeg(decode_picture(data, name="a picture"))
    if found is None:
        return ""
    if found.quality is None:
        return "a grid of 8x8 blocks, as of JPEG or MPEG"
    return f"JPEG of about quality {found.quality}"


def _has_lossless_webp(data: bytes) -> bool:
    return any(kind == b"VP8L" for kind in _webp_chunks(data))


def _webp_chunks(data: bytes) -> Iterator[bytes]:
    place = 12
    while place + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, place)
        yield kind
        place += 8 + size + size % 2


def _rate(data: bytes, width: int, height: int) -> float:
    return 8 * len(data) / (width * height)


def _video(path: Path) -> Coding:
    import av

    try:
        with open_container(path) as container:
            stream = next(iter(container.streams.video), None)
            if stream is None:
                raise ValueError("has no video stream; 1 or more are allowed")
            return _stream(container, stream)
    except av.FFmpegError as error:
        raise ValueError(f"is corrupt: {error.strerror}") from error


def _stream(container: "InputContainer", stream: "VideoStream") -> Coding:
    """From its packets, none of which is decoded."""
    first, num_bytes, num_packets = b"", 0, 0
    for packet in container.demux(stream):
        if packet.size:
            first = first or bytes(packet)
            num_bytes += packet.size
            num_packets += 1
    context = stream.codec_context
    pixels = context.width * context.height * num_packets
    rate = 8 * num_bytes / pixels if pixels else math.nan
    if context.name == "mjpeg" and jpeg.matches(first):
        of_first = _jpeg(first)
        return Coding("Motion JPEG", False, of_first.setting, bits_per_pixel=rate)
    note = read_note(bytes(context.extradata or b"") + first)
    lossless = context.name in _LOSSLESS or bool(note and note.lossless)
    setting = f"{note.encoder} {note.control}".strip() if note else ""
    return Coding(context.name, lossless, setting, bits_per_pixel=rate)
