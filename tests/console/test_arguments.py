"""Words of the command line to values; refusals are tested through the command line itself."""

from lossproof.codecs.jpeg import Jpeg
from lossproof.codecs.source import Source
from lossproof.codecs.yuv420 import Yuv420
from lossproof.console.arguments import make_points, parse_frame_size, parse_level
from lossproof.runs.sweep import Point


def test_without_levels_a_codec_runs_its_ladder_after_the_source() -> None:
    levels = [point.codec.level for point in make_points(["jpeg"], [], [])]
    assert levels == [None, *Jpeg.ladder]


def test_a_level_named_twice_is_measured_once() -> None:
    assert make_points(["jpeg", "jpeg"], ["50,50"], []) == [Point(Source()), Point(Jpeg(50))]


def test_settings_go_to_the_codec() -> None:
    points = make_points(["yuv420:matrix=bt709", "jpeg:subsampling=4:4:4"], ["5"], ["8x6"])
    assert points == [
        Point(Source(), (8, 6)),
        Point(Yuv420(matrix="bt709"), (8, 6)),
        Point(Jpeg(5, subsampling="4:4:4"), (8, 6)),
    ]


def test_a_level_has_the_type_of_its_codec() -> None:
    assert type(parse_level("jpeg", "50")) is int
    assert type(parse_level("jpegxl", "2")) is float


def test_frame_sizes() -> None:
    assert parse_frame_size("native") is None
    assert parse_frame_size("320x240") == (320, 240)
