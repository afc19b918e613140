"""Pictures of surfaces at every coarseness."""

import numpy as np
import pytest

from lossproof.tinytown.texture import ROW, folded, noise, rough, texture_of


def at(texture, *places, coarseness=0.0):
    x, y = (np.array(part, np.float32) for part in zip(*places, strict=True))
    return texture.at(x, y, np.full(len(x), coarseness, np.float32))


def test_the_middles_of_texels_have_their_own_colours() -> None:
    picture = np.arange(8 * 16, dtype=np.float32).reshape(8, 16)
    found = at(texture_of(picture), (0.5 / 16, 0.5 / 8), (3.5 / 16, 2.5 / 8), (15.5 / 16, 7.5 / 8))
    np.testing.assert_allclose(found, [picture[0, 0], picture[2, 3], picture[7, 15]], rtol=1e-5)


def test_a_coarser_look_gives_the_mean_of_texels() -> None:
    picture = np.random.default_rng(0).random((16, 16), np.float32)
    for level, side in ((1, 2), (2, 4), (3, 8)):
        found = at(texture_of(picture), (side / 32, side / 32), coarseness=level)
        np.testing.assert_allclose(found, picture[:side, :side].mean(), rtol=2e-3)


def test_between_two_coarsenesses_it_is_linear() -> None:
    texture = texture_of(np.random.default_rng(0).random((16, 16), np.float32))
    fine, coarse, between = (at(texture, (0.3, 0.4), coarseness=c) for c in (0, 1, 0.25))
    np.testing.assert_allclose(between, 0.75 * fine + 0.25 * coarse, rtol=1e-5)


def test_it_goes_on_where_it_ends() -> None:
    texture = texture_of(np.random.default_rng(0).random((8, 8), np.float32), repeats=True)
    here, there = at(texture, (0.21, 0.4), (3.21, -1.6))
    assert here == pytest.approx(there, rel=1e-4)
    before, after = at(texture, (0.9999, 0.4), (1.0001, 0.4))
    assert before == pytest.approx(after, abs=0.01)


def test_more_places_than_opencv_takes_are_looked_up_alike() -> None:
    texture = texture_of(np.random.default_rng(0).random((8, 8, 3), np.float32))
    x = np.linspace(0, 1, 2 * ROW + 5, dtype=np.float32)
    none = np.zeros_like(x)
    many = texture.at(x, none, none)
    assert many.shape == (len(x), 3)
    few = texture.at(x[-3:], none[-3:], none[-3:])
    np.testing.assert_array_equal(many[-3:], few)
    assert folded(x).shape == (3, ROW)


@pytest.mark.parametrize("shape", [(2, 8), (8, 12), (9, 8, 3)])
def test_sides_that_cannot_be_halved_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="powers of two"):
        texture_of(np.zeros(shape, np.float32))


def test_noise_falls_with_frequency_as_it_was_asked_to() -> None:
    drawn = noise(np.random.default_rng(0), 128, slope=1.0)
    assert drawn.mean() == pytest.approx(0, abs=1e-6)
    assert drawn.std() == pytest.approx(1, rel=1e-5)
    power = np.abs(np.fft.fft2(drawn)) ** 2
    cycles = np.hypot(*np.meshgrid(*[np.fft.fftfreq(128) * 128] * 2))
    low, high = (power[(cycles >= c) & (cycles < c + 2)].mean() for c in (8, 32))
    assert low / high == pytest.approx((33 / 9) ** 2, rel=0.35)


def test_grain_neither_brightens_nor_darkens() -> None:
    grain = rough(0.4, 1.0)
    everywhere = np.random.default_rng(0).random((2, 20000), np.float32)
    factors = grain.texture.at(*everywhere, np.zeros(20000, np.float32))
    assert factors.mean() == pytest.approx(1, abs=0.01)
    assert factors.std() > 0.2
