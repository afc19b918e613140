"""Reading video files whole, and refusing the damaged.

Pixels are those stored: a rotation in the metadata is ignored, as orientation is in pictures. They
become RGB by the stream's own matrix and range; where it names none, by BT.601 and limited range,
as FFmpeg does. Whether a file is whole is checked here: a demuxer ends a truncated file quietly.
"""

import math
from collections.abc import Iterator
from itertools import pairwise, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lossproof.datasets.files import named
from lossproof.records import Clip, DamagedSample, Frame, FrameSize, Media

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

# By FFmpeg's names.
_CONTAINERS = ("avi", "matroska", "webm", "mov", "mp4", "mpeg", "mpegts", "mpegvideo", "asf")
EXTENSIONS = (".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".ts", ".webm", ".wmv")
MAX_CLIP_BYTES = 2 * 1024**3
"""Decoded bytes of one clip; a longer one has to be cut."""

_MICROSECONDS = 1_000_000
# What a clip may lack at its end of the length that its container tells: in seconds it is rounded,
# and may be that of a sound track; in AVI it counts frames that were dropped.
_SLACK_FRAMES = 1.5
_SLACK_SHARE_WITH_SOUND = 0.05
# Where times of frames are guesses: few are told, and the rate is fixed.
_WITHOUT_CLOCK = ("mpeg", "mpegvideo")
# Of the time by the rate; a clock that tells less gives many frames the same time.
_LEAST_SHARE_BY_CLOCK = 0.5


class _Span(NamedTuple):
    """When a frame is shown by the clock of its stream; NaN where nothing tells it."""

    start_seconds: float
    end_seconds: float


class _Packet(NamedTuple):
    """A packet with data.

    ``is_shown`` is False for what other frames only refer to: those before the cut of a clip that
    was cut without coding it anew, and the alternate references of VP8.
    """

    span: _Span
    is_keyframe: bool
    is_whole: bool
    is_shown: bool


def read_clip(path: Path, *, max_bytes: int | None = None) -> Media:
    """Every frame (T, H, W, 3) of a file's first video stream, RGB ``uint8``.

    ``num_bytes`` is the size of the file, whatever else is in it. ``duration_seconds`` is the
    number of frames over the average rate; where that differs by over 1.5 frames from the time for
    which they are shown, it is this time; NaN where the file tells neither. May be called from
    many threads at once. Raises DamagedSample for a file that is missing, no video, truncated,
    corrupt, without frames, of another length than it says, or larger than ``max_bytes`` when
    decoded, by default ``MAX_CLIP_BYTES``.
    """
    try:
        num_bytes = path.stat().st_size
    except OSError:
        raise DamagedSample(f"{path} is missing") from None
    if not num_bytes:
        raise DamagedSample(f"{path} is empty: 0 bytes")
    most = MAX_CLIP_BYTES if max_bytes is None else max_bytes
    frames, duration_seconds = named(path, lambda: _read(path, most))
    return Media(frames=frames, num_bytes=num_bytes, duration_seconds=duration_seconds)


def open_container(path: Path) -> "InputContainer":
    """A file of one of the usual containers; a playlist, which names other files, is none.

    Titles may be in any encoding. Raises av.FFmpegError.
    """
    import av

    options = {"format_whitelist": ",".join(_CONTAINERS)}
    return av.open(str(path), metadata_errors="replace", options=options)


def _read(path: Path, max_bytes: int) -> tuple[Clip, float]:
    import av

    try:
        with open_container(path) as container:
            stream = _video_stream(container)
            packets = _read_packets(container, stream)
            _check_length(container, stream, packets)
            num_shown = max(sum(packet.is_shown for packet in packets), 1)
            _check_size((stream.width, stream.height), num_shown, max_bytes)
        with open_container(path) as container:
            stream = _video_stream(container)
            frames, spans = _decode(container, stream, packets, max_bytes)
            _check_decoded(stream, packets, spans)
            if container.format.name == "avi":
                spans = [packet.span for packet in packets]
            return frames, _duration_seconds(container, stream, spans, len(frames))
    except av.FFmpegError as error:
        problem = error.strerror or type(error).__name__
        raise ValueError(f"is truncated, corrupt or no video: FFmpeg says: {problem}") from error


def _video_stream(container: "InputContainer") -> "VideoStream":
    if not container.streams.video:
        kinds = sorted({stream.type for stream in container.streams})
        raise ValueError(f"has no video stream, only {', '.join(kinds) or 'nothing'}")
    stream = container.streams.video[0]
    if stream.codec_context is None:
        raise ValueError("has a video stream that no decoder here can read")
    stream.codec_context.options = {"err_detect": "explode"}
    # Files are read by many threads already.
    stream.codec_context.thread_count = 1
    return stream


def _read_packets(container: "InputContainer", stream: "VideoStream") -> list[_Packet]:
    is_vp8 = stream.codec_context.name == "vp8"
    is_avi = container.format.name == "avi"
    packets = (packet for packet in container.demux(stream) if packet.size)
    return [_packet(packet, is_avi=is_avi, is_vp8=is_vp8) for packet in packets]


def _packet(packet: Any, *, is_avi: bool, is_vp8: bool) -> _Packet:
    # The fifth bit of a VP8 frame is its show_frame.
    is_invisible = is_vp8 and not memoryview(packet)[0] & 0x10
    return _Packet(
        # AVI tells the order of decoding alone; times of showing are guesses there.
        span=_span(packet, packet.dts if is_avi or packet.pts is None else packet.pts),
        is_keyframe=packet.is_keyframe,
        is_whole=not packet.is_corrupt,
        is_shown=not (packet.is_discard or is_invisible),
    )


def _span(item: Any, ticks: int | None) -> _Span:
    if ticks is None or not item.time_base:
        return _Span(math.nan, math.nan)
    end = ticks + (item.duration or 0)
    return _Span(float(ticks * item.time_base), float(end * item.time_base))


def _leading(packets: list[_Packet]) -> list[_Packet]:
    """Packets right after the keyframe that a stream begins with, of frames shown before it.

    They may refer to what was never recorded ("open GOP"): then no decoder can restore them, and
    none is meant to.
    """
    if not packets or not packets[0].is_keyframe:
        return []
    shown_from = packets[0].span.start_seconds
    return list(takewhile(lambda packet: packet.span.start_seconds < shown_from, packets[1:]))


def _decode(
    container: "InputContainer", stream: "VideoStream", packets: list[_Packet], max_bytes: int
) -> tuple[Clip, list[_Span]]:
    """The frames, in one array from the start: they may take most of the memory."""
    clip: Clip = np.empty((0, 0, 0, 3), np.uint8)
    spans: list[_Span] = []
    for frame in _decoded(container, stream, len(_leading(packets))):
        index = len(spans)
        _check_frame(frame, index, len(packets), max_bytes)
        pixels: Frame = frame.to_ndarray(format="rgb24")
        if not spans:
            clip = np.empty((len(packets), *pixels.shape), np.uint8)
        _check_same_size(clip, pixels, index)
        clip[index] = pixels
        spans.append(_span(frame, frame.pts))
    return clip[: len(spans)], spans


def _decoded(container: "InputContainer", stream: "VideoStream", num_leading: int) -> Iterator[Any]:
    """Frames as they come; what a recording lacks may be missed as far as the next H.264 frame.

    That one follows the leading ones, and may tell the decoder to forget one never recorded.
    """
    import av

    last_excused = num_leading + 1 if num_leading else 0
    for index, packet in enumerate(container.demux(stream)):
        try:
            yield from packet.decode()
        except av.InvalidDataError:
            if not 1 <= index <= last_excused:
                raise


def _check_frame(frame: Any, index: int, num_packets: int, max_bytes: int) -> None:
    _check_size((frame.width, frame.height), index + 1, max_bytes)
    if frame.is_corrupt:
        raise ValueError(f"is corrupt: the decoder could not restore frame {index}")
    if index == num_packets:
        raise ValueError(f"is corrupt: it holds more frames than packets, which are {num_packets}")


def _check_same_size(clip: Clip, pixels: Frame, index: int) -> None:
    if pixels.shape != clip.shape[1:]:
        was, now = (f"{width}x{height}" for height, width, _ in (clip.shape[1:], pixels.shape))
        raise ValueError(f"changes from {was} to {now} at frame {index}; one size is allowed")


def _check_size(frame_size: FrameSize, num_frames: int, max_bytes: int) -> None:
    width, height = frame_size
    num_bytes = 3 * width * height * num_frames
    if num_bytes > max_bytes:
        raise ValueError(
            f"has {num_frames:,} or more frames of {width}x{height}, {num_bytes:,} bytes decoded; "
            f"up to {max_bytes:,} are allowed: cut it into clips"
        )


def _check_length(
    container: "InputContainer", stream: "VideoStream", packets: list[_Packet]
) -> None:
    """The file holds what its header says."""
    _check_packets(packets)
    if not stream.frames:
        _check_seconds(container, stream, packets)
    elif not (container.format.name == "avi" and _is_whole_avi(stream, packets)):
        _check_count(len(packets), stream.frames)


def _check_packets(packets: list[_Packet]) -> None:
    damaged = [index for index, packet in enumerate(packets) if not packet.is_whole]
    if damaged and damaged[0] == len(packets) - 1:
        raise ValueError(f"is truncated: it ends inside frame {damaged[0]}")
    if damaged:
        raise ValueError(f"is corrupt: bytes of frame {damaged[0]} are missing")


def _is_whole_avi(stream: "VideoStream", packets: list[_Packet]) -> bool:
    """AVI counts the frames that a recorder dropped, for which there is no packet."""
    end_ticks = _end_seconds(packets) / float(stream.time_base or 1)
    return len(packets) <= stream.frames <= end_ticks + _SLACK_FRAMES


def _check_count(num_found: int, num_declared: int) -> None:
    if num_found != num_declared:
        problem = "truncated" if num_found < num_declared else "corrupt"
        raise ValueError(
            f"is {problem}: it holds {num_found} frames, its header says {num_declared}"
        )


def _check_seconds(
    container: "InputContainer", stream: "VideoStream", packets: list[_Packet]
) -> None:
    start, declared = _declared_seconds(container, stream)
    found = _end_seconds(packets) - start
    slack = _slack_seconds(stream)
    if len(container.streams) > 1:
        slack += _SLACK_SHARE_WITH_SOUND * declared
    if found < declared - slack:
        raise ValueError(
            f"is truncated: it holds {found:.2f} seconds, its header says {declared:.2f}"
        )


def _declared_seconds(container: "InputContainer", stream: "VideoStream") -> tuple[float, float]:
    """Where the stream starts and how long it is by the header; 0 and 0 where it tells nothing.

    Where only the file has a length, as in Matroska, that is when it ends, wherever it starts.
    """
    if stream.duration and stream.time_base:
        start = (stream.start_time or 0) * stream.time_base
        return float(start), float(stream.duration * stream.time_base)
    return 0.0, (container.duration or 0) / _MICROSECONDS


def _end_seconds(packets: list[_Packet]) -> float:
    ends = (packet.span.end_seconds for packet in packets)
    return max((end for end in ends if not math.isnan(end)), default=0.0)


def _slack_seconds(stream: "VideoStream") -> float:
    return _SLACK_FRAMES / float(stream.average_rate or 1)


def _check_decoded(stream: "VideoStream", packets: list[_Packet], spans: list[_Span]) -> None:
    """All that is to be shown became frames, but for those before the keyframe at the opening."""
    if not spans:
        raise ValueError("has no frames; 1 or more are allowed")
    leading = _leading(packets)
    shown_from = packets[0].span.start_seconds
    num_early = sum(span.start_seconds < shown_from for span in spans[: len(leading)])
    num_found = len(spans) - num_early
    num_shown = sum(packet.is_shown for packet in packets)
    num_shown -= sum(packet.is_shown for packet in leading)
    # MPEG-4 part 2 may end with a packet that only repeats; other codecs have a frame in each.
    spare = 1 if stream.codec_context.name == "mpeg4" else 0
    if num_found < num_shown - spare:
        raise ValueError(f"is corrupt: {num_found} of its {num_shown} frames can be decoded")


def _duration_seconds(
    container: "InputContainer", stream: "VideoStream", spans: list[_Span], num_frames: int
) -> float:
    """The rate may be nominal, as in Matroska: frames need not keep to it."""
    by_clock = _shown_seconds(spans)
    if not stream.average_rate:
        return by_clock if by_clock > 0 else math.nan
    by_rate = float(num_frames / stream.average_rate)
    is_near = abs(by_clock - by_rate) <= _slack_seconds(stream)
    is_guess = not by_clock >= _LEAST_SHARE_BY_CLOCK * by_rate
    is_guess |= container.format.name in _WITHOUT_CLOCK
    return by_rate if is_near or is_guess else by_clock


def _shown_seconds(spans: list[_Span]) -> float:
    """How long the frames are shown; a recording that was joined may set the clock back."""
    seconds = spans[-1].end_seconds - spans[-1].start_seconds
    for span, following in pairwise(spans):
        step = following.start_seconds - span.start_seconds
        seconds += step if step >= 0 else span.end_seconds - span.start_seconds
    return seconds
