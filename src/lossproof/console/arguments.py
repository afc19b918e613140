"""Command-line words to values. Everything raises ValueError with what is allowed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any, cast

from lossproof.codecs import codec_class, make_codec, parse_codec
from lossproof.codecs.codec import Codec
from lossproof.codecs.source import Source
from lossproof.models.own_settings import own_settings
from lossproof.records import FrameSize, Labels, Level, Setting
from lossproof.runs.sweep import Point
from lossproof.settings import parse_settings, spelled
from lossproof.training import Compression, Recipe, preset
from lossproof.training.families import family_of

_MAX_MEGAPIXELS = 200


def make_points(
    codecs: Sequence[str], levels: Sequence[str], frame_sizes: Sequence[str]
) -> list[Point]:
    """``source`` and every codec at its levels, at every frame size.

    ``levels`` is empty (each codec's ladder), one list for all codecs that have levels, or one list
    per codec in their order, "-" for one that has none.
    """
    lists = _lists(codecs, levels)
    coded = [
        codec for name, text in zip(codecs, lists, strict=True) for codec in _at_levels(name, text)
    ]
    sizes = [parse_frame_size(size) for size in frame_sizes] or [None]
    every = [Point(codec, size) for size, codec in product(sizes, [Source(), *coded])]
    return list(dict.fromkeys(every))


def _lists(codecs: Sequence[str], levels: Sequence[str]) -> list[str]:
    """The levels of each codec as text, empty for its ladder."""
    if "" in levels:
        raise ValueError("--levels is given without a level; 95,50,10 and the like are allowed")
    if len(levels) > 1 and len(levels) != len(codecs):
        raise ValueError(
            f"--levels is given {len(levels)} times for {len(codecs)} codecs; "
            "once for all of them or once for each is allowed"
        )
    if len(levels) != 1:
        return list(levels) or [""] * len(codecs)
    takes = [_has_levels(name) for name in codecs]
    if not any(takes):
        raise ValueError(f"--levels {levels[0]} is given, but {', '.join(codecs)} has no levels")
    return [levels[0] if one else "" for one in takes]


def _has_levels(name: str) -> bool:
    return codec_class(parse_codec(name)[0]).level_range is not None


def _at_levels(name: str, text: str) -> list[Codec]:
    codec_name, settings = parse_codec(name)
    codec = codec_class(codec_name)
    if codec.level_range is None and text not in ("", "-"):
        raise ValueError(f"{codec_name} has no levels, but {text} was given; - is allowed")
    if codec.level_range is None or not text:
        return [make_codec(codec_name, level, **settings) for level in codec.ladder]
    return [
        make_codec(codec_name, parse_level(codec_name, word), **settings)
        for word in text.split(",")
    ]


def parse_labels(text: str) -> Labels:
    """Whose labels. Raises ValueError for any but the dataset's and the model's."""
    if text not in ("dataset", "model"):
        raise ValueError(f"--labels is {text!r}; dataset or model is allowed")
    return cast(Labels, text)


def own_folder(store: Path) -> Path:
    """The folder of a store. Raises ValueError for the current one, as an empty text would give."""
    if store == Path():
        raise ValueError("--store is the current folder; a folder of its own is allowed")
    return store


def make_recipe(
    family: str,
    name: str,
    *,
    data: str,
    compression: tuple[str, str | None, str],
    iterations: int | None,
    changes: Mapping[str, Any],
) -> Recipe:
    """The recipe of a preset; ``compression`` is codec, levels and frame size as text.

    ``iterations`` go before the preset's length.
    """
    codec, levels, frame_size = compression
    codec_name, _ = parse_codec(codec)
    words = levels.split(",") if levels else []
    if words and codec_class(codec_name).level_range is None:
        raise ValueError(f"{codec_name} has no levels, but {levels} was given")
    if not words and codec_class(codec_name).level_range is not None:
        raise ValueError(f"--codec {codec} needs --levels, such as --levels 10")
    recipe = preset(
        family,
        name,
        data=data,
        compression=Compression(
            codec=codec,
            levels=tuple(parse_level(codec_name, word) for word in words) or (None,),
            frame_size=parse_frame_size(frame_size),
        ),
        **changes,
    )
    if iterations is None:
        return recipe
    return replace(recipe, schedule=replace(recipe.schedule, iterations=iterations, epochs=None))


def task_of(recipe: Recipe) -> str:
    """The name of the task that a recipe's network is for."""
    family = family_of(recipe.family)
    given = {name: spelled(value) for name, value in recipe.settings.items()}
    return family.task(own_settings(family.settings, given, None)).name


def family_settings(family: str, given: Sequence[str]) -> dict[str, Setting]:
    """Settings of a family from NAME=VALUE texts."""
    return parse_settings(family_of(family).settings, ",".join(given))


def parse_level(codec_name: str, text: str) -> Level:
    """A number in the codec's own type: whole where its levels are whole."""
    codec = codec_class(codec_name)
    try:
        return codec.level_type(text)
    except ValueError:
        kind = "whole number" if codec.level_type is int else "number"
        raise ValueError(
            f"{codec_name} {codec.unit} {text!r} is not a {kind}; "
            f"levels look like {','.join(f'{step:g}' for step in codec.ladder if step is not None)}"
        ) from None


def parse_frame_size(text: str) -> FrameSize | None:
    """``320x240`` as (320, 240); ``native`` as None."""
    if text == "native":
        return None
    match = re.fullmatch(r"(\d{1,9})x(\d{1,9})", text)
    if not match:
        raise ValueError(
            f"frame size {text!r} is not of the form WIDTHxHEIGHT, such as 320x240, or native"
        )
    width, height = int(match[1]), int(match[2])
    if not 1 <= width * height <= _MAX_MEGAPIXELS * 1_000_000:
        raise ValueError(
            f"frame size {text} has {width * height:,} pixels; 1 pixel to {_MAX_MEGAPIXELS} "
            "megapixels are allowed"
        )
    return (width, height)
