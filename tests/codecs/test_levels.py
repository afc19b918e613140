"""Every level of a codec."""

import pytest

from lossproof.codecs import CODECS, codec_class, make_codec
from lossproof.codecs.codec import CodecClass
from lossproof.codecs.levels import MOST_LEVELS, every_level


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
def test_levels_are_allowed_and_run_from_the_best(codec: CodecClass) -> None:
    levels = every_level(codec)
    assert set(codec.ladder) <= set(levels)
    assert len(set(levels)) == len(levels) <= MOST_LEVELS
    for level in levels:
        assert make_codec(codec.name, level).level == level
    if codec.level_range is not None:
        assert list(levels) == sorted(levels, reverse=codec.better == "higher")
        assert {min(levels), max(levels)} == set(codec.level_range)


def test_whole_levels_are_all_there() -> None:
    assert every_level(codec_class("jpeg")) == tuple(range(100, 0, -1))
    assert every_level(codec_class("h264")) == tuple(range(1, 52))
    assert every_level(codec_class("source")) == (None,)


def test_of_too_many_it_is_steps() -> None:
    levels = every_level(codec_class("h264_bitrate"))
    assert 90 <= len(levels) <= 110
    assert all(isinstance(level, int) for level in levels)
