"""People of the street: how they stand, how they are painted and where their keypoints are seen."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64

from lossproof.tinytown.body import Look, random_look
from lossproof.tinytown.camera import NEAREST, Camera
from lossproof.tinytown.canvas import Canvas
from lossproof.tinytown.figure import capsules_of
from lossproof.tinytown.light import Light
from lossproof.tinytown.limbs import draw
from lossproof.tinytown.pose import Pose, Skeleton, skeleton
from lossproof.tinytown.stances import random_stance
from lossproof.tinytown.truth import CLASSES

_PERSON = CLASSES.index("person")
_FACE = 5
"""So many keypoints, the first, lie on the skin; the others lie inside limbs."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """``position`` is x and z in metres on the ground, ``heading`` where the hips look to in
    radians: 0 along z, more turns to x."""

    look: Look
    pose: Pose
    position: tuple[float, float]
    heading: float

    @property
    def skeleton(self) -> Skeleton:
        """The joints in the world."""
        bones = skeleton(self.look.body, self.pose)
        return bones.placed(position=self.position, heading=self.heading)


def random_person(
    rng: np.random.Generator, *, position: tuple[float, float], heading: float
) -> Person:
    """Somebody who stands, walks, waves, carries or sits as people in the street do."""
    look = random_look(rng)
    return Person(look=look, pose=random_stance(rng), position=position, heading=heading)


def paint_person(
    canvas: Canvas, camera: Camera, light: Light, person: Person, *, instance: int
) -> None:
    """Paint a person, without the shadow: ``shadow.paint_shadow`` lays it on a painted ground."""
    capsules = capsules_of(person.look, person.skeleton)
    draw(canvas, camera, light, capsules, label=_PERSON, instance=instance)


def seen_keypoints(
    canvas: Canvas, camera: Camera, person: Person, *, instance: int
) -> Float32[np.ndarray, "17 3"]:
    """COCO's keypoints of a person on a canvas where everything is painted: x, y, visibility.

    Visibility is 2 where the point is seen, 1 where something is before it (the person's own body
    too), and 0, with x and y 0, outside the frame and behind the camera.
    """
    own = camera.seen_from(person.skeleton.keypoints)
    ahead = own[:, 2] > NEAREST
    pixels = camera.project(np.where(ahead[:, None], own, [0.0, 0.0, 1.0]))
    places = np.floor(pixels + 0.5).astype(int)
    inside = ahead & (places >= 0).all(axis=1) & (places < camera.frame_size).all(axis=1)
    found = np.zeros((len(own), 3), np.float32)
    hidden = _hidden(canvas, places[inside], own[inside, 2], _within(person)[inside], instance)
    found[inside, :2] = pixels[inside]
    found[inside, 2] = np.where(hidden, 1, 2)
    return found


def _within(person: Person) -> Float64[np.ndarray, "17"]:
    """How far in metres keypoints may lie below the surface of their own limb."""
    height = person.look.body.height
    return np.where(np.arange(17) < _FACE, 0.03, 0.075 * person.look.body.girth) * height


def _hidden(
    canvas: Canvas,
    places: np.ndarray,
    depth: Float64[np.ndarray, " k"],
    within: Float64[np.ndarray, " k"],
    instance: int,
) -> Bool[np.ndarray, " k"]:
    columns, rows = places.T
    belongs = canvas.instances[rows, columns] == instance
    hidden: Bool[np.ndarray, " k"] = canvas.depth[rows, columns] < depth - within * belongs
    return hidden
