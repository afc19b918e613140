"""The audit of a dataset's files: what each is, which are looked at, and the warning."""

import json
import math
from pathlib import Path
from zipfile import ZipFile

import av
import imagecodecs
import numpy as np
import pytest

from lossproof.datasets.audit import Audit, audit, kept_audit, warning
from lossproof.datasets.coding import Coding, picture_coding, read_coding
from lossproof.datasets.encoder_notes import Note, read_note
from lossproof.records import DamagedSample, Sample

from .test_earlier_jpeg import texture, through_jpeg

FRAME = texture(0)


def jpeg_file(path: Path, *, quality: int = 80) -> Sample:
    path.write_bytes(imagecodecs.jpeg8_encode(FRAME, quality, subsampling="420"))
    return Sample(path.stem, path)


def png_file(path: Path, frame: np.ndarray) -> Sample:
    path.write_bytes(imagecodecs.png_encode(frame))
    return Sample(path.stem, path)


def video_file(path: Path, codec: str, pixels: str, **options: str) -> Sample:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25, options=options)
        stream.width = stream.height = 64
        stream.pix_fmt = pixels
        for shift in range(3):
            frame = av.VideoFrame.from_ndarray(
                np.ascontiguousarray(FRAME[shift : shift + 64, :64]), format="rgb24"
            )
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return Sample(path.stem, path)


def test_a_jpeg_tells_quality_and_rate(tmp_path: Path) -> None:
    sample = jpeg_file(tmp_path / "a.jpg")
    found = read_coding(sample)
    rate = 8 * sample.media.stat().st_size / (256 * 256)
    assert found == Coding("JPEG", False, "quality 80, 4:2:0", bits_per_pixel=rate)
    assert not found.pristine


def test_a_png_that_was_a_jpeg_is_not_pristine(tmp_path: Path) -> None:
    assert read_coding(png_file(tmp_path / "a.png", FRAME)).pristine
    found = read_coding(png_file(tmp_path / "b.png", through_jpeg(FRAME, 75)))
    assert (found.lossless, found.trace, found.pristine) == (
        True,
        "JPEG of about quality 75",
        False,
    )


@pytest.mark.parametrize(("lossless", "name"), [(True, "lossless WebP"), (False, "lossy WebP")])
def test_webp_is_one_or_the_other(lossless: bool, name: str) -> None:
    data = imagecodecs.webp_encode(FRAME, 75, lossless=lossless)
    found = picture_coding(bytes(data), name="a.webp")
    assert (found.format, found.lossless) == (name, lossless)


_X265 = {"crf": "27", "x265-params": "log-level=0"}


@pytest.mark.parametrize(
    ("ending", "codec", "pixels", "options", "told"),
    [
        ("mp4", "libx264", "yuv420p", {"crf": "31"}, ("x264 crf 31", False)),
        ("mkv", "libx264", "yuv420p", {"qp": "20"}, ("x264 qp 20", False)),
        ("mp4", "libx264", "yuv420p", {"b": "300k"}, ("x264 abr 300 kbit/s", False)),
        ("mkv", "libx264", "yuv444p", {"qp": "0"}, ("x264 qp 0", True)),
        ("mp4", "libx265", "yuv420p", _X265, ("x265 crf 27", False)),
        ("mkv", "ffv1", "bgr0", {}, ("", True)),
        ("mp4", "mpeg4", "yuv420p", {}, ("", False)),
    ],
)
def test_a_video_tells_what_its_encoder_wrote(
    tmp_path: Path,
    ending: str,
    codec: str,
    pixels: str,
    options: dict[str, str],
    told: tuple[str, bool],
) -> None:
    sample = video_file(tmp_path / f"a.{ending}", codec, pixels, **options)
    found = read_coding(sample)
    assert (found.setting, found.lossless) == told
    assert 0 < found.bits_per_pixel <= 8 * sample.media.stat().st_size / (3 * 64 * 64)


def test_motion_jpeg_is_read_as_its_first_picture(tmp_path: Path) -> None:
    found = read_coding(video_file(tmp_path / "a.avi", "mjpeg", "yuvj420p", q="4"))
    assert found.format == "Motion JPEG"
    assert "quality" in found.setting


def test_a_note_that_says_nothing_of_its_control() -> None:
    assert read_note(b"\0x264 - core 1 - options: cabac=1 ref=3\0") == Note("x264", "")
    assert read_note(b"nothing") is None


@pytest.mark.parametrize(
    ("options", "lossless"),
    [("rc=cqp qp=0", False), ("rc=cqp qp=4 lossless", True), ("lossless=1", True)],
)
def test_x265_is_lossless_only_where_it_says_so(options: str, lossless: bool) -> None:
    found = read_note(b"\0x265 (build 215) - options: cpuid=1 %s\0" % options.encode())
    assert found is not None
    assert found.lossless is lossless


def test_pictures_in_an_archive(tmp_path: Path) -> None:
    data = bytes(imagecodecs.jpeg8_encode(FRAME, 75, subsampling="420"))
    with ZipFile(tmp_path / "clips.zip", "w") as archive:
        archive.writestr("clips/0001/1.jpg", data)
    found = read_coding(Sample("clips/0001", tmp_path / "clips.zip"))
    assert found.setting == "quality 75, 4:2:0"


def test_what_cannot_be_read_is_counted_and_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"not a picture")
    with pytest.raises(DamagedSample, match=r"broken\.png is no picture .*: it is text; PNG"):
        read_coding(Sample("broken", broken))
    found = audit([Sample("broken", broken), jpeg_file(tmp_path / "a.jpg")])
    assert (found.num_samples, found.num_unreadable, found.num_files) == (2, 1, 1)


def test_the_same_files_are_looked_at_every_time_evenly(tmp_path: Path) -> None:
    samples = [jpeg_file(tmp_path / f"{n}.jpg", quality=50 + n) for n in range(9)]
    found = audit(samples, most=3)
    assert found == audit(samples, most=3)
    assert sorted(kind.setting[8:10] for kind in found.kinds) == ["50", "54", "58"]


def test_what_was_audited_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOSSPROOF_CACHE", str(tmp_path / "cache"))
    samples = [jpeg_file(tmp_path / f"{n}.jpg", quality=50 + n) for n in range(3)]
    wanted = audit(samples).as_dict()
    assert kept_audit(samples, content="a").as_dict() == wanted
    for sample in samples:
        sample.media.unlink()
    assert kept_audit(samples, content="a").as_dict() == wanted
    assert kept_audit(samples, content="b").num_unreadable == 3
    (kept,) = (tmp_path / "cache" / "audits").glob("*-a.json")
    for damaged in ("", "[]", '{"kinds": 1}', '{"num_samples": 1, "kinds": ["x"]}'):
        kept.write_text(damaged)
        assert kept_audit(samples, content="a").num_unreadable == 3


def test_a_cache_that_cannot_be_written_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").touch()
    monkeypatch.setenv("LOSSPROOF_CACHE", str(tmp_path / "cache"))
    assert kept_audit([jpeg_file(tmp_path / "a.jpg")], content="a").num_files == 1


def test_the_warning_tells_shares_and_kinds(tmp_path: Path) -> None:
    pictures = [png_file(tmp_path / f"{n}.png", texture(n)) for n in range(3)]
    assert warning(audit(pictures)) == ""
    mixed = audit([*pictures, jpeg_file(tmp_path / "a.jpg")])
    assert warning(mixed).startswith(
        "the reference is not pristine: 1 of 4 files looked at were coded with loss before "
        "(JPEG, quality 80, 4:2:0)"
    )


def test_it_survives_json(tmp_path: Path) -> None:
    found = audit([jpeg_file(tmp_path / "a.jpg"), png_file(tmp_path / "b.png", FRAME)])
    back = Audit.from_dict(json.loads(json.dumps(found.as_dict(), allow_nan=False)))
    assert back.num_samples == 2
    assert [kind.words for kind in back.kinds] == [kind.words for kind in found.kinds]
    assert math.isclose(back.kinds[0].rates.low, found.kinds[0].rates.low, abs_tol=1e-4)
