"""Light, sky and haze."""

import numpy as np
import pytest

from lossproof.tinytown.camera import Camera
from lossproof.tinytown.canvas import Canvas
from lossproof.tinytown.light import Light
from lossproof.tinytown.weather import add_haze, clouds, paint_sky, random_light

NOON = Light(to_sun=(0.0, 1.0, 0.0), sun=(1.0, 0.9, 0.8), sky=(0.2, 0.3, 0.5))


def test_every_light_comes_from_above_and_is_about_as_strong() -> None:
    lights = [random_light(np.random.default_rng(seed)) for seed in range(60)]
    ground = np.array([light.on(np.array([[0.0, 1.0, 0.0]]))[0] for light in lights])
    assert np.allclose([np.linalg.norm(light.to_sun) for light in lights], 1)
    assert min(light.to_sun[1] for light in lights) > 0.15
    assert ground.mean(axis=1).min() > 0.4
    assert ground.mean(axis=1).max() < 2
    warm = ground[:, 0] / ground[:, 2]
    assert warm.max() / warm.min() > 1.3


def test_haze_takes_over_with_distance_and_leaves_the_sky() -> None:
    canvas = Canvas.blank((3, 1), label=0)
    canvas.depth[0] = 0.1, 100.0, np.inf
    canvas.colour[0] = 5.0
    add_haze(canvas, NOON, metres=100.0)
    near, far, sky = canvas.colour[0, :, 0]
    assert near == pytest.approx(5, abs=0.01)
    air = (far - 5 * np.exp(-1)) / (1 - np.exp(-1))
    assert 0.2 < air < 0.5
    assert sky == 5


def test_the_sky_is_painted_only_where_nothing_is() -> None:
    canvas = Canvas.blank((16, 12), label=0)
    canvas.depth[6:] = 10.0
    camera = Camera(position=(0.0, 1.5, 0.0), frame_size=(16, 12), focal=16.0)
    paint_sky(canvas, camera, NOON, clouds(np.random.default_rng(0)))
    assert (canvas.colour[:6] > 0.1).all()
    assert (canvas.colour[6:] == 0).all()


def test_the_sky_stays_where_it_is_when_the_camera_turns() -> None:
    cover = clouds(np.random.default_rng(0))
    rows = []
    for yaw in (0.0, np.arctan(10 / 400)):
        canvas = Canvas.blank((101, 3), label=0)
        paint_sky(
            canvas,
            Camera(position=(0.0, 1.5, 0.0), frame_size=(101, 3), focal=400.0, yaw=float(yaw),
                   pitch=0.5),
            NOON, cover,
        )  # fmt: skip
        rows.append(canvas.colour[1])
    np.testing.assert_allclose(rows[0][60], rows[1][50], rtol=0.05)
