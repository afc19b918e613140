"""Quality from quantisation tables: against encoders that were told it."""

import io

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from lossproof.datasets.quantisation import LUMA, QUALITIES, Quantisation, read_quantisation, scaled

FRAME = np.random.default_rng(0).integers(0, 256, (24, 40, 3), np.uint8)


def saved(**options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(FRAME).save(buffer, "JPEG", **options)
    return buffer.getvalue()


@pytest.mark.parametrize("quality", [*range(1, 101, 7), 95, 100])
def test_every_quality_of_libjpeg_is_read_back(quality: int) -> None:
    found = read_quantisation(saved(quality=quality))
    assert found == Quantisation(quality, standard=True, subsampling="4:2:0")


def test_tables_of_two_qualities_never_agree() -> None:
    tables = {tuple(scaled(LUMA, quality).tolist()) for quality in QUALITIES}
    assert len(tables) == len(QUALITIES)


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
def test_the_sampling_of_colour(subsampling: str) -> None:
    data = saved(quality=80, subsampling=subsampling, progressive=True)
    assert read_quantisation(data) == Quantisation(80, standard=True, subsampling=subsampling)


def test_grey_has_no_colour() -> None:
    data = imagecodecs.jpeg8_encode(np.ascontiguousarray(FRAME[..., 0]), 60)
    assert read_quantisation(bytes(data)) == Quantisation(60, standard=True, subsampling="")


def test_tables_of_ones_own_are_told() -> None:
    tables = [[value + 3 for value in scaled(LUMA, 70).tolist()]] * 2
    found = read_quantisation(saved(qtables=tables))
    assert not found.standard
    assert abs(found.quality - 70) < 15


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (saved()[:30], "is truncated"),
        (saved().replace(b"\xff\xdb", b"\xff\xe5"), "lacks a quantisation table"),
    ],
)
def test_damage_is_named(data: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_quantisation(data)
