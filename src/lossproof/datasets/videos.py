"""Reading video files whole, and refusing the damaged.

Pixels are those stored: a rotation in the metadata is ignored, as orientation is in pictures. They
become RGB by the stream's own matrix and range; where it names none, by BT.601 and limited range,
as FFmpeg does. Whether a file is whole is checked here: a demuxer ends a truncated file quietly.
"""

import math
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
# What a clip may lack of the length its container tells in seconds: that is rounded, and may be
# the length of a sound track.
_SLACK_FRAMES = 1.5
_SLACK_SHARE_WITH_SOUND = 0.05


class _Packets(NamedTuple):
    """Packets with data in a file, those known to be incomplete, and where the last one ends.

    ``num_hidden`` of the whole ones are not to be shown: a clip that was cut without coding it anew
    holds the frames before its first one that this one refers to.
    """

    num_whole: int
    num_cut: int
    num_hidden: int
    end_seconds: float


def read_clip(path: Path, *, max_bytes: int | None = None) -> Media:
    """Every frame (T, H, W, 3) of a file's first video stream, RGB ``uint8``.

    ``num_bytes`` is the size of the file, whatever else is in it. ``duration_seconds`` is the
    number of frames over the average rate, NaN where the file tells none. May be called from many
    threads at once. Raises DamagedSample for a file that is missing, no video, truncated, corrupt,
    without frames, of another length than it says, or larger than ``max_bytes`` when decoded,
    by default ``MAX_CLIP_BYTES``.
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
            _check_size((stream.width, stream.height), max(stream.frames, 1), max_bytes)
            frames, packets = _decode(container, stream, max_bytes)
            _check_length(container, stream, len(frames), packets)
            return np.stack(frames), _duration_seconds(container, stream, len(frames))
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


def _decode(
    container: "InputContainer", stream: "VideoStream", max_bytes: int
) -> tuple[list[Frame], _Packets]:
    frames: list[Frame] = []
    num_whole = num_cut = num_hidden = 0
    end_seconds = 0.0
    for packet in container.demux(stream):
        num_whole += bool(packet.size) and not packet.is_corrupt
        num_hidden += bool(packet.size) and packet.is_discard
        num_cut += packet.is_corrupt
        end_seconds = max(end_seconds, _end_seconds(packet, stream))
        for frame in packet.decode():
            _check_size((frame.width, frame.height), len(frames) + 1, max_bytes)
            frames.append(_rgb(frame, first=frames[0] if frames else None, index=len(frames)))
    return frames, _Packets(num_whole, num_cut, num_hidden, end_seconds)


def _end_seconds(packet: Any, stream: "VideoStream") -> float:
    if packet.pts is None or packet.time_base is None:
        return 0.0
    ticks = packet.pts - (stream.start_time or 0) + (packet.duration or 0)
    return float(ticks * packet.time_base)


def _rgb(frame: Any, *, first: Frame | None, index: int) -> Frame:
    if frame.is_corrupt:
        raise ValueError(f"is corrupt: the decoder could not restore frame {index}")
    pixels: Frame = frame.to_ndarray(format="rgb24")
    if first is not None and pixels.shape != first.shape:
        was, now = (f"{width}x{height}" for height, width, _ in (first.shape, pixels.shape))
        raise ValueError(f"changes from {was} to {now} at frame {index}; one size is allowed")
    return pixels


def _check_size(frame_size: FrameSize, num_frames: int, max_bytes: int) -> None:
    width, height = frame_size
    num_bytes = 3 * width * height * num_frames
    if num_bytes > max_bytes:
        raise ValueError(
            f"has {num_frames:,} or more frames of {width}x{height}, {num_bytes:,} bytes decoded; "
            f"up to {max_bytes:,} are allowed: cut it into clips"
        )


def _check_length(
    container: "InputContainer", stream: "VideoStream", num_frames: int, packets: _Packets
) -> None:
    """The file holds what its header says, and all of that became frames."""
    if packets.num_cut:
        raise ValueError(f"is truncated: it ends inside frame {packets.num_whole}")
    if stream.frames:
        _check_count(packets.num_whole, stream.frames)
    else:
        _check_seconds(container, stream, packets.end_seconds)
    if not num_frames:
        raise ValueError("has no frames; 1 or more are allowed")
    # MPEG-4 part 2 may end with a packet that only repeats; other codecs have a frame in each.
    spare = 1 if stream.codec_context.name == "mpeg4" else 0
    num_shown = packets.num_whole - packets.num_hidden
    if num_frames < num_shown - spare:
        raise ValueError(f"is corrupt: {num_frames} of its {num_shown} frames can be decoded")


def _check_count(num_found: int, num_declared: int) -> None:
    if num_found != num_declared:
        problem = "truncated" if num_found < num_declared else "corrupt"
        raise ValueError(
            f"is {problem}: it holds {num_found} frames, its header says {num_declared}"
        )


def _check_seconds(container: "InputContainer", stream: "VideoStream", found: float) -> None:
    declared = _declared_seconds(container, stream)
    slack = _SLACK_FRAMES / float(stream.average_rate or 1)
    if len(container.streams) > 1:
        slack += _SLACK_SHARE_WITH_SOUND * declared
    if found < declared - slack:
        raise ValueError(
            f"is truncated: it holds {found:.2f} seconds, its header says {declared:.2f}"
        )


def _declared_seconds(container: "InputContainer", stream: "VideoStream") -> float:
    """What the header tells of the stream, or of the file; 0 where it tells nothing."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return (container.duration or 0) / _MICROSECONDS


def _duration_seconds(container: "InputContainer", stream: "VideoStream", num_frames: int) -> float:
    if stream.average_rate:
        return float(num_frames / stream.average_rate)
    return container.duration / _MICROSECONDS if container.duration else math.nan
