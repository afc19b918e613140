"""Frames into a video encoder of FFmpeg and back, in memory, one thread per clip.

Every stream is 8-bit ``yuv420p``, BT.601 in the limited range, and says so inside. A side that is
odd, or too short for the encoder, grows by repeating its last row or column, and is cut back after
decoding. No more is held at a time than the clip, its stream, and the frames that the library looks
ahead.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from lossproof.codecs.frames import LIBRARY_ERRORS, as_clip, check_frames, decode_frames
from lossproof.codecs.samples import from_samples, to_samples
from lossproof.codecs.stream_header import read_stream_header, with_stream_header
from lossproof.records import Clip, Frames, FrameSize

if TYPE_CHECKING:
    from av import Packet, VideoFrame
    from av.video.codeccontext import VideoCodecContext

# Matrix, primaries and transfer as ITU-T H.273 numbers them (SMPTE 170M, which is BT.601), and the
# limited range as FFmpeg does.
SMPTE_170M = 6
LIMITED = 1

MAX_SIDE = 16384


class Timing(NamedTuple):
    """Frames from one keyframe to the next at the most, and frames per second."""

    gop: int
    fps: int


class Coded(NamedTuple):
    """The size of the pictures inside a stream, and their rate."""

    size: FrameSize
    fps: int


@dataclass(frozen=True)
class Form:
    """How one coding standard is written and read.

    ``kind`` are the four letters of its header; ``encoder`` and ``decoder`` FFmpeg's names;
    ``join`` makes one stream of the encoder's packets, and ``split`` gives a decoder what it asks
    for. ``min_side`` is the shortest side that the encoder takes, ``max_height`` the most rows.
    """

    codec: str
    kind: bytes
    encoder: str
    decoder: str
    join: Callable[[Sequence[bytes], Coded], bytes]
    split: Callable[["VideoCodecContext", bytes], "list[Packet[Any]]"]
    min_side: int = 2
    max_height: int = MAX_SIDE

    def coded_size(self, frames: Frames) -> FrameSize:
        """Even sides, and long enough for the encoder."""
        height, width = (max(self.min_side, side + side % 2) for side in frames.shape[-3:-1])
        return width, height


def encode_video(form: Form, frames: Frames, options: Mapping[str, str], timing: Timing) -> bytes:
    """Header and stream of a picture (H, W, 3), coded as one frame, or of a clip (T, H, W, 3).

    Raises ValueError for frames that are neither, and for a size that the encoder refuses.
    """
    clip = as_clip(check_frames(form.codec, frames, MAX_SIDE))
    if clip.shape[1] > form.max_height:
        raise ValueError(
            f"{form.codec} was given frames of {clip.shape[2]}x{clip.shape[1]}; up to "
            f"{form.max_height} rows are allowed"
        )
    coded = Coded(form.coded_size(clip), timing.fps)
    try:
        packets = _packets(_encoder(form, coded, options, timing), clip)
    except (_ffmpeg_error(), *LIBRARY_ERRORS) as error:
        size = f"{frames.shape[-2]}x{frames.shape[-3]}"
        raise ValueError(
            f"{form.codec} cannot encode {len(clip)} frames of {size} pixels: {error}"
        ) from error
    return with_stream_header(form.kind, frames.shape, form.join(packets, coded))


def decode_video(form: Form, data: bytes) -> Frames:
    """The frames of ``encode_video``.

    Raises ValueError for bytes that it did not make whole: of another kind, cut, changed, or with
    frames of another number or size than the header tells.
    """
    return decode_frames(form.codec, lambda whole: _decode(form, whole), data)


def _ffmpeg_error() -> type[Exception]:
    from av.error import FFmpegError

    return FFmpegError


def _encoder(
    form: Form, coded: Coded, options: Mapping[str, str], timing: Timing
) -> "VideoCodecContext":
    context = _context(form.encoder, "w")
    context.width, context.height = coded.size
    context.pix_fmt = "yuv420p"
    context.framerate, context.time_base = Fraction(timing.fps), Fraction(1, timing.fps)
    context.gop_size = timing.gop
    context.colorspace = context.color_primaries = context.color_trc = SMPTE_170M
    context.color_range = LIMITED
    context.options = dict(options)
    context.open()
    # What FFmpeg does not know it leaves there and goes on without.
    assert not context.options, f"{form.encoder} has no options {context.options}"
    return context


def _context(codec: str, mode: Literal["r", "w"]) -> "VideoCodecContext":
    """One thread: several clips side by side fill a machine better, and no result depends on it."""
    from av.codec import CodecContext
    from av.video.codeccontext import VideoCodecContext

    context = CodecContext.create(codec, mode)
    assert isinstance(context, VideoCodecContext)
    context.thread_count = 1
    context.thread_type = "FRAME"
    return context


def _packets(context: "VideoCodecContext", clip: Clip) -> list[bytes]:
    from av import VideoFrame

    packets = []
    for index, frame in enumerate(clip):
        samples = to_samples(frame, (context.width, context.height))
        picture = VideoFrame.from_ndarray(samples, format="yuv420p")
        picture.pts = index
        packets += context.encode(picture)
    return [bytes(packet) for packet in (*packets, *context.encode(None))]


def _decode(form: Form, data: bytes) -> Frames:
    told = read_stream_header(form.kind, data)
    frames = np.empty(told.shape, np.uint8)
    clip = as_clip(frames)
    height, width = clip.shape[1:3]
    expected = (*form.coded_size(clip), "yuv420p")
    count = 0
    for picture in _pictures(form, told.stream):
        found = (picture.width, picture.height, picture.format.name)
        if found != expected:
            raise ValueError(f"they hold a frame of {found}; {expected} is allowed")
        if count < len(clip):
            clip[count] = from_samples(picture.to_ndarray())[:height, :width]
        count += 1
    if count != len(clip):
        raise ValueError(f"they hold {count} frames; their header tells {len(clip)}")
    return frames


def _pictures(form: Form, stream: bytes) -> "Iterator[VideoFrame]":
    context = _context(form.decoder, "r")
    context.options = {"err_detect": "explode"}
    try:
        for packet in (*form.split(context, stream), None):
            yield from context.decode(packet)
    except _ffmpeg_error() as error:
        raise ValueError(f"their stream is damaged: {error}") from error


def version_of_pyav() -> str:
    """PyAV, whose wheel fixes the version of the encoders, and FFmpeg's library."""
    import av

    number = ".".join(map(str, av.library_versions["libavcodec"]))
    return f"PyAV {av.__version__}, libavcodec {number}"
