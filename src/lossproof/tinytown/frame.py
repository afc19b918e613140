"""A picture of a street with people in it, and everything that is known of it."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32, Float64, Int32

from lossproof.records import FrameSize
from lossproof.tinytown.body_shadow import paint_shadow
from lossproof.tinytown.camera import Camera
from lossproof.tinytown.canvas import NOTHING, Canvas
from lossproof.tinytown.faces import paint_faces
from lossproof.tinytown.light import Light
from lossproof.tinytown.marking import marked
from lossproof.tinytown.people import Person, paint_person, random_person, seen_keypoints
from lossproof.tinytown.sensor import random_sensor
from lossproof.tinytown.shadows import Caster, shade
from lossproof.tinytown.street import Street, make_street
from lossproof.tinytown.truth import CLASSES, THINGS, Still, Thing
from lossproof.tinytown.weather import add_haze, paint_sky, random_light

FRAME_SIZE = (320, 240)
FEWEST_PIXELS = 64
"""A thing of which less is seen is not annotated."""


VIEW = (
    *((0.0, 0.0), (0.0, 0.5), (0.0, 1.0), (-0.4, 1.4), (0.4, 1.4)),
    *((0.0, 2.0), (-0.8, 2.2), (0.8, 2.2), (0.0, 2.8)),
)
"""Places to the right and ahead of a camera that should be free."""
HEAD = 1.8
ROOM = 0.3
"""Metres that a person needs on each side."""
TRIES = 40
"""Of so many places, a camera takes one with the least before it."""


def paint(street: Street, camera: Camera, light: Light, people: Sequence[Person]) -> Canvas:
    """The linear light that reaches a camera, with depth, classes and instances.

    People are the instances that follow the street's own.
    """
    canvas = Canvas.blank(camera.frame_size, label=CLASSES.index("sky"))
    for number, person in enumerate(people, street.num_things + 1):
        paint_person(canvas, camera, light, person, instance=number)
    faces = (*street.faces, *(upright.face(camera) for upright in street.uprights))
    paint_faces(canvas, camera, light, faces, shade(street.casters, light).at)
    for person in people:
        paint_shadow(canvas, camera, light, person.skeleton)
    paint_sky(canvas, camera, light, street.clouds)
    add_haze(canvas, light, metres=street.haze)
    return canvas


def render(
    street: Street,
    camera: Camera,
    light: Light,
    people: Sequence[Person],
    *,
    rng: np.random.Generator,
) -> Still:
    """A photograph by a random camera, with its ground truth; ``rng`` decides sensor and noise."""
    canvas = paint(street, camera, light, people)
    frame = random_sensor(rng).expose(canvas.colour, rng)
    names = dict(enumerate((*street.things, *["person"] * len(people)), 1))
    seen = dict(enumerate(people, street.num_things + 1))
    things = []
    for instance, (box, area) in boxes_of(canvas.instances).items():
        person = seen.get(instance)
        things.append(
            Thing(
                instance=instance,
                label=THINGS.index(names[instance]),
                box=box,
                area=area,
                keypoints=None
                if person is None
                else marked(seen_keypoints(canvas, camera, person, instance=instance), area=area),
            )
        )
    return Still(
        frame=frame,
        depth=np.where(np.isinf(canvas.depth), np.float32(np.nan), canvas.depth),
        class_map=canvas.labels,
        instances=canvas.instances,
        things=tuple(things),
    )


def boxes_of(
    instances: Int32[np.ndarray, "h w"],
) -> dict[int, tuple[Float32[np.ndarray, "4"], int]]:
    """The box around the visible pixels of each instance and their number, if enough are seen."""
    rows, columns = np.nonzero(instances != NOTHING)
    numbers = instances[rows, columns]
    boxes = {}
    for number in np.unique(numbers).tolist():
        own = numbers == number
        area = int(np.count_nonzero(own))
        if area >= FEWEST_PIXELS:
            x, y = columns[own], rows[own]
            corners = (x.min(), y.min(), x.max() + 1, y.max() + 1)
            boxes[number] = (np.array(corners, np.float32), area)
    return boxes


def random_camera(
    rng: np.random.Generator, street: Street, *, frame_size: FrameSize = FRAME_SIZE
) -> Camera:
    """Where someone may stand or drive: on the road or a pavement, looking along the street.

    Of some places it takes one with free ground within 3 m before it.
    """
    taken = taken_by(street.casters)
    cameras = [_any_camera(rng, street, frame_size) for _ in range(TRIES)]
    views = np.array([[ground_at(camera, *spot) for spot in VIEW] for camera in cameras])
    blocked = [sum(hits(taken, x, z) for x, z in view) for view in views.tolist()]
    return cameras[int(np.argmin(blocked))]


def _any_camera(rng: np.random.Generator, street: Street, frame_size: FrameSize) -> Camera:
    side = (-1, -1, 0, 1, 1)[rng.integers(5)]
    return Camera(
        position=(
            side * (street.road + 1.2) + float(rng.uniform(-0.7, 0.7)),
            float(rng.uniform(1.2, 2.2)),
            float(rng.uniform(-3, 18)),
        ),
        frame_size=frame_size,
        focal=float(rng.uniform(0.75, 1.05)) * frame_size[0],
        yaw=float(np.clip(rng.normal(-0.16 * side, 0.18), -0.5, 0.5)),
        pitch=float(rng.normal(-0.03, 0.03)),
        roll=float(rng.normal(0, 0.015)),
    )


def ground_at(camera: Camera, side: float, ahead: float) -> tuple[float, float]:
    """x and z of what is so many metres to the right and ahead of a camera."""
    sin, cos = float(np.sin(camera.yaw)), float(np.cos(camera.yaw))
    x, _, z = camera.position
    return (x + cos * side + sin * ahead, z - sin * side + cos * ahead)


def still(rng: np.random.Generator) -> Still:
    """A random street by random light with 1 to 5 people, at 320x240."""
    street = make_street(rng)
    camera, light = random_camera(rng, street), random_light(rng)
    people = _people(rng, street, camera, num=int(rng.integers(1, 6)))
    return render(street, camera, light, people, rng=rng)


def _people(
    rng: np.random.Generator, street: Street, camera: Camera, *, num: int
) -> tuple[Person, ...]:
    """People within the frame, on the ground that is free, as near as a passer-by comes."""
    people: list[Person] = []
    taken = taken_by(street.casters)
    half = camera.frame_size[0] / 2 / camera.focal
    for _ in range(20 * num):
        if len(people) == num:
            break
        ahead = float(np.exp(rng.uniform(np.log(3.2), np.log(13))))
        x, z = ground_at(camera, float(rng.uniform(-0.9, 0.9)) * half * ahead, ahead)
        if -street.walls[0] + 0.4 < x < street.walls[1] - 0.4 and not hits(taken, x, z):
            heading = float(rng.uniform(-np.pi, np.pi))
            people.append(random_person(rng, position=(x, z), heading=heading))
            taken = np.vstack([taken, (x - 0.2, z - 0.2, x + 0.2, z + 0.2)])
    return tuple(people)


def taken_by(casters: Sequence[Caster]) -> Float64[np.ndarray, "n 4"]:
    """The ground that things stand on, each from left, near to right, far; what begins above a
    person's head takes none."""
    taken = [np.concatenate([caster.outline.min(axis=0), caster.outline.max(axis=0)])
             for caster in casters if caster.low < HEAD]  # fmt: skip
    ends: Float64[np.ndarray, "n 4"] = np.array(taken, float).reshape(-1, 4)
    return ends


def hits(taken: Float64[np.ndarray, "n 4"], x: float, z: float) -> bool:
    """Whether a person at a place would touch something."""
    left, near, right, far = taken.T
    return bool(
        ((left - ROOM < x) & (x < right + ROOM) & (near - ROOM < z) & (z < far + ROOM)).any()
    )
