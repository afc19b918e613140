"""Where the ground lies in the shade."""

import numpy as np
import pytest

from lossproof.tinytown.light import Light
from lossproof.tinytown.shadows import round_caster, shade

LOW_SUN = Light(to_sun=(0.8, 0.6, 0.0), sun=(1.0, 1.0, 1.0), sky=(0.2, 0.2, 0.2))


def light_at(casters: list, x: float, z: float, light: Light = LOW_SUN) -> float:
    place = (np.array([value], np.float32) for value in (x, z))
    return float(shade(casters, light).at(*place)[0, 0])


def test_open_ground_has_all_the_light_even_beyond_what_is_drawn() -> None:
    for x, z in ((0.0, 10.0), (100.0, 10.0), (0.0, 500.0)):
        assert light_at([], x, z) == pytest.approx(0.6 + 0.2)


def test_a_shadow_falls_away_from_the_sun_as_far_as_the_height_says() -> None:
    tower = round_caster(0.0, 10.0, radius=0.5, low=0.0, high=6.0)
    assert light_at([tower], -4.0, 10.0) == pytest.approx(0.2, abs=0.02)
    assert light_at([tower], 4.0, 10.0) == pytest.approx(0.8, abs=0.02)
    assert light_at([tower], -10.0, 10.0) == pytest.approx(0.8, abs=0.02)


def test_what_hangs_high_takes_the_sun_from_elsewhere_only() -> None:
    crown = round_caster(0.0, 10.0, radius=1.0, low=4.0, high=6.0)
    assert light_at([crown], 0.0, 10.0) == pytest.approx(0.8, abs=0.02)
    assert light_at([crown], -6.5, 10.0) == pytest.approx(0.2, abs=0.02)


def test_what_stands_on_the_ground_darkens_it_beneath_and_beside() -> None:
    grey = Light(to_sun=(0.0, 1.0, 0.0), sun=(0.0, 0.0, 0.0), sky=(1.0, 1.0, 1.0))
    thing = round_caster(0.0, 10.0, radius=0.8, low=0.0, high=1.0)
    beneath, beside, away = (light_at([thing], x, 10.0, grey) for x in (0.0, 0.9, 4.0))
    assert beneath < 0.6 < beside < 0.95 < away
