"""Streams that are not a packet for each frame at an even rate, and damage that stays damage."""

import os
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import av
import numpy as np
import pytest
from imageio_ffmpeg import get_ffmpeg_exe

from lossproof.datasets.videos import read_clip
from lossproof.records import DamagedSample

from .layouts import clip_frames

os.environ.setdefault("SVT_LOG", "1")  # SVT-AV1 reads it once in a process

NUM_FRAMES = 30
RATE = 25  # MPEG-2 knows no 10 frames a second
GROUPS = "keyint=10:min-keyint=10:scenecut=0:bframes=3:b-adapt=0:repeat-headers=1"
OPEN = {
    "libx264": {"x264-params": f"{GROUPS}:open-gop=1"},
    "libx265": {"x265-params": f"{GROUPS}:open-gop=1:log-level=none"},
    "mpeg2video": {"g": "10", "bf": "2"},
}
# Two frames before each keyframe refer to nothing that stands before it.
DECODABLE = {"x265-params": f"{GROUPS}:open-gop=0:radl=2:log-level=none"}


def write(
    path: Path,
    codec: str,
    *,
    ticks: Sequence[int] = range(NUM_FRAMES),
    options: Mapping[str, str] | None = None,
) -> None:
    """Frames of 96x72 at these 25ths of a second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=RATE, options=dict(options or {}))
        stream.width, stream.height = 96, 72
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for tick, pixels in zip(ticks, clip_frames(len(ticks)), strict=True):
            large = pixels.repeat(3, axis=0).repeat(3, axis=1)
            frame = av.VideoFrame.from_ndarray(large, format="rgb24")
            frame.pts = tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def copy(source: Path, path: Path, *, num_keyframes: int = 0, lost: int = -1) -> None:
    """Packets from behind that many keyframes on, but for one that is lost."""
    with av.open(str(source)) as container, av.open(str(path), "w") as target:
        stream = container.streams.video[0]
        copied = target.add_stream_from_template(stream)
        num_seen = 0
        for index, packet in enumerate(container.demux(stream)):
            num_seen += packet.is_keyframe
            if packet.size and num_seen > num_keyframes and index != lost:
                packet.stream = copied
                target.mux(packet)


def keep(path: Path, share: float) -> None:
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])


def middle_packet(path: Path) -> slice:
    """Bytes from where it starts, or from the file's middle where a packet is not one piece."""
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    start = packets[len(packets) // 2].pos or path.stat().st_size // 2
    return slice(start, start + 400)


def replace(path: Path, part: slice, content: bytes) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: part.start] + content + data[part.stop :])


def overwrite(path: Path) -> None:
    part = middle_packet(path)
    replace(path, part, bytes(part.stop - part.start))


def refused(path: Path) -> str:
    with pytest.raises(DamagedSample, match=rf"{path.name} (is|has) ") as caught:
        read_clip(path)
    return str(caught.value)


WHOLE = [
    ("a.avi", "mpeg4"),
    ("b.avi", "libx264"),
    ("a.mp4", "libx264"),
    ("a.mkv", "libx264"),
    ("b.mkv", "libx265"),
    ("a.webm", "libvpx"),
    ("b.webm", "libvpx-vp9"),
    ("c.webm", "libsvtav1"),
    ("c.mp4", "libsvtav1"),
    ("a.ts", "libx264"),
    ("a.mpg", "mpeg2video"),
    ("a.wmv", "wmv2"),
]
# VP8 notices no lost reference: in Matroska a loss looks like a pause. Two tell no length when cut.
NOTICED = [row for row in WHOLE if row != ("a.webm", "libvpx")]
WITH_LENGTH = [row for row in WHOLE if row[0] not in ("a.ts", "a.wmv")]
OPTIONS = {"libx265": {"x265-params": "log-level=none"}, "libsvtav1": {"svtav1-params": "lp=1"}}


@pytest.mark.parametrize(("name", "codec"), WHOLE)
def test_each_container(tmp_path: Path, name: str, codec: str) -> None:
    write(tmp_path / name, codec, options=OPTIONS.get(codec))
    media = read_clip(tmp_path / name)
    assert len(media.frames) == NUM_FRAMES
    assert media.duration_seconds == pytest.approx(NUM_FRAMES / RATE)


@pytest.mark.parametrize(("name", "codec"), NOTICED)
def test_bytes_overwritten_in_the_middle(tmp_path: Path, name: str, codec: str) -> None:
    path = tmp_path / name
    write(path, codec, options=OPTIONS.get(codec))
    overwrite(path)
    refused(path)


@pytest.mark.parametrize(("name", "codec"), WITH_LENGTH)
def test_a_file_that_lacks_its_end(tmp_path: Path, name: str, codec: str) -> None:
    path = tmp_path / name
    write(path, codec, options=OPTIONS.get(codec))
    keep(path, 0.6)
    refused(path)


@pytest.mark.parametrize(("name", "codec"), NOTICED)
def test_bytes_lost_in_the_middle(tmp_path: Path, name: str, codec: str) -> None:
    path = tmp_path / name
    write(path, codec, options=OPTIONS.get(codec))
    replace(path, middle_packet(path), b"")
    refused(path)


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mkv", "libx264"), ("a.webm", "libvpx-vp9"), ("a.mp4", "libx264"), ("a.ts", "libx264")],
)
def test_a_clip_that_starts_late(tmp_path: Path, name: str, codec: str) -> None:
    path = tmp_path / name
    write(path, codec, ticks=range(250, 250 + NUM_FRAMES))
    media = read_clip(path)
    assert len(media.frames) == NUM_FRAMES
    assert media.duration_seconds == pytest.approx(1.2)
    if name != "a.ts":
        keep(path, 0.6)
        refused(path)


def test_segments_of_one_recording(tmp_path: Path) -> None:
    write(tmp_path / "a.mkv", "libx264", options={"g": "10"})
    command = [get_ffmpeg_exe(), "-v", "error", "-i", str(tmp_path / "a.mkv"), "-c", "copy"]
    segments = ["-f", "segment", "-segment_time", "0.4", str(tmp_path / "part%d.mkv")]
    subprocess.run([*command, *segments], check=True)
    parts = [read_clip(tmp_path / f"part{index}.mkv").frames for index in range(3)]
    assert np.array_equal(np.concatenate(parts), read_clip(tmp_path / "a.mkv").frames)


GAP = [*range(12), *range(17, 5 + NUM_FRAMES)]


@pytest.mark.parametrize("codec", ["mpeg4", "mjpeg", "ffv1", "libx264"])
def test_avi_with_dropped_frames(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "a.avi"
    write(path, codec, ticks=GAP)
    media = read_clip(path)
    assert len(media.frames) == NUM_FRAMES
    assert media.duration_seconds == pytest.approx(35 / RATE)
    with av.open(str(path)) as container:
        starts = [packet.pos for packet in container.demux(video=0) if packet.size]
    path.write_bytes(path.read_bytes()[: starts[-2]])
    assert "is truncated: it holds 28 frames, its header says 35" in refused(path)
    keep(path, 0.6)
    refused(path)


def test_avi_whose_last_frame_was_dropped(tmp_path: Path) -> None:
    path = tmp_path / "a.avi"
    write(path, "mpeg4")
    data = bytearray(path.read_bytes())
    count = data.index(b"strh") + 8 + 32
    struct.pack_into("<I", data, count, NUM_FRAMES + 1)
    path.write_bytes(data)
    assert len(read_clip(path).frames) == NUM_FRAMES
    struct.pack_into("<I", data, count, NUM_FRAMES + 2)
    path.write_bytes(data)
    assert "is truncated: it holds 30 frames, its header says 32" in refused(path)


@pytest.mark.parametrize(
    ("codec", "source", "name"),
    [
        ("libx264", "a.ts", "b.ts"),
        ("libx264", "a.ts", "b.mkv"),
        ("libx264", "a.ts", "b.mp4"),
        ("libx265", "a.ts", "b.ts"),
        ("libx265", "a.ts", "b.mkv"),
        ("libx265", "a.ts", "b.mp4"),
        ("mpeg2video", "a.ts", "b.ts"),
        ("mpeg2video", "a.ts", "b.mpg"),
        ("mpeg2video", "a.ts", "b.mkv"),
    ],
)
def test_a_recording_that_begins_at_an_open_group(
    tmp_path: Path, codec: str, source: str, name: str
) -> None:
    """The frames before its keyframe refer to some that it does not have."""
    path = tmp_path / name
    write(tmp_path / source, codec, options=OPEN[codec])
    copy(tmp_path / source, path, num_keyframes=1)
    with av.open(str(path)) as container:
        times = [packet.pts for packet in container.demux(video=0) if packet.size]
    num_shown = sum(time >= times[0] for time in times)
    assert num_shown < len(times)
    media = read_clip(path)
    assert np.array_equal(media.frames, read_clip(tmp_path / source).frames[-num_shown:])
    assert media.duration_seconds == pytest.approx(num_shown / RATE)
    if (codec, name) != ("mpeg2video", "b.mkv"):  # nor does MPEG-2 notice a lost reference
        overwrite(path)
        refused(path)


@pytest.mark.parametrize("name", ["b.ts", "b.mkv"])
def test_frames_before_the_keyframe_that_can_be_decoded(tmp_path: Path, name: str) -> None:
    write(tmp_path / "a.ts", "libx265", options=DECODABLE)
    copy(tmp_path / "a.ts", tmp_path / name, num_keyframes=1)
    media = read_clip(tmp_path / name)
    assert len(media.frames) == 22
    assert np.array_equal(media.frames, read_clip(tmp_path / "a.ts").frames[-22:])
    assert media.duration_seconds == pytest.approx(22 / RATE)


@pytest.mark.parametrize("codec", OPEN)
def test_a_recording_without_its_keyframe(tmp_path: Path, codec: str) -> None:
    write(tmp_path / "a.ts", codec, options=OPEN[codec])
    copy(tmp_path / "a.ts", tmp_path / "b.ts", lost=0)
    refused(tmp_path / "b.ts")


def write_twice(path: Path, codec: str, *options: str) -> None:
    """By FFmpeg in two passes: only then does VP8 use alternate references."""
    write(path.with_name("source.mkv"), "ffv1")
    command = [get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(path.with_name("source.mkv"))]
    settings = ["-c:v", codec, "-b:v", "100k", "-auto-alt-ref", "1", *options]
    for number in ("1", "2"):
        passes = ["-pass", number, "-passlogfile", str(path.with_name("log")), str(path)]
        subprocess.run([*command, *settings, *passes], check=True)


@pytest.mark.parametrize("name", ["a.webm", "a.mkv", "a.avi"])
def test_alternate_references_are_not_shown(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write_twice(path, "libvpx", "-lag-in-frames", "16", "-arnr-maxframes", "5")
    with av.open(str(path)) as container:
        num_packets = sum(packet.size > 0 for packet in container.demux(video=0))
    assert num_packets > NUM_FRAMES
    assert len(read_clip(path).frames) == NUM_FRAMES
    keep(path, 0.6)
    refused(path)


def test_alternate_references_within_a_packet(tmp_path: Path) -> None:
    write_twice(tmp_path / "a.webm", "libvpx-vp9", "-lag-in-frames", "16")
    assert len(read_clip(tmp_path / "a.webm").frames) == NUM_FRAMES


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mkv", "libx264"), ("a.webm", "libvpx-vp9"), ("a.mp4", "libx264"), ("a.ts", "libx264")],
)
def test_a_rate_that_is_only_nominal(tmp_path: Path, name: str, codec: str) -> None:
    path = tmp_path / name
    write(path, codec, ticks=range(0, 2 * NUM_FRAMES, 2))
    assert read_clip(path).duration_seconds == pytest.approx((2 * NUM_FRAMES - 1) / RATE)


@pytest.mark.parametrize("num_frames", [20, 30])
@pytest.mark.parametrize("name", ["a.mpg", "a.ts"])
def test_joined_recordings_set_the_clock_back(tmp_path: Path, name: str, num_frames: int) -> None:
    path = tmp_path / name
    write(path, "mpeg2video", ticks=range(num_frames), options={"b": "2M"})
    joined = path.read_bytes() * 2
    path.write_bytes(with_counters(joined) if name == "a.ts" else joined)
    media = read_clip(path)
    assert len(media.frames) == 2 * num_frames
    assert media.duration_seconds == pytest.approx(2 * num_frames / RATE)


def with_counters(data: bytes) -> bytes:
    """A transport stream whose packets are counted anew, so that none seems to be lost."""
    packets = np.frombuffer(data, np.uint8).reshape(-1, 188).copy()
    streams = (packets[:, 1] & 31).astype(int) * 256 + packets[:, 2]
    for stream in np.unique(streams):
        mine = np.flatnonzero(streams == stream)
        counts = np.cumsum(packets[mine, 3] >> 4 & 1) - 1
        packets[mine, 3] = packets[mine, 3] & 0xF0 | counts % 16
    return packets.tobytes()


PEAK = """
import resource, sys
from pathlib import Path
from lossproof.datasets.videos import read_clip
def peak_kilobytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
read_clip(Path(sys.argv[1]))
before = peak_kilobytes()
frames = read_clip(Path(sys.argv[2])).frames
print((peak_kilobytes() - before) * 1024 / frames.nbytes)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="kilobytes are those of Linux")
def test_memory_holds_the_frames_once(tmp_path: Path) -> None:
    write(tmp_path / "small.mkv", "libx264")
    command = [get_ffmpeg_exe(), "-v", "error", "-i", str(tmp_path / "small.mkv")]
    settings = ["-vf", "scale=960:720", "-c:v", "mpeg4", str(tmp_path / "large.mkv")]
    subprocess.run([*command, *settings], check=True)
    paths = [str(tmp_path / "small.mkv"), str(tmp_path / "large.mkv")]
    ran = subprocess.run([sys.executable, "-c", PEAK, *paths], check=True, capture_output=True)
    assert float(ran.stdout) < 1.3
