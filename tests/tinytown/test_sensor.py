"""What a sensor makes of light."""

import numpy as np
import pytest

from lossproof.tinytown.sensor import Sensor, random_sensor

PLAIN = {"blur": 0.0, "exposure": 1.0, "balance": (1.0, 1.0, 1.0), "vignette": 0.0, "shot": 0.0,
         "read": 0.0}  # fmt: skip


def exposed(light: float, **settings: object) -> np.ndarray:
    sensor = Sensor(**{**PLAIN, **settings})
    return sensor.expose(np.full((60, 80, 3), light, np.float32), np.random.default_rng(0))


@pytest.mark.parametrize(("light", "value"), [(0.0, 0), (0.002, 7), (0.18, 118), (0.5, 188)])
def test_mid_tones_follow_srgb(light: float, value: int) -> None:
    assert np.abs(exposed(light).astype(int) - value).max() <= 1


def test_highlights_are_bent_and_never_fall() -> None:
    values = [int(exposed(light)[0, 0, 0]) for light in (0.7, 1.0, 1.5, 3.0, 100.0)]
    assert values == sorted(values)
    assert values[1] < 250
    assert values[-1] == 255


def test_exposure_and_balance_multiply_light() -> None:
    np.testing.assert_array_equal(exposed(0.1, exposure=2.0), exposed(0.2))
    red, green, blue = exposed(0.2, balance=(1.1, 1.0, 0.9))[0, 0].astype(int)
    assert red > green > blue


def test_corners_are_darker_than_the_middle() -> None:
    frame = exposed(0.3, vignette=0.3)
    assert frame[30, 40, 0] > frame[0, 40, 0] > frame[0, 0, 0]


def test_noise_grows_with_light_and_differs_from_moment_to_moment() -> None:
    sensor = Sensor(**{**PLAIN, "shot": 0.001, "read": 0.001})
    rng = np.random.default_rng(0)
    light = np.full((60, 80, 3), 0.5, np.float32)
    first, second = sensor.expose(light, rng), sensor.expose(light, rng)
    assert (first != second).any()
    assert first.std() > 2
    # In linear light, for the tone curve amplifies what is dark.
    linear = [((exposed(x, shot=0.001) / 255.0) ** 2.2).std() for x in (0.05, 0.5)]
    assert linear[1] > 2 * linear[0]


def test_blur_softens_an_edge() -> None:
    light = np.zeros((8, 80, 3), np.float32)
    light[:, 40:] = 0.5
    rng = np.random.default_rng(0)
    sharp, soft = (
        Sensor(**{**PLAIN, "blur": blur}).expose(light, rng)[4, :, 0] for blur in (0.0, 4.0)
    )
    assert len(np.unique(sharp)) == 2
    assert len(np.unique(soft)) > 2


def test_the_same_seed_gives_the_same_sensor() -> None:
    assert random_sensor(np.random.default_rng(3)) == random_sensor(np.random.default_rng(3))
    assert random_sensor(np.random.default_rng(3)) != random_sensor(np.random.default_rng(4))


@pytest.mark.parametrize(("name", "value"), [("blur", -1.0), ("exposure", 0.0), ("shot", -0.1)])
def test_settings_that_mean_nothing_are_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name} is"):
        Sensor(**{**PLAIN, name: value})
