"""Files of one's own: what is taken, and what is refused in one line that says why."""

import re
import struct
import time
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lossproof.explorer import subject
from lossproof.explorer.subject import LIMITS, Limits, of_file
from lossproof.tasks import parse_task
from tests.datasets.layouts import write_video

PICTURES, CLIPS = parse_task("segmentation"), parse_task("action")


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds nothing."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    return b"\x89PNG\r\n\x1a\n" + chunk


def refusal(path: Path, **changes: object) -> str:
    task = CLIPS if path.suffix == ".mp4" else PICTURES
    media = "clip" if path.suffix == ".mp4" else "picture"
    with pytest.raises(ValueError, match=re.escape(path.name)) as caught:
        of_file(path, task, media, limits=replace(LIMITS, **changes))
    words = str(caught.value)
    assert str(path.parent) not in words
    assert "\n" not in words
    return words


def test_a_picture_is_taken_as_it_is(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "mine.png")
    found = of_file(tmp_path / "mine.png", PICTURES, "picture")
    assert (found.name, found.kind, found.target) == ("mine.png", "picture", None)
    assert found.media.num_bytes == (tmp_path / "mine.png").stat().st_size
    np.testing.assert_array_equal(found.media.frames, pixels)


def test_a_clip_is_taken_with_its_duration(tmp_path: Path) -> None:
    write_video(tmp_path / "mine.mp4", num_frames=5)
    found = of_file(tmp_path / "mine.mp4", CLIPS, "clip")
    assert (found.kind, len(found.media.frames)) == ("clip", 5)
    assert found.media.duration_seconds == pytest.approx(0.5)


def test_fidelity_takes_either_and_knows_the_truth(tmp_path: Path) -> None:
    write_video(tmp_path / "mine.mp4")
    found = of_file(tmp_path / "mine.mp4", parse_task("fidelity"), "picture")
    assert found.target.frames is found.media.frames


def test_text_that_is_called_a_picture(tmp_path: Path) -> None:
    (tmp_path / "notes.jpg").write_text("hello there")
    assert refusal(tmp_path / "notes.jpg") == (
        "notes.jpg is no picture that can be read: it is text; PNG, JPEG, WebP are allowed"
    )


def test_a_picture_larger_than_memory_is_not_decoded(tmp_path: Path) -> None:
    (tmp_path / "huge.png").write_bytes(png_header(30000, 30000))
    assert "30000x30000" in refusal(tmp_path / "huge.png")
    (tmp_path / "large.png").write_bytes(png_header(5000, 4000))
    words = refusal(tmp_path / "large.png")
    assert words == "large.png is 5000x4000; up to 16,000,000 pixels are allowed"


def test_a_clip_of_one_frame_and_of_too_many(tmp_path: Path) -> None:
    write_video(tmp_path / "one.mp4", num_frames=1)
    assert refusal(tmp_path / "one.mp4") == "one.mp4 has 1 frame; 2 to 300 are allowed"
    write_video(tmp_path / "many.mp4", num_frames=6)
    words = refusal(tmp_path / "many.mp4", num_frames=5)
    assert words == "many.mp4 has 6 frames; 2 to 5 are allowed"


def test_a_clip_larger_than_allowed_when_decoded(tmp_path: Path) -> None:
    write_video(tmp_path / "long.mp4", num_frames=5)
    assert "up to 9,999 are allowed" in refusal(tmp_path / "long.mp4", decoded_bytes=9_999)


def test_a_text_that_is_called_a_clip_and_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("hello there")
    assert "no video" in refusal(tmp_path / "notes.mp4")
    (tmp_path / "empty.mp4").write_bytes(b"")
    assert "is empty" in refusal(tmp_path / "empty.mp4")


def test_a_file_of_too_many_bytes_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "fat.png").write_bytes(bytes(100))
    assert refusal(tmp_path / "fat.png", num_bytes=99) == (
        "fat.png has 100 bytes; up to 99 are allowed"
    )


def test_the_other_kind_is_refused(tmp_path: Path) -> None:
    write_video(tmp_path / "mine.mp4")
    with pytest.raises(ValueError, match=r"mine.mp4 is a clip; segmentation takes a picture"):
        of_file(tmp_path / "mine.mp4", PICTURES, "picture")
    Image.new("RGB", (8, 8)).save(tmp_path / "mine.png")
    with pytest.raises(ValueError, match=r"mine.png is a picture; action takes a clip"):
        of_file(tmp_path / "mine.png", CLIPS, "clip")


def test_what_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "slow.png")

    def slow(path: Path, limits: Limits) -> None:
        time.sleep(0.3)

    monkeypatch.setattr(subject, "_picture", slow)
    words = refusal(tmp_path / "slow.png", seconds=0.01)
    assert words == "slow.png was not read within 0.01 seconds; a smaller file is allowed"
