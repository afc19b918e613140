"""Cars from all around."""

import cv2
import numpy as np
import pytest

from lossproof.tinytown.camera import Camera
from lossproof.tinytown.canvas import Canvas
from lossproof.tinytown.faces import paint_faces
from lossproof.tinytown.light import Light
from lossproof.tinytown.solids import Place
from lossproof.tinytown.vehicles import BODIES, car

GREY = Light(to_sun=(0.0, 1.0, 0.0), sun=(0.3, 0.3, 0.3), sky=(0.7, 0.7, 0.7))


def seen_from(angle: float, seed: int) -> Canvas:
    faces, _ = car(np.random.default_rng(seed), Place(0.0, 0.0, 0.0), instance=1)
    eye = (float(-9 * np.sin(angle)), 1.5, float(-9 * np.cos(angle)))
    camera = Camera(position=eye, frame_size=(96, 64), focal=110.0, yaw=float(angle), pitch=-0.08)
    canvas = Canvas.blank(camera.frame_size, label=0)
    paint_faces(canvas, camera, GREY, faces, lambda x, z: np.ones((len(x), 3), np.float32))
    return canvas


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("angle", np.linspace(0.1, 2 * np.pi, 8).tolist())
def test_the_body_has_no_holes(seed: int, angle: float) -> None:
    solid = seen_from(angle, seed).instances == 1
    assert solid.sum() > 300
    # What is not the car hangs together around it: no part of it is enclosed.
    _, regions = cv2.connectedComponents((~solid).astype(np.uint8), connectivity=8)
    assert ((regions == regions[0, 0]) | solid).all()


def test_a_car_stands_on_the_ground_and_is_as_large_as_cars_are() -> None:
    for seed in range(12):
        faces, caster = car(np.random.default_rng(seed), Place(2.0, 5.0, 0.7), instance=1)
        corners = np.concatenate(
            [[face.corner, np.add(np.add(face.corner, face.right), face.down)] for face in faces]
        )
        assert corners[:, 1].min() == pytest.approx(0, abs=1e-9)
        assert 1.3 < corners[:, 1].max() < 2.4
        sides = np.linalg.norm(np.diff(caster.outline, axis=0), axis=1)
        assert 1.6 < sides.min() < 2.1
        assert 3.7 < sides.max() < 5.7
        np.testing.assert_allclose(caster.outline.mean(axis=0), (2, 5), atol=1e-9)


def test_every_outline_goes_from_the_rear_to_the_front() -> None:
    for body in BODIES:
        along = [x for x, _ in body.outline]
        assert along == sorted(along)
        assert (along[0], along[-1]) == (0.0, 1.0)
