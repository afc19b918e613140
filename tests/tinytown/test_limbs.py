"""Where rays meet capsules, and what is drawn of them."""

import numpy as np
import pytest

from lossproof.tinytown.body import Cloth
from lossproof.tinytown.camera import Camera
from lossproof.tinytown.canvas import Canvas
from lossproof.tinytown.light import Light
from lossproof.tinytown.limbs import Capsules, Rays, depth_of, draw

AHEAD = Rays(np.array([[0.0]]), np.array([[0.0]]))
CAMERA = Camera(position=(0.0, 1.0, 0.0), frame_size=(81, 61), focal=60.0)
SKY_ONLY = Light(to_sun=(0.0, 1.0, 0.0), sun=(0.0, 0.0, 0.0), sky=(1.0, 1.0, 1.0))
GREY = Cloth(colour=(0.5, 0.5, 0.5), second=(0.5, 0.5, 0.5))


def capsule(
    start: list[float], end: list[float], radii: list[float], cloth: Cloth = GREY
) -> Capsules:
    up, right = np.array([[0.0, 1.0, 0.0]]), np.array([[1.0, 0.0, 0.0]])
    ends = np.array([start]), np.array([end])
    return Capsules(*ends, np.array([radii]), ends[0], up, right, np.zeros(1, np.int64), (cloth,))


@pytest.mark.parametrize(
    ("start", "end", "radii", "depth"),
    [
        ([0, -1, 5], [0, 1, 5], [0.5, 0.5], 4.5),
        ([0, 0, 5], [0, 0, 5], [0.3, 0.3], 4.7),
        ([0, 0, 5], [0, 0, 8], [0.4, 0.2], 4.6),
        ([0, 0, 5], [0, 0, 8], [0.4, 0.4], 4.6),
        ([0, 0, 5], [0, 0, 8], [0.2, 0.4], 4.8),
        # The wall of a cone whose radius falls from 0.5 to 0.3 over 2 leans by asin(0.1).
        ([0, -1, 5], [0, 1, 5], [0.5, 0.3], 5 - 0.4 / np.cos(np.arcsin(0.1))),
        ([2, 0, 5], [3, 0, 5], [0.5, 0.5], np.inf),
    ],
)
def test_depth_is_that_of_the_near_side(
    start: list[float], end: list[float], radii: list[float], depth: float
) -> None:
    met = depth_of(AHEAD, np.array(start, float), np.array(end, float), np.array(radii, float))
    np.testing.assert_allclose(met, [[depth]], rtol=1e-12)


def test_every_hit_lies_on_the_hull_of_the_balls() -> None:
    rays = Rays(np.linspace(-0.4, 0.4, 60)[None], np.linspace(-0.4, 0.4, 50)[:, None])
    start, end, radii = np.array([-0.5, 0.3, 4.0]), np.array([0.6, -0.4, 5.0]), np.array([0.4, 0.2])
    met = depth_of(rays, start, end, radii)
    hit = np.isfinite(met)
    points = np.stack(np.broadcast_arrays(rays.across, rays.down, 1.0), axis=-1)[hit]
    points = points * met[hit][:, None]
    shares = np.linspace(0, 1, 2001)
    middles = start + (end - start) * shares[:, None]
    away = np.linalg.norm(points[:, None] - middles, axis=2) - (0.4 - 0.2 * shares)
    assert hit.sum() > 100
    np.testing.assert_allclose(away.min(axis=1), 0, atol=1e-5)


def test_an_upright_capsule_is_drawn_where_it_stands_with_its_depth() -> None:
    canvas = Canvas.blank((81, 61), label=0)
    limb = capsule([0.0, 0.5, 4.0], [0.0, 1.5, 4.0], [0.2, 0.2])
    draw(canvas, CAMERA, SKY_ONLY, limb, label=9, instance=3)
    assert canvas.depth[30, 40] == pytest.approx(3.8)
    assert canvas.instances[30, 40] == 3
    assert (canvas.labels == 9).sum() == (canvas.instances == 3).sum()
    columns = np.flatnonzero(canvas.instances[30])
    assert (columns.min(), columns.max()) == (37, 43)
    # The light of the sky from the side is a half, the albedo a half; folds change a tenth of it.
    np.testing.assert_allclose(canvas.colour[30, 40], 0.25, rtol=0.1)


def test_what_is_beside_or_behind_the_camera_changes_nothing() -> None:
    canvas = Canvas.blank((81, 61), label=0)
    for start in ([40.0, 1.0, 4.0], [0.0, 1.0, -4.0], [0.0, 1.0, 0.2]):
        limb = capsule(start, [start[0], 2.0, start[2]], [0.3, 0.3])
        draw(canvas, CAMERA, SKY_ONLY, limb, label=9, instance=3)
    assert np.isinf(canvas.depth).all()
    assert not canvas.labels.any()


def test_a_pattern_finer_than_pixels_is_seen_as_the_mean_of_its_colours() -> None:
    canvas = Canvas.blank((81, 61), label=0)
    fine = Cloth(colour=(1.0, 1.0, 1.0), second=(0.0, 0.0, 0.0), pattern="rings", spacing=0.01)
    limb = capsule([0.0, 0.0, 4.0], [0.0, 2.0, 4.0], [0.3, 0.3], fine)
    draw(canvas, CAMERA, SKY_ONLY, limb, label=9, instance=1)
    np.testing.assert_allclose(canvas.colour[20:40, 40], 0.25, rtol=0.1)
