"""Reading clips: all frames in the right colours, and every kind of damage refused."""

import struct
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import numpy as np
import pytest
from imageio_ffmpeg import get_ffmpeg_exe

from lossproof.datasets import videos
from lossproof.datasets.videos import read_clip
from lossproof.records import DamagedSample

from .layouts import SIZE, clip_frames, write_video

# 90 degrees, as the track header of an MP4 file stores it.
TURNED = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)


def write_exactly(path: Path, *, matrix: str, full: bool = False) -> None:
    """Five frames in H.264 without loss but that of the conversion, and tagged with it."""
    name = {"bt709": "ITU709", "smpte170m": "ITU601"}[matrix]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv444p"
        range_flag = "on" if full else "off"
        stream.options = {"qp": "0", "x264-params": f"colormatrix={matrix}:fullrange={range_flag}"}
        for pixels in clip_frames(5):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(
                format="yuv444p",
                dst_colorspace=name,
                dst_color_range="JPEG" if full else "MPEG",
            )
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.avi", "mpeg4"), ("a.mp4", "libx264"), ("a.mkv", "libx264"), ("a.webm", "libvpx-vp9")],
)
def test_every_frame_in_order(tmp_path: Path, name: str, codec: str) -> None:
    write_video(tmp_path / name, num_frames=7, codec=codec)
    media = read_clip(tmp_path / name)
    assert media.frames.shape == (7, SIZE[1], SIZE[0], 3)
    assert media.num_bytes == (tmp_path / name).stat().st_size
    assert media.duration_seconds == pytest.approx(0.7)
    sent = clip_frames(7).astype(int)
    distance = [[np.abs(a - b).mean() for b in sent] for a in media.frames.astype(int)]
    assert np.argmin(distance, axis=1).tolist() == list(range(7))


@pytest.mark.parametrize("matrix", ["bt709", "smpte170m"])
@pytest.mark.parametrize("full", [False, True])
def test_the_streams_own_matrix_and_range(tmp_path: Path, matrix: str, full: bool) -> None:
    path = tmp_path / "a.mp4"
    write_exactly(path, matrix=matrix, full=full)
    difference = read_clip(path).frames.astype(int) - clip_frames(5)
    assert np.abs(difference).max() <= 4


def test_rotation_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    write_video(path)
    plain = read_clip(path).frames
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd") + 4 + 40
    data[start : start + 36] = TURNED
    path.write_bytes(data)
    with av.open(str(path)) as container:
        assert abs(next(container.decode(video=0)).rotation) == 90
    assert np.array_equal(read_clip(path).frames, plain)


@pytest.mark.parametrize(
    ("name", "options"),
    [("a.avi", {}), ("a.mp4", {}), ("a.mp4", {"movflags": "faststart"}), ("a.mov", {})],
)
def test_every_truncation_is_damage(tmp_path: Path, name: str, options: Mapping[str, str]) -> None:
    path = tmp_path / name
    write_video(path, options=options)
    data = path.read_bytes()
    # The index at the end of an AVI file may be cut: it says nothing that the frames do not.
    end = data.index(b"idx1") if name == "a.avi" else len(data) - 100
    for num_bytes in np.linspace(1, end - 10, 25, dtype=int):
        path.write_bytes(data[:num_bytes])
        with pytest.raises(DamagedSample, match=rf"^[^\n]*{name} (is|has) [^\n]+$"):
            read_clip(path)


def test_matroska_that_lacks_its_second_half(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    write_video(path, num_frames=30)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(DamagedSample, match=r"is truncated: it holds \d\.\d+ seconds, .* 3\.00"):
        read_clip(path)


@pytest.mark.parametrize(("num_declared", "problem"), [(500, "truncated"), (2, "corrupt")])
def test_a_header_that_lies(tmp_path: Path, num_declared: int, problem: str) -> None:
    path = tmp_path / "a.avi"
    write_video(path)
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.index(b"strh") + 8 + 32, num_declared)
    path.write_bytes(data)
    with pytest.raises(DamagedSample, match=rf"is {problem}: .* 5 frames, .* says {num_declared}"):
        read_clip(path)


def test_what_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with pytest.raises(DamagedSample, match=r"a\.mp4 is missing"):
        read_clip(path)
    path.write_bytes(b"")
    with pytest.raises(DamagedSample, match="is empty: 0 bytes"):
        read_clip(path)
    path.write_bytes(b"A text, and a rather long one, but no video. " * 40)
    with pytest.raises(DamagedSample, match="is truncated, corrupt or no video: FFmpeg says"):
        read_clip(path)


def test_sound_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    with pytest.raises(DamagedSample, match="has no video stream, only audio"):
        read_clip(path)


def test_no_frames(tmp_path: Path) -> None:
    path = tmp_path / "a.avi"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        container.start_encoding()
    with pytest.raises(DamagedSample, match=r"has no frames|no video"):
        read_clip(path)


@pytest.mark.parametrize("name", ["a.avi", "a.mkv"])
def test_too_large_when_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    write_video(tmp_path / name)
    monkeypatch.setattr(videos, "MAX_CLIP_BYTES", 5 * 32 * 24 * 3)
    assert len(read_clip(tmp_path / name).frames) == 5
    monkeypatch.setattr(videos, "MAX_CLIP_BYTES", 5 * 32 * 24 * 3 - 1)
    with pytest.raises(DamagedSample, match=r"5 or more frames of 32x24, 11,520 .* 11,519"):
        read_clip(tmp_path / name)


def test_a_header_with_an_absurd_size(tmp_path: Path) -> None:
    path = tmp_path / "a.avi"
    write_video(path, codec="rawvideo")
    data = bytearray(path.read_bytes())
    struct.pack_into("<II", data, data.index(b"strf") + 8 + 4, 60_000, 60_000)
    path.write_bytes(data)
    with pytest.raises(DamagedSample, match=r"a\.avi (is|has) "):
        read_clip(path)


def test_damage_inside_never_passes_for_another_error(tmp_path: Path) -> None:
    path = tmp_path / "a.avi"
    write_video(path)
    data = path.read_bytes()
    refused = 0
    for start in range(0, len(data) - 8, 97):
        path.write_bytes(data[:start] + bytes(8) + data[start + 8 :])
        try:
            assert read_clip(path).frames.shape[1:] == (SIZE[1], SIZE[0], 3)
        except DamagedSample:
            refused += 1
    assert refused > 5


def test_threads(tmp_path: Path) -> None:
    paths = [tmp_path / f"{seed}.mp4" for seed in range(6)]
    for seed, path in enumerate(paths):
        write_video(path, seed=seed)
    alone = [read_clip(path).frames for path in paths]
    with ThreadPoolExecutor(6) as pool:
        together = [media.frames for media in pool.map(read_clip, paths * 3)]
    assert all(np.array_equal(a, b) for a, b in zip(alone * 3, together, strict=True))


def test_a_clip_that_was_cut_without_coding_it_anew(tmp_path: Path) -> None:
    """It holds frames that are not to be shown, between its keyframe and the cut."""
    write_video(tmp_path / "whole.mp4", num_frames=30)
    command = [get_ffmpeg_exe(), "-v", "error", "-ss", "1.0", "-i", str(tmp_path / "whole.mp4")]
    subprocess.run([*command, "-c", "copy", str(tmp_path / "cut.mp4")], check=True)
    cut = read_clip(tmp_path / "cut.mp4").frames
    whole = read_clip(tmp_path / "whole.mp4").frames
    assert 15 <= len(cut) <= 30
    assert np.array_equal(cut[-1], whole[-1])


def test_a_title_in_any_encoding(tmp_path: Path) -> None:
    write_video(tmp_path / "a.avi", num_frames=3, codec="mpeg4")
    titled = tmp_path / "titled.avi"
    command = [get_ffmpeg_exe(), "-v", "error", "-i", str(tmp_path / "a.avi"), "-c", "copy"]
    subprocess.run([*command, "-metadata", "title=XXXX", str(titled)], check=True)
    titled.write_bytes(titled.read_bytes().replace(b"XXXX", b"caf\xe9"))
    assert len(read_clip(titled).frames) == 3


def test_a_playlist_opens_no_other_file(tmp_path: Path) -> None:
    write_video(tmp_path / "other.ts", num_frames=7, codec="libx264")
    (tmp_path / "a.mp4").write_text(
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\nother.ts\n"
        "#EXT-X-ENDLIST\n"
    )
    (tmp_path / "b.avi").write_text(f"ffconcat version 1.0\nfile '{tmp_path / 'other.ts'}'\n")
    assert len(read_clip(tmp_path / "other.ts").frames) == 7
    for name in ("a.mp4", "b.avi"):
        with pytest.raises(DamagedSample, match="no video"):
            read_clip(tmp_path / name)
