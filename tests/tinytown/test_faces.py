"""Flat surfaces: where they are seen, how far, and in what colour."""

import numpy as np
import pytest

from lossproof.tinytown.camera import NEAREST, Camera
from lossproof.tinytown.canvas import Canvas
from lossproof.tinytown.faces import Face, paint_faces
from lossproof.tinytown.light import Light
from lossproof.tinytown.solids import Place, Upright, box
from lossproof.tinytown.texture import texture_of

CAMERA = Camera(position=(0.3, 1.5, -1.0), frame_size=(64, 48), focal=60.0, yaw=0.2, pitch=-0.1,
                roll=0.05)  # fmt: skip
WHITE = Light(to_sun=(0.0, 1.0, 0.0), sun=(0.0, 0.0, 0.0), sky=(2.0, 2.0, 2.0))
WALL = {"corner": (-1.0, 3.0, 6.0), "right": (3.0, 0.0, 1.0), "down": (0.0, -2.5, 0.5)}


def painted(*faces: Face, camera: Camera = CAMERA, light: Light = WHITE) -> Canvas:
    canvas = Canvas.blank(camera.frame_size, label=0)
    paint_faces(canvas, camera, light, faces, lambda x, z: np.stack([x, z, x * 0 + 1], axis=1))
    return canvas


def rays(camera: Camera) -> np.ndarray:
    """The direction of every pixel in the world, 1 long along the camera's axis."""
    width, height = camera.frame_size
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    own = np.stack(
        [
            (columns - (width - 1) / 2) / camera.focal,
            (rows - (height - 1) / 2) / camera.focal,
            np.ones_like(rows),
        ],
        axis=-1,
    )
    return own @ camera.rotation


def meeting(face: Face, camera: Camera) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """By solving for each ray: its depth, and the shares of the face's sides where it meets it."""
    solved = np.empty((*camera.frame_size[::-1], 3))
    away = np.array(face.corner) - np.array(camera.position)
    for place in np.ndindex(solved.shape[:2]):
        sides = np.stack([rays(camera)[place], -np.array(face.right), -np.array(face.down)], axis=1)
        solved[place] = np.linalg.solve(sides, away)
    return solved[..., 0], solved[..., 1], solved[..., 2]


SMALL = Camera(position=(0.3, 1.5, -1.0), frame_size=(24, 18), focal=22.0, yaw=0.2, pitch=-0.1)


@pytest.mark.parametrize(
    "sides",
    [
        WALL,
        {"corner": (-4.0, 0.0, 30.0), "right": (8.0, 0.0, 0.0), "down": (0.0, 0.0, -40.0)},
        {"corner": (0.8, 2.0, -3.0), "right": (0.0, 0.0, 9.0), "down": (0.0, -3.0, 0.0)},
    ],
    ids=["a wall", "the ground beneath the camera", "a wall that begins behind the camera"],
)
def test_depth_and_outline_are_those_of_the_plane(sides: dict) -> None:
    face = Face(**sides, texture=None, label=3, both=True)
    canvas = painted(face, camera=SMALL)
    depth, right, down = meeting(face, SMALL)
    inside = (np.minimum(right, down) > 1e-4) & (np.maximum(right, down) < 1 - 1e-4)
    inside &= depth > NEAREST
    assert inside.sum() > 20
    np.testing.assert_allclose(canvas.depth[inside], depth[inside], rtol=1e-5)
    outside = (np.minimum(right, down) < -1e-4) | (np.maximum(right, down) > 1 + 1e-4)
    outside |= depth < NEAREST
    assert np.isinf(canvas.depth[outside]).all()
    np.testing.assert_array_equal(canvas.labels == 3, np.isfinite(canvas.depth))


def test_a_texture_lies_on_its_face_the_right_way_round() -> None:
    picture = np.zeros((4, 4, 3), np.float32)
    picture[:2, :2], picture[:2, 2:], picture[2:, :2] = (1, 0, 0), (0, 1, 0), (0, 0, 1)
    straight = Camera(position=(0.0, 0.0, 0.0), frame_size=(40, 40), focal=40.0)
    face = Face(corner=(-1.0, 1.0, 2.0), right=(2.0, 0.0, 0.0), down=(0.0, -2.0, 0.0), label=1,
                texture=texture_of(picture))  # fmt: skip
    colour = painted(face, camera=straight).colour
    np.testing.assert_allclose(colour[3, 3], (1, 0, 0), atol=1e-6)
    np.testing.assert_allclose(colour[3, -3], (0, 1, 0), atol=1e-6)
    np.testing.assert_allclose(colour[-3, 3], (0, 0, 1), atol=1e-6)


def test_what_the_texture_leaves_out_is_seen_through() -> None:
    picture = np.ones((8, 8, 4), np.float32)
    picture[:, 4:, 3] = 0
    canvas = painted(Face(**WALL, texture=texture_of(picture), label=2))
    solid = painted(Face(**WALL, texture=None, label=2))
    share = np.isfinite(canvas.depth).sum() / np.isfinite(solid.depth).sum()
    assert 0.45 < share < 0.6


def test_the_nearer_face_is_seen_in_whatever_order_they_come() -> None:
    near = Face(corner=(-0.5, 2.0, 3.0), right=(1.0, 0.0, 0.0), down=(0.0, -1.0, 0.0),
                texture=None, tint=(1.0, 0.0, 0.0), label=1, instance=7)  # fmt: skip
    far = Face(**WALL, texture=None, label=2)
    first, second = painted(near, far), painted(far, near)
    np.testing.assert_array_equal(first.labels, second.labels)
    np.testing.assert_array_equal(first.colour, second.colour)
    assert {0, 1, 2} == set(first.labels.ravel().tolist())
    np.testing.assert_array_equal(first.instances == 7, first.labels == 1)


def test_the_back_of_a_solid_is_not_seen() -> None:
    turned = {**WALL, "corner": (2.0, 3.0, 7.0), "right": (-3.0, 0.0, -1.0)}
    assert np.isinf(painted(Face(**turned, texture=None, label=1)).depth).all()
    assert np.isfinite(painted(Face(**turned, texture=None, label=1, both=True)).depth).any()


def test_light_falls_on_a_face_as_its_normal_says() -> None:
    sun = Light(to_sun=(0.0, 0.6, -0.8), sun=(1.0, 0.5, 0.25), sky=(0.1, 0.2, 0.4))
    face = Face(corner=(-2.0, 3.0, 6.0), right=(4.0, 0.0, 0.0), down=(0.0, -3.0, 0.0), texture=None,
                tint=(0.5, 0.5, 0.5), label=1)  # fmt: skip
    canvas = painted(face, light=sun)
    expected = 0.5 * (0.8 * np.array(sun.sun) + 0.5 * np.array(sun.sky))
    seen = canvas.colour[canvas.labels == 1]
    np.testing.assert_allclose(seen, np.broadcast_to(expected, seen.shape), rtol=1e-5)


def test_the_ground_is_lit_by_where_it_is() -> None:
    face = Face(corner=(-4.0, 0.0, 30.0), right=(8.0, 0.0, 0.0), down=(0.0, 0.0, -40.0), label=1,
                texture=None, lies=True)  # fmt: skip
    canvas = painted(face)
    seen = canvas.labels == 1
    points = np.array(CAMERA.position) + rays(CAMERA) * canvas.depth[..., None]
    np.testing.assert_allclose(canvas.colour[seen][:, :2], points[seen][:, [0, 2]], atol=1e-3)
    np.testing.assert_allclose(points[seen][:, 1], 0, atol=1e-4)


def test_a_box_is_closed_from_every_side_but_below() -> None:
    faces = box(Place(0.0, 8.0, 0.4), (-1.0, 0.0, -2.0), (1.0, 2.0, 2.0), texture=None, label=1)
    outward = [np.cross(face.right, face.down) for face in faces]
    middle = np.array([0.0, 1.0, 8.0])
    for face, normal in zip(faces, outward, strict=True):
        centre = np.array(face.corner) + (np.array(face.right) + np.array(face.down)) / 2
        assert normal @ (centre - middle) > 0
    for angle in np.linspace(0, 2 * np.pi, 9):
        eye = (float(8 * np.sin(angle)), 3.0, float(8 - 8 * np.cos(angle)))
        camera = Camera(
            position=eye, frame_size=(40, 30), focal=30.0, yaw=float(-angle), pitch=-0.25
        )
        assert painted(*faces, camera=camera).labels[15, 20] == 1


def test_something_upright_turns_towards_the_camera_and_stays_where_it_is() -> None:
    pole = Upright(x=2.0, z=5.0, low=0.0, high=3.0, width=0.4, texture=None, label=1)
    for x in (-3.0, 2.0, 6.0):
        camera = Camera(position=(x, 1.0, 0.0), frame_size=(8, 8), focal=8.0)
        corner, right, down = (
            np.array(getattr(pole.face(camera), side)) for side in ("corner", "right", "down")
        )
        np.testing.assert_allclose(corner + right / 2 + down, (2, 0, 5), atol=1e-9)
        assert right @ (2 - x, 0, 5) == pytest.approx(0, abs=1e-9)
        assert np.cross(right, down) @ (2 - x, 0, 5) < 0
        assert np.linalg.norm(right) == pytest.approx(0.4)


def test_no_faces_leave_the_canvas_as_it_is() -> None:
    assert np.isinf(painted().depth).all()
