"""Where people are seen, and which of their keypoints."""

import numpy as np
import pytest

from lossproof.tinytown.body import Body, Cloth, Look
from lossproof.tinytown.body_shadow import paint_shadow
from lossproof.tinytown.camera import Camera
from lossproof.tinytown.canvas import Canvas
from lossproof.tinytown.light import Light
from lossproof.tinytown.people import Person, paint_person, random_person, seen_keypoints
from lossproof.tinytown.pose import Arm, Leg, Pose, between, skeleton
from lossproof.tinytown.truth import CLASSES

CAMERA = Camera(position=(0.0, 1.0, 0.0), frame_size=(160, 200), focal=320.0)
LIGHT = Light(to_sun=(0.6, 0.8, 0.0), sun=(0.8, 0.8, 0.8), sky=(0.4, 0.4, 0.4))
RED = Cloth(colour=(0.8, 0.0, 0.0), second=(0.8, 0.0, 0.0))
LOOK = Look(
    body=Body(height=1.75, girth=1.0, shoulders=0.19, hips=0.1),
    skin=(0.5, 0.3, 0.2),
    hair=(0.1, 0.1, 0.1),
    hair_style="short",
    top=RED,
    long_sleeves=False,
    bottom=RED,
    bottom_style="trousers",
    shoes=(0.1, 0.1, 0.1),
)
NOSE, LEFT_EAR, RIGHT_EAR, LEFT_SHOULDER, RIGHT_SHOULDER = 0, 3, 4, 5, 6
LEFT_HIP, LEFT_KNEE, LEFT_ANKLE = 11, 13, 15
FACING, AWAY = np.pi, 0.0


def standing(*, heading: float, x: float = 0.0, z: float = 4.0, pose: Pose | None = None) -> Person:
    return Person(look=LOOK, pose=pose or Pose(), position=(x, z), heading=heading)


def seen(person: Person, canvas: Canvas | None = None) -> np.ndarray:
    canvas = canvas or Canvas.blank(CAMERA.frame_size, label=0)
    paint_person(canvas, CAMERA, LIGHT, person, instance=5)
    return seen_keypoints(canvas, CAMERA, person, instance=5)


def test_somebody_who_faces_the_camera_has_the_left_at_the_right_of_the_frame() -> None:
    points = seen(standing(heading=FACING))
    left, right = points[5::2], points[6::2]
    assert (left[:, 0] > right[:, 0]).all()
    assert (points[:, 2] == 2).all()
    # Shoulders at 0.82 of the height, ankles near the ground; the horizon is at one metre.
    rows = (CAMERA.frame_size[1] - 1) / 2 - 320 / 4 * (np.array([0.82, 0.0]) * 1.75 - 1)
    np.testing.assert_allclose(points[[LEFT_SHOULDER, LEFT_ANKLE], 1], rows, atol=8)
    assert points[NOSE, 1] < points[LEFT_SHOULDER, 1] < points[LEFT_HIP, 1]
    assert points[LEFT_HIP, 1] < points[LEFT_KNEE, 1] < points[LEFT_ANKLE, 1]


def test_somebody_who_looks_away_hides_the_face_and_has_the_left_at_the_left() -> None:
    points = seen(standing(heading=AWAY))
    assert points[LEFT_SHOULDER, 0] < points[RIGHT_SHOULDER, 0]
    assert (points[:3, 2] == 1).all()
    assert (points[5:, 2] == 2).all()


def test_from_the_left_side_the_right_ear_and_shoulder_are_hidden() -> None:
    points = seen(standing(heading=-np.pi / 2))
    assert points[[LEFT_EAR, LEFT_SHOULDER], 2].tolist() == [2, 2]
    assert points[[RIGHT_EAR, RIGHT_SHOULDER], 2].tolist() == [1, 1]
    assert points[NOSE, 0] < points[LEFT_EAR, 0]


def test_a_wall_hides_what_is_behind_it() -> None:
    canvas = Canvas.blank(CAMERA.frame_size, label=0)
    wall = (slice(100, 200), slice(0, 160))
    canvas.paint(wall, colour=np.ones(3), depth=np.full((100, 160), 3.0),
                 covered=np.ones((100, 160), bool), label=1)  # fmt: skip
    points = seen(standing(heading=FACING), canvas)
    below = np.floor(points[:, 1] + 0.5) >= 100
    assert 4 <= below.sum() <= 10
    np.testing.assert_array_equal(points[:, 2], np.where(below, 1, 2))


def test_outside_the_frame_and_behind_the_camera_nothing_is_told() -> None:
    assert not seen(standing(heading=FACING, x=9.0)).any()
    assert not seen(standing(heading=FACING, z=-4.0)).any()
    half = seen(standing(heading=FACING, x=1.0))
    assert not half[LEFT_SHOULDER].any()
    assert half[RIGHT_SHOULDER, 2] == 2


def test_keypoints_lie_on_the_person() -> None:
    rng = np.random.default_rng(3)
    for _ in range(12):
        person = random_person(rng, position=(0.0, 4.5), heading=rng.uniform(-np.pi, np.pi))
        canvas = Canvas.blank(CAMERA.frame_size, label=0)
        paint_person(canvas, CAMERA, LIGHT, person, instance=1)
        points = seen_keypoints(canvas, CAMERA, person, instance=1)
        body = points[5:][points[5:, 2] > 0]
        columns, rows = np.rint(body[:, :2]).astype(int).T
        assert (canvas.instances[rows, columns] == 1).all()
        assert set(np.unique(canvas.labels)) == {0, CLASSES.index("person")}


def test_the_same_seed_gives_the_same_person() -> None:
    def painted(seed: int) -> bytes:
        canvas = Canvas.blank(CAMERA.frame_size, label=0)
        person = random_person(np.random.default_rng(seed), position=(0.0, 4.0), heading=2.0)
        paint_person(canvas, CAMERA, LIGHT, person, instance=1)
        return canvas.colour.tobytes() + canvas.depth.tobytes()

    assert painted(1) == painted(1)
    assert painted(1) != painted(2)


def test_people_stand_on_the_ground_however_they_are_bent() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        person = random_person(rng, position=(3.0, 7.0), heading=1.0)
        bones = person.skeleton
        lowest = min(bones.ankles[:, 1].min(), bones.toes[:, 1].min())
        assert 0 < lowest < 0.09
        assert bones.head[1] > 0.6 * person.look.body.height


def test_heading_turns_to_x() -> None:
    toes = standing(heading=np.pi / 2, x=1.0).skeleton.toes
    ankles = standing(heading=np.pi / 2, x=1.0).skeleton.ankles
    assert (toes[:, 0] > ankles[:, 0] + 0.1).all()


def test_limbs_keep_their_length_in_any_pose() -> None:
    bent = Pose(left_arm=Arm(1.0, 0.7, 1.2, 0.4), right_leg=Leg(1.2, 0.3, 1.4), lean=0.8, twist=0.3)
    one, other = (skeleton(LOOK.body, pose) for pose in (Pose(), bent))
    for first, second in (("shoulders", "elbows"), ("elbows", "wrists"), ("knees", "ankles")):
        lengths = [
            np.linalg.norm(getattr(bones, first) - getattr(bones, second), axis=1)
            for bones in (one, other)
        ]
        np.testing.assert_allclose(*lengths, rtol=1e-9)


def test_between_two_poses_angles_are_in_proportion() -> None:
    middle = between(Pose(lean=0.2), Pose(lean=0.6, left_arm=Arm(swing=1.0)), 0.25)
    assert middle.lean == pytest.approx(0.3)
    assert middle.left_arm.swing == pytest.approx(0.25)


def test_a_shadow_falls_on_the_ground_away_from_the_sun_and_only_there() -> None:
    camera = Camera(position=(0.0, 2.0, 0.0), frame_size=(200, 120), focal=120.0, pitch=-0.4)
    canvas = Canvas.blank(camera.frame_size, label=CLASSES.index("road"))
    canvas.colour[:] = 1
    canvas.labels[:, :20] = CLASSES.index("building")
    paint_shadow(canvas, camera, LIGHT, standing(heading=FACING, z=5.0).skeleton)
    darker = canvas.colour[..., 0] < 0.7
    columns = np.flatnonzero(darker.any(axis=0))
    # The sun stands at the right: the head's shadow lies 1.75 * 0.6 / 0.8 metres to the left.
    assert columns.min() < 99.5 - 120 / 5.5 * 0.9
    assert columns.max() < 99.5 + 12
    assert columns.min() >= 20
    np.testing.assert_array_equal(canvas.colour[:, :20], 1)
    assert canvas.colour.min() == pytest.approx(0.85 * 0.4 / (0.4 + 0.8 * 0.8), rel=0.15)


def test_a_body_of_impossible_height_is_refused() -> None:
    with pytest.raises(ValueError, match=r"height is 3\.0; 0\.5 to 2\.5 metres"):
        Body(height=3.0, girth=1.0, shoulders=0.2, hips=0.1)
