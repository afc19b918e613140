"""Lines to paste do what they say."""

import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from lossproof.codecs import CODECS, make_codec
from lossproof.codecs.codec import CodecClass
from lossproof.console.pasting import python_line, shell_line
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
def test_ffmpeg_understands_its_line(name: str, tmp_path: Path) -> None:
    """And makes a file of about the size that the codec makes."""
    exe = pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()
    size, count = (64, 48), 10
    small = clip_frames(count)
    frames = np.stack([cv2.resize(frame, size) for frame in small])
    raw = [exe, "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "64x48", "-r", "25"]
    to_file = ["-i", "-", "-c:v", "ffv1", "-f", "matroska", "IN.mp4"]
    subprocess.run([*raw, *to_file], input=frames.tobytes(), cwd=tmp_path, check=True)
    codec = make_codec(name, next(one for one in CODECS if one.name == name).ladder[1])
    line = shell_line(codec, (32, 24), media="clip")
    done = subprocess.run(
        line.replace("ffmpeg", f"{exe} -v error -y"),
        shell=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "OUT.mp4").stat().st_size > 0


@pytest.mark.filterwarnings("ignore:The image decoding and encoding:DeprecationWarning")
@EVERY_CODEC
@pytest.mark.parametrize("frame_size", [None, (32, 24)])
def test_augmentations_run(codec: CodecClass, frame_size: tuple[int, int] | None) -> None:
    torch = pytest.importorskip("torch")
    import torchvision.transforms.v2  # noqa: F401 - the line names it

    import lossproof.codecs

    line = python_line(make_codec(codec.name, codec.ladder[1]), frame_size, media="picture")
    if line.startswith("albumentations"):
        assert 'compression_type="webp"' in line
        return
    names = {"torch": torch, "torchvision": __import__("torchvision"), "lossproof": lossproof}
    transform = eval(line, names)
    image = torch.from_numpy(clip_frames(1)[0]).permute(2, 0, 1)
    changed = transform(image)
    width, height = frame_size or image.shape[:0:-1]
    assert changed.shape == (3, height, width)
    assert changed.dtype == torch.uint8
    if codec.name == "jpeg" and frame_size is None:
        jpeg = make_codec("jpeg", codec.ladder[1])
        expected = jpeg.decode(jpeg.encode(np.ascontiguousarray(image.permute(1, 2, 0).numpy())))
        assert np.array_equal(changed.permute(1, 2, 0).numpy(), expected)


def test_clips_have_their_own_order_of_axes() -> None:
    torch = pytest.importorskip("torch")
    import torchvision

    import lossproof.codecs

    line = python_line(make_codec("h264", 30), None, media="clip")
    transform = eval(line, {"torch": torch, "torchvision": torchvision, "lossproof": lossproof})
    clip = torch.from_numpy(clip_frames(4)).permute(0, 3, 1, 2)
    assert transform(clip).shape == clip.shape
