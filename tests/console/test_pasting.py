"""Lines to paste do what they say."""

import subprocess
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from lossproof.codecs import CODECS, codec_class, make_codec
from lossproof.codecs.codec import Codec, CodecClass
from lossproof.console.pasting import PYTHON_IMPORTS, python_line, shell_line
from lossproof.records import Clip, FrameSize
from lossproof.resizing import resized
from tests.datasets.layouts import clip_frames

WITH_LEVELS = [codec for codec in CODECS if codec.level_range is not None]
EVERY_CODEC = pytest.mark.parametrize("codec", WITH_LEVELS, ids=lambda codec: codec.name)
FFMPEG = ("h264", "h264_bitrate", "hevc", "vp9", "av1")


@EVERY_CODEC
def test_every_codec_with_levels_has_lines(codec: CodecClass) -> None:
    made = make_codec(codec.name, codec.ladder[1])
    for media in codec.media:
        line = shell_line(made, None, media=media)
        assert f"{codec.ladder[1]:g}" in line
        assert "IN." in line
        assert "320" not in line
        assert "320:240" in shell_line(made, (320, 240), media=media)


def test_a_codec_without_a_line_says_so() -> None:
    with pytest.raises(ValueError, match="no command is known for source; known: jpeg"):
        shell_line(make_codec("source"), None, media="picture")


def test_settings_are_in_the_line() -> None:
    jpeg = make_codec("jpeg", 40, subsampling="4:4:4", progressive=True, optimize=True)
    line = shell_line(jpeg, None, media="picture")
    assert "cjpeg -quality 40 -sample 1x1 -optimize -progressive" in line
    assert "-tune film -bf 2" in shell_line(
        make_codec("h264", 30, tune="film", bframes=2), None, media="clip"
    )


@pytest.mark.parametrize("name", FFMPEG)
@pytest.mark.parametrize("size", [(160, 120), (161, 119)])
def test_ffmpeg_understands_its_line(name: str, size: FrameSize, tmp_path: Path) -> None:
    """And makes about as many bytes as the codec makes of frames of that size."""
    frames = rough_frames(10, (240, 180))
    put_clip(tmp_path / "IN.mp4", frames)
    codec = second_level(name)
    paste(shell_line(codec, size, media="clip"), cwd=tmp_path)
    assert size_of(tmp_path / "OUT.mp4") == tuple(side + side % 2 for side in size)
    assert num_bytes(tmp_path / "OUT.mp4") == about(codec.encode(resized(frames, size)))


@pytest.mark.parametrize("name", FFMPEG)
def test_ffmpeg_takes_pictures_of_odd_sizes(name: str, tmp_path: Path) -> None:
    (picture,) = rough_frames(1, (161, 119))
    cv2.imwrite(str(tmp_path / "IN.png"), picture[..., ::-1])
    codec = second_level(name)
    paste(shell_line(codec, None, media="picture"), cwd=tmp_path)
    assert num_bytes(tmp_path / "OUT.mp4") == about(codec.encode(picture))


@pytest.mark.parametrize("name", FFMPEG)
def test_ffmpeg_takes_clips_of_odd_sizes(name: str, tmp_path: Path) -> None:
    frames = rough_frames(10, (161, 119))
    put_clip(tmp_path / "IN.mp4", frames)
    codec = second_level(name)
    paste(shell_line(codec, None, media="clip"), cwd=tmp_path)
    assert num_bytes(tmp_path / "OUT.mp4") == about(codec.encode(frames))


def second_level(name: str) -> Codec:
    """A codec at the second of its ladder."""
    return make_codec(name, codec_class(name).ladder[1])


def put_clip(path: Path, frames: Clip) -> None:
    """A file without loss, at 25 frames a second."""
    _, height, width, _ = frames.shape
    raw = f"-f rawvideo -pix_fmt rgb24 -s {width}x{height} -r 25 -i - -c:v ffv1 -f matroska"
    ffmpeg([*raw.split(), path.name], cwd=path.parent, given=frames.tobytes())


def about(encoded: bytes) -> Any:
    """FFmpeg's encoders say how they were set, too, in some hundred bytes."""
    return pytest.approx(len(encoded) + 400, rel=0.15, abs=800)


def rough_frames(number: int, size: FrameSize) -> Clip:
    """Noise, fine and coarse, that moves, so that much has to be coded."""
    generator = np.random.default_rng(5)
    shape = (size[1] + number, size[0] + number, 3)
    coarse = cv2.resize(generator.uniform(0, 200, (12, 16, 3)), shape[1::-1])
    whole = np.clip(coarse + generator.uniform(0, 55, shape), 0, 255).astype(np.uint8)
    return np.stack([whole[at : at + size[1], at : at + size[0]] for at in range(number)])


def ffmpeg(words: list[str], *, cwd: Path, given: bytes) -> None:
    exe = pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()
    subprocess.run([exe, "-v", "error", *words], input=given, cwd=cwd, check=True)


def paste(line: str, *, cwd: Path) -> None:
    """As into a shell, with the FFmpeg that is at hand."""
    exe = pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()
    typed = line.replace("ffmpeg", f"{exe} -v error -y", 1)
    done = subprocess.run(typed, shell=True, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def size_of(path: Path) -> FrameSize:
    """Width and height of a video's frames."""
    with av.open(path) as container:
        stream = container.streams.video[0]
        return stream.width, stream.height


def num_bytes(path: Path) -> int:
    """Of what is coded, without the container."""
    with av.open(path) as container:
        return sum(packet.size for packet in container.demux(video=0))


@pytest.mark.filterwarnings("ignore:The image decoding and encoding:DeprecationWarning")
@EVERY_CODEC
@pytest.mark.parametrize("frame_size", [None, (32, 24)])
def test_augmentations_run(codec: CodecClass, frame_size: tuple[int, int] | None) -> None:
    torch = pytest.importorskip("torch")
    made = make_codec(codec.name, codec.ladder[1])
    line = python_line(made, frame_size, media="picture")
    names: dict[str, Any] = {}
    exec(PYTHON_IMPORTS, names)
    transform = eval(line, names)
    image = torch.from_numpy(clip_frames(1)[0]).permute(2, 0, 1)
    changed = transform(image)
    width, height = frame_size or image.shape[:0:-1]
    assert changed.shape == (3, height, width)
    assert changed.dtype == torch.uint8
    if frame_size is None:
        expected = made.decode(made.encode(np.ascontiguousarray(image.permute(1, 2, 0).numpy())))
        assert np.array_equal(changed.permute(1, 2, 0).numpy(), expected)


def test_clips_have_their_own_order_of_axes() -> None:
    torch = pytest.importorskip("torch")
    import torchvision

    import lossproof.codecs

    line = python_line(make_codec("h264", 30), None, media="clip")
    transform = eval(line, {"torch": torch, "torchvision": torchvision, "lossproof": lossproof})
    clip = torch.from_numpy(clip_frames(4)).permute(0, 3, 1, 2)
    assert transform(clip).shape == clip.shape
