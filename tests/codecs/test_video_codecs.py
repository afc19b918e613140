"""What is particular to motion JPEG, H.264, HEVC, VP9 and AV1."""

import io
import subprocess

import av
import imageio_ffmpeg
import numpy as np
import pytest
from av.video.frame import PictureType

from lossproof.codecs import make_codec
from lossproof.codecs.av1 import Av1
from lossproof.codecs.h264 import H264, H264Bitrate
from lossproof.codecs.hevc import Hevc
from lossproof.codecs.jpeg import Jpeg
from lossproof.codecs.mjpeg import Mjpeg, split_files
from lossproof.codecs.source import Source
from lossproof.codecs.vp9 import Vp9
from lossproof.codecs.yuv420 import Yuv420

HEADER = 16
CONTAINERS = {"h264": "h264", "h264_bitrate": "h264", "hevc": "hevc", "vp9": "ivf", "av1": "obu"}
CRF_CODECS = [H264, Hevc, Vp9, Av1]
VIDEO = [H264, H264Bitrate, Hevc, Vp9, Av1]
EVERY = pytest.mark.parametrize("codec", VIDEO, ids=lambda codec: codec.name)


def frames_of(codec, data):
    """The frames as PyAV finds them in the bare stream, with their types."""
    with av.open(io.BytesIO(data[HEADER:]), format=CONTAINERS[codec.name]) as container:
        return list(container.decode(video=0))


def keyframes(codec, clip):
    return [frame.key_frame for frame in frames_of(codec, codec.encode(clip))]


def types(codec, clip):
    return [PictureType(frame.pict_type).name for frame in frames_of(codec, codec.encode(clip))]


@pytest.mark.parametrize("quality", [5, 75, 95])
@pytest.mark.parametrize("subsampling", ["4:2:0", "4:4:4"])
@pytest.mark.parametrize("optimize", [False, True])
def test_motion_jpeg_gives_the_frames_of_jpeg(quality, subsampling, optimize, moving):
    options = {"subsampling": subsampling, "optimize": optimize}
    jpeg, mjpeg = Jpeg(quality, **options), Mjpeg(quality, **options)
    files = [jpeg.encode(frame) for frame in moving]
    data = mjpeg.encode(moving)
    assert data[HEADER:] == b"".join(files)
    assert np.array_equal(mjpeg.decode(data), np.stack([jpeg.decode(file) for file in files]))
    assert mjpeg.encoder() == jpeg.encoder()


@pytest.mark.parametrize("quality", range(1, 101, 3))
def test_motion_jpeg_is_parted_where_its_files_end(quality, moving):
    """Tables of quantisers hold any byte, an end marker too."""
    noise = np.random.default_rng(quality).integers(0, 256, (4, 33, 31, 3), np.uint8)
    codec = Mjpeg(quality, optimize=True)
    assert codec.decode(codec.encode(noise)).shape == noise.shape


def test_an_end_marker_inside_a_table_does_not_part_a_file():
    table = b"\xff\xdb\x00\x06\x00\xff\xd9\x01"
    file = b"\xff\xd8" + table + b"\xff\xda\x00\x03\x01\x42\xff\xd9"
    assert list(split_files(file + file)) == [file, file]


@EVERY
def test_the_stream_is_the_one_that_ffmpeg_reads(codec, moving, psnr_db):
    """Another program finds the same number of frames of the same size and the same colours."""
    made = codec(level=codec.ladder[0])
    data = made.encode(moving)
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", CONTAINERS[codec.name]]
    words = ["-i", "-", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    run = subprocess.run([*program, *words], input=data[HEADER:], capture_output=True, check=True)
    theirs = np.frombuffer(run.stdout, np.uint8).reshape(moving.shape)
    assert run.stderr == b""
    # Their chroma is enlarged in another way than ours.
    assert psnr_db(made.decode(data), theirs) > 35
    assert psnr_db(moving, theirs) == pytest.approx(psnr_db(moving, made.decode(data)), abs=2)


@EVERY
def test_the_stream_tells_its_colours(codec, moving):
    frame = frames_of(codec, codec(level=codec.ladder[0]).encode(moving))[0]
    assert frame.format.name == "yuv420p"
    # ITU-T H.273: 6 is BT.601. FFmpeg: 1 is the limited range.
    assert (frame.colorspace, frame.color_primaries, frame.color_trc) in ((6, 6, 6), (6, 2, 2))
    assert frame.color_range == 1


@pytest.mark.parametrize("size", [(96, 128), (51, 71), (1, 3)])
def test_a_lossless_codec_loses_what_4_2_0_loses(size, moving):
    clip = moving[:3, : size[0], : size[1]]
    alone = Yuv420(range="limited")
    lossless = Vp9(0)
    found = lossless.decode(lossless.encode(clip))
    assert np.array_equal(found, alone.decode(alone.encode(clip)))


@EVERY
@pytest.mark.parametrize("gop", [1, 4, 250])
def test_keyframes_are_as_far_apart_as_the_gop_allows(codec, gop):
    clip = np.full((12, 64, 64, 3), 128, np.uint8)
    clip[:, 20:40, 20:40] += np.arange(12, dtype=np.uint8)[:, None, None, None]
    found = keyframes(codec(level=codec.ladder[0], gop=gop), clip)
    assert found == [index % gop == 0 for index in range(12)]


@pytest.mark.parametrize("codec", [H264, H264Bitrate], ids=lambda codec: codec.name)
def test_bframes_are_what_the_settings_say(codec, moving):
    level = codec.ladder[0]
    assert "B" in types(codec(level, bframes=3), moving)
    assert "B" in types(codec(level), moving)
    for settings in (
        {"bframes": 0},
        {"profile": "baseline"},
        {"tune": "zerolatency"},
        {"preset": "ultrafast"},
    ):
        assert set(types(codec(level, **settings), moving)) == {"I", "P"}
    assert set(types(codec(level, gop=1), moving)) == {"I"}


@pytest.mark.parametrize("codec", [H264, H264Bitrate], ids=lambda codec: codec.name)
@pytest.mark.parametrize(
    "settings", [{"profile": "baseline"}, {"tune": "zerolatency"}, {"gop": 1}], ids=str
)
def test_bframes_that_cannot_be_are_refused(codec, settings):
    level = codec.ladder[0]
    (named,) = settings.items()
    expected = rf"^{codec.name} {named[0]} {named[1]} has no B-frames, but bframes is 2; auto, 0 ar"
    with pytest.raises(ValueError, match=expected):
        codec(level, bframes=2, **settings)
    assert codec(level, bframes=0, **settings).bframes == 0


@pytest.mark.parametrize(("profile", "expected"), [("baseline", 66), ("main", 77), ("high", 100)])
def test_the_profile_is_in_the_stream(profile, expected, moving):
    data = H264(23, profile=profile).encode(moving)
    at = data.index(b"\0\0\0\1\x67")
    assert data[at + 5] == expected


@pytest.mark.parametrize(
    ("codec", "settings"),
    [
        (H264, {"preset": "veryslow"}),
        (H264, {"preset": "ultrafast"}),
        *((H264, {"tune": t}) for t in ("film", "animation", "grain", "stillimage", "zerolatency")),
        *((H264, {"tune": t}) for t in ("psnr", "ssim", "fastdecode")),
        (H264, {"fps": 5}),
        (H264Bitrate, {"fps": 50}),
        (Hevc, {"preset": "ultrafast"}),
        (Hevc, {"preset": "slow"}),
        *((Hevc, {"tune": t}) for t in ("psnr", "ssim", "grain", "animation", "fastdecode")),
        (Hevc, {"tune": "zerolatency"}),
        (Vp9, {"speed": 1}),
        (Vp9, {"tune": "film"}),
        (Av1, {"preset": 10}),
        (Av1, {"preset": 5}),
        (Av1, {"tune": "vq"}),
        (Av1, {"tune": "ssim"}),
    ],
    ids=str,
)
def test_settings_change_the_bytes(codec, settings, moving):
    level = codec.ladder[0]
    data = codec(level, **settings).encode(moving)
    assert data != codec(level).encode(moving)
    assert codec(level, **settings).decode(data).shape == moving.shape


def test_an_average_bit_rate_is_met_where_there_is_enough_to_code(moving):
    """The clip goes there and back for 8 seconds, with noise that no prediction can save."""
    clip = np.concatenate([moving, moving[::-1]] * 8)
    noise = np.random.default_rng(0).integers(-6, 7, clip.shape)
    clip = np.clip(clip + noise, 0, 255).astype(np.uint8)
    seconds = len(clip) / 25
    for level in (1000, 500, 250):
        kbit = 8 * len(H264Bitrate(level).encode(clip)) / 1000
        assert kbit / seconds == pytest.approx(level, rel=0.1)


def test_x264_writes_no_text_about_itself(moving):
    for codec in (H264(23), H264Bitrate(250)):
        assert b"x264" not in codec.encode(moving)
    assert b"x265" not in Hevc(26).encode(moving)


@EVERY
def test_encoders_name_themselves_and_pyav(codec):
    text = codec(level=codec.ladder[0]).encoder()
    assert f"PyAV {av.__version__}" in text
    if codec in (H264, H264Bitrate):
        assert text.startswith("libx264 core 1")
    if codec is Hevc:
        assert text.startswith("libx265 (build ")


@EVERY
def test_nothing_is_written_to_the_screen(codec, moving, capfd):
    made = codec(level=codec.ladder[0])
    data = made.encode(moving)
    made.decode(data)
    with pytest.raises(ValueError, match="cannot decode"):
        made.decode(data[:-1])
    written = capfd.readouterr()
    assert (written.out, written.err) == ("", "")


@EVERY
def test_a_side_of_more_than_16384_pixels_is_refused(codec):
    made = codec(level=codec.ladder[0])
    with pytest.raises(ValueError, match="1x16385 pixels; sides of 1 to 16384 pixels are allowed"):
        made.encode(np.zeros((2, 16385, 1, 3), np.uint8))


def test_bytes_of_one_video_codec_are_refused_by_another(moving):
    for one in VIDEO:
        data = one(level=one.ladder[0]).encode(moving[:2])
        for other in VIDEO:
            if other is not one:
                with pytest.raises(ValueError, match=f"{other.name} cannot decode these"):
                    other(level=other.ladder[0]).decode(data)


@pytest.mark.parametrize("codec", ["source", "yuv420"])
def test_uncompressed_clips_are_their_frames(codec, moving):
    made = make_codec(codec)
    data = made.encode(moving)
    pictures = [made.decode(made.encode(frame)) for frame in moving]
    assert np.array_equal(made.decode(data), np.stack(pictures))
    bodies = b"".join(made.encode(frame)[12:] for frame in moving)
    assert data[4:] == b"\0\0\0\x80\0\0\0\x60\0\0\0\x0c" + bodies


def test_an_uncompressed_clip_has_as_many_bytes_as_its_header_tells(moving):
    data = Source().encode(moving[:2, :2, :2])
    with pytest.raises(ValueError, match=r"23 bytes .* a clip of 2 frames of 2x2 pixels has 24"):
        Source().decode(data[:-1])
    with pytest.raises(ValueError, match="their header tells a clip of 0 frames"):
        Source().decode(data[:12] + bytes(4))


def test_quality_per_bit_is_that_of_the_standards(moving, psnr_db):
    """Newer standards need fewer bytes than JPEG for the same picture, on a clip that moves."""
    jpeg = Mjpeg(50)
    data = jpeg.encode(moving)
    reached = psnr_db(moving, jpeg.decode(data))
    for codec, level in ((H264, 25), (Hevc, 26), (Vp9, 45), (Av1, 46)):
        made = codec(level)
        coded = made.encode(moving)
        assert psnr_db(moving, made.decode(coded)) > reached
        assert len(coded) < len(data) / 5


def test_levels_span_the_bit_rates_of_h264_on_real_footage(shared):
    import cv2

    folder = shared / "depth" / "7scenes_kitchen_png"
    files = sorted(folder.glob("*.color.png"))
    frames = [cv2.imread(str(file))[..., ::-1] for file in files]
    clip = np.stack([cv2.resize(f, (320, 240), interpolation=cv2.INTER_AREA) for f in frames])
    sizes = {
        codec: [len(codec(level).encode(clip)) for level in (codec.ladder[0], codec.ladder[-1])]
        for codec in CRF_CODECS
    }
    for high, low in sizes.values():
        assert 0.5 < high / sizes[H264][0] < 2
        assert 0.5 < low / sizes[H264][1] < 2


def test_av1_of_more_rows_than_its_encoder_takes_is_refused():
    frame = np.zeros((8705, 2, 3), np.uint8)
    with pytest.raises(ValueError, match="av1 was given frames of 2x8705; up to 8704 rows are"):
        make_codec("av1", 40).encode(frame)
