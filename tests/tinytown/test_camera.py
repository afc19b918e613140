"""Where points of the world fall on the frame."""

import numpy as np
import pytest

from lossproof.tinytown.camera import Camera

PLAIN = {"position": (0.0, 1.5, 0.0), "frame_size": (320, 240), "focal": 300.0}


def test_a_point_straight_ahead_falls_on_the_middle() -> None:
    own = Camera(**PLAIN).seen_from(np.array([[0.0, 1.5, 10.0]]))
    np.testing.assert_allclose(own, [[0, 0, 10]], atol=1e-12)
    np.testing.assert_allclose(Camera(**PLAIN).project(own), [[159.5, 119.5]])


def test_right_and_up_in_the_world_are_right_and_up_in_the_frame() -> None:
    camera = Camera(**PLAIN)
    pixels = camera.project(camera.seen_from(np.array([[1.0, 1.5, 10.0], [0.0, 2.5, 10.0]])))
    np.testing.assert_allclose(pixels, [[189.5, 119.5], [159.5, 89.5]])


@pytest.mark.parametrize(
    ("turn", "point"),
    [
        ({"yaw": 0.3}, (10 * np.sin(0.3), 1.5, 10 * np.cos(0.3))),
        ({"pitch": 0.2}, (0.0, 1.5 + 10 * np.sin(0.2), 10 * np.cos(0.2))),
    ],
)
def test_a_camera_that_is_turned_looks_there(
    turn: dict[str, float], point: tuple[float, float, float]
) -> None:
    own = Camera(**PLAIN, **turn).seen_from(np.array([point]))
    np.testing.assert_allclose(own, [[0, 0, 10]], atol=1e-12)


def test_a_camera_that_is_rolled_clockwise_sees_the_world_turned_the_other_way() -> None:
    own = Camera(**PLAIN, roll=np.pi / 2).seen_from(np.array([[1.0, 1.5, 10.0]]))
    np.testing.assert_allclose(own, [[0, -1, 10]], atol=1e-12)


def test_a_focal_length_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="focal is 0"):
        Camera(**{**PLAIN, "focal": 0.0})
