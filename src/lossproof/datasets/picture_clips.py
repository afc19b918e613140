"""Clips that are stored as numbered pictures."""

import itertools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lossproof.datasets.archives import list_archive, read_member
from lossproof.datasets.files import read_bytes
from lossproof.datasets.folders import is_hidden
from lossproof.datasets.images import decode_picture
from lossproof.datasets.videos import MAX_CLIP_BYTES
from lossproof.records import Clip, DamagedSample, Frame, Media, Sample

ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
_NUMBER = re.compile(r"(\d+)\.\w+$")


class _Picture(NamedTuple):
    """A picture's bytes and what errors call it."""

    data: bytes
    name: str


def in_order(names: Sequence[str]) -> list[str]:
    """The pictures among the names, by the number at the end: 2.jpg is before 10.jpg."""
    paths = [Path(name) for name in names]
    is_picture = [one.suffix.lower() in ENDINGS and not is_hidden(one.name) for one in paths]
    pictures = itertools.compress(names, is_picture)
    return sorted(pictures, key=lambda name: (_number(name), name))


def read_picture_clip(sample: Sample) -> Media:
    """The pictures of a sample as frames (T, H, W, 3).

    They are ``media`` and ``others``, or the folder called ``id`` in ``media`` where that is a ZIP
    file. ``num_bytes`` is the sum of the pictures' files; how long the clip lasts nobody knows.
    Raises DamagedSample for pictures that cannot be read, have different sizes, or lack a number.
    """
    pictures = _in_archive(sample) if sample.media.suffix == ".zip" else _on_disk(sample)
    _check_numbers(sample, [picture.name for picture in pictures])
    frames = [decode_picture(picture.data, name=picture.name) for picture in pictures]
    return Media(_stacked(frames, pictures), sum(len(picture.data) for picture in pictures))


def _on_disk(sample: Sample) -> list[_Picture]:
    return [_Picture(read_bytes(path), str(path)) for path in (sample.media, *sample.others)]


def _in_archive(sample: Sample) -> list[_Picture]:
    return [
        _Picture(read_member(sample.media, name), f"{sample.media}/{name}")
        for name in pictures_in(sample)
    ]


def pictures_in(sample: Sample) -> list[str]:
    """The names of a sample's pictures in the ZIP file that is its ``media``, in their order.

    Raises DamagedSample where there are none.
    """
    names = in_order(list_archive(sample.media).get(sample.id, ()))
    if not names:
        raise DamagedSample(f"{sample.media} has no pictures in {sample.id}; 1 or more are allowed")
    return names


def _number(name: str) -> int:
    found = _NUMBER.search(name)
    return int(found[1]) if found else 0


def _check_numbers(sample: Sample, names: Sequence[str]) -> None:
    numbers = [_number(name) for name in names]
    expected = list(range(numbers[0], numbers[0] + len(numbers)))
    if numbers != expected:
        missing = sorted(set(range(numbers[0], numbers[-1])) - set(numbers))
        problem = f"lacks the pictures {missing[:8]}" if missing else "has a number twice"
        raise DamagedSample(
            f"{Path(names[0]).parent} {problem}: clip {sample.id} has {len(numbers)} of them, "
            f"{numbers[0]} to {numbers[-1]}; consecutive numbers are allowed"
        )


def _stacked(frames: Sequence[Frame], pictures: Sequence[_Picture]) -> Clip:
    first = frames[0]
    for frame, picture in zip(frames, pictures, strict=True):
        if frame.shape != first.shape:
            was, now = (f"{width}x{height}" for height, width, _ in (first.shape, frame.shape))
            raise DamagedSample(f"{picture.name} is {now}, the first of its clip {was}; one size")
    if first.nbytes * len(frames) > MAX_CLIP_BYTES:
        raise DamagedSample(
            f"{pictures[0].name} and the {len(frames) - 1} pictures behind it have "
            f"{first.nbytes * len(frames):,} bytes decoded; up to {MAX_CLIP_BYTES:,} are allowed"
        )
    return np.stack(frames)
