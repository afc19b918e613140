"""The table of codecs: looking up, making and parsing."""

import subprocess
import sys

import numpy as np
import pytest

from lossproof.codecs import CODECS, codec_class, make_codec, parse_codec
from lossproof.codecs.jpeg import Jpeg
from lossproof.codecs.source import Source
from lossproof.settings import settings
from lossproof.tables import by_name


def test_the_published_names_are_there():
    names = [codec.name for codec in CODECS]
    pictures = {"source", "yuv420", "jpeg", "jpeg2000", "webp", "avif", "jpegxl"}
    clips = {"mjpeg", "h264", "h264_bitrate", "hevc", "vp9", "av1"}
    assert pictures | clips <= set(names)
    assert all(codec_class(codec.name) is codec for codec in CODECS)


def test_a_name_that_is_there_twice_is_refused():
    with pytest.raises(ValueError, match="'source'"):
        by_name((Source, Jpeg, Source))


def test_a_miss_is_answered_with_the_known_names_and_the_closest():
    with pytest.raises(ValueError, match="unknown codec 'jpge2000'") as refusal:
        codec_class("jpge2000")
    assert "did you mean 'jpeg2000'?" in str(refusal.value)
    assert ", ".join(codec.name for codec in CODECS) in str(refusal.value)


@pytest.mark.usefixtures("unchecked")
def test_make_codec_gives_the_value_that_the_class_gives():
    assert make_codec("jpeg", 50, subsampling="4:4:4") == Jpeg(50, subsampling="4:4:4")
    assert make_codec("source") == Source()
    assert make_codec("jpeg", np.int64(50)) == make_codec("jpeg", 50)
    assert make_codec("jpegxl", np.float32(1.5)) == make_codec("jpegxl", 1.5)
    with pytest.raises(ValueError, match="jpeg quality None is out of range"):
        make_codec("jpeg")
    with pytest.raises(ValueError, match="its settings: subsampling, optimize, progressive"):
        make_codec("jpeg", 50, speed=3)
    with pytest.raises(ValueError, match="4:2:0, 4:2:2, 4:4:4 are allowed"):
        make_codec("jpeg", 50, subsampling="4:1:1")
    with pytest.raises(ValueError, match="optimize 1 is not known; false, true are allowed"):
        make_codec("jpeg", 50, optimize=1)


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("jpeg", "jpeg", {}),
        (
            "jpeg:subsampling=4:4:4,progressive=true",
            "jpeg",
            {"subsampling": "4:4:4", "progressive": True},
        ),
        ("jpeg:optimize=false", "jpeg", {"optimize": False}),
        ("avif:speed=8,subsampling=4:2:2", "avif", {"speed": 8, "subsampling": "4:2:2"}),
        ("yuv420:matrix=bt709,range=limited", "yuv420", {"matrix": "bt709", "range": "limited"}),
        (
            "h264:preset=slow,bframes=2,gop=50",
            "h264",
            {"preset": "slow", "bframes": 2, "gop": 50},
        ),
        ("h264:bframes=auto", "h264", {"bframes": "auto"}),
    ],
)
def test_text_is_parsed_into_typed_settings(text, name, found):
    assert parse_codec(text) == (name, found)
    assert [type(value) for value in parse_codec(text)[1].values()] == [
        type(value) for value in found.values()
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("jpg", "did you mean 'jpeg'"),
        ("jpeg:subsampling", "'subsampling' has no value"),
        ("jpeg:optimize=true,optimize=true", "'optimize' is given twice"),
        (
            "jpeg:level=5",
            "'level=5' in 'jpeg:level=5' is a level, not a setting; jpeg alone is allowed",
        ),
        ("jpeg:optimize=yes", "jpeg optimize 'yes' is not known; false, true are allowed"),
        ("webp:method=7", "0, 1, 2, 3, 4, 5, 6 are allowed"),
        ("h264:gop=0", "whole numbers from 1 to 1000 are allowed"),
        ("h264:bframes=17", "auto, 0, 1"),
        ("source:range=full", "its settings: none"),
        ("jpeg:,", "'' has no value"),
    ],
)
def test_text_with_a_mistake_is_refused(text, problem):
    with pytest.raises(ValueError, match=problem):
        parse_codec(text)


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
def test_every_setting_survives_being_written_and_parsed(codec):
    made = codec(level=codec.ladder[0])
    text = ",".join(f"{name}={str(value).lower()}" for name, value in settings(made).items())
    assert parse_codec(f"{codec.name}:{text}") == (codec.name, settings(made))
    assert make_codec(codec.name, made.level, **settings(made)) == made


def test_importing_the_room_imports_nothing_heavy():
    heavy = ("torch", "cv2", "av")
    code = f"import sys, lossproof.codecs; print([n for n in {heavy} if n in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
