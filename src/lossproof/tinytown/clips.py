"""Clips of one person who does one thing, in a street, by a camera that moves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float64

from lossproof.tinytown.actions import (
    Moment,
    Style,
    moment,
    random_style,
    stooped,
)
from lossproof.tinytown.body import Look, random_look
from lossproof.tinytown.camera import Camera
from lossproof.tinytown.canvas import Canvas
from lossproof.tinytown.filming import (
    SMALLEST,
    TALLEST,
    Filming,
    pixels_high,
    random_filming,
    steady,
    within,
)
from lossproof.tinytown.frame import paint
from lossproof.tinytown.light import Light
from lossproof.tinytown.limbs import Capsules
from lossproof.tinytown.people import Person
from lossproof.tinytown.pose import Pose, Skeleton, Vector
from lossproof.tinytown.props import PARCEL_HEIGHT, paint_prop, parcel, stool
from lossproof.tinytown.sensor import random_sensor
from lossproof.tinytown.street import Street, make_street
from lossproof.tinytown.truth import ACTIONS, ActionClip
from lossproof.tinytown.weather import random_light

NUM_FRAMES, FRAMES_PER_SECOND = 16, 12
_TRIES = 40
"""Takes that are thought up before one is chosen in which nothing hides the person."""
_SECONDS = tuple(number / FRAMES_PER_SECOND for number in range(NUM_FRAMES))


@dataclass(frozen=True, kw_only=True)
class Act:
    """What happens before the camera, frame by frame: the person, and a prop if there is one."""

    people: tuple[Person, ...]
    props: tuple[Capsules | None, ...]


def clip(rng: np.random.Generator, *, action: str, scene_seed: int, group: str) -> ActionClip:
    """A clip of 16 frames of 160x120. Street and person come from ``scene_seed``, all else from
    ``rng``; ``group`` names them. An action that is none of ``ACTIONS`` is a ``ValueError``."""
    scene = np.random.default_rng(scene_seed)
    street, look = make_street(scene), random_look(scene)
    style, light = random_style(rng), random_light(rng)
    colour = tuple((rng.uniform(0.2, 0.8, 3) ** 2.2).tolist())
    script = _Script(action=action, style=style, look=look, colour=colour)
    act, cameras = _take(rng, script, street=street, light=light)
    sensor = random_sensor(rng)
    frames = [
        sensor.expose(_painted(street, camera, light, act, number).colour, rng)
        for number, camera in enumerate(cameras)
    ]
    return ActionClip(
        frames=np.stack(frames),
        label=ACTIONS.index(action),
        frames_per_second=FRAMES_PER_SECOND,
        group=group,
    )


def _take(
    rng: np.random.Generator, script: "_Script", *, street: Street, light: Light
) -> tuple[Act, tuple[Camera, ...]]:
    """An act and a camera for each of its frames, such that the person is seen in all of them."""
    for _ in range(_TRIES):
        filming = random_filming(rng, person_height=script.look.body.height)
        played = script.played(*_random_place(rng, street, filming))
        cameras = _cameras(played, filming)
        if not (_tall_enough(played, cameras) and _fits(played, cameras)):
            continue
        if _clear(played, cameras, street, light):
            return played, cameras
    filming = steady(filming)
    cameras = _cameras(played, filming)
    while not _fits(played, cameras):
        filming = replace(filming, distance=1.1 * filming.distance)
        cameras = _cameras(played, filming)
    return played, cameras


def _random_place(
    rng: np.random.Generator, street: Street, filming: Filming
) -> tuple[tuple[float, float], float]:
    """Where on the road or a pavement the person begins, x and z, and the heading."""
    side = (-1, 0, 0, 1)[rng.integers(4)]
    x = side * (street.road + 1.4) + rng.uniform(-0.6, 0.6)
    z = filming.distance + rng.uniform(-1, 18)
    return (float(x), float(z)), float(filming.yaw + rng.uniform(-np.pi, np.pi))


@dataclass(frozen=True, kw_only=True)
class _Script:
    """Who does what and how."""

    action: str
    style: Style
    look: Look
    colour: tuple[float, float, float]

    def played(self, place: tuple[float, float], heading: float) -> Act:
        """The act at a place on the ground, x and z, begun with this heading."""
        moments = [moment(self.action, self.style, seconds=seconds) for seconds in _SECONDS]
        way = [now.ahead - moments[0].ahead for now in moments]
        people = tuple(
            self._person(now.pose, ahead, place, heading)
            for now, ahead in zip(moments, way, strict=True)
        )
        props = self._props(moments, people)
        return Act(people=people, props=props)

    def _person(
        self, pose: Pose, ahead: float, place: tuple[float, float], heading: float
    ) -> Person:
        x, z = place[0] + ahead * np.sin(heading), place[1] + ahead * np.cos(heading)
        return Person(look=self.look, pose=pose, position=(float(x), float(z)), heading=heading)

    def _props(
        self, moments: Sequence[Moment], people: tuple[Person, ...]
    ) -> tuple[Capsules | None, ...]:
        if self.action in ("sit_down", "stand_up"):
            seated = moment("stand_up", self.style, seconds=0.0).pose
            bones = replace(people[0], pose=seated).skeleton
            body = self.look.body
            return (
                stool(bones, thick=0.05 * body.height * body.girth, colour=self.colour),
            ) * NUM_FRAMES
        if self.action in ("pick_up", "put_down"):
            return self._parcels(moments, people)
        return (None,) * NUM_FRAMES

    def _parcels(
        self, moments: Sequence[Moment], people: tuple[Person, ...]
    ) -> tuple[Capsules, ...]:
        """A parcel on the ground where the hands reach it, and with them while it is held."""
        low = _grip(replace(people[0], pose=stooped(self.style)).skeleton)
        ground = low * [1, 0, 1] + [0, PARCEL_HEIGHT / 2, 0]
        places = [
            _grip(person.skeleton) + ground - low if now.holding else ground
            for now, person in zip(moments, people, strict=True)
        ]
        right = people[0].skeleton.torso_axes[0]
        return tuple(parcel(place, right, colour=self.colour) for place in places)


def _grip(bones: Skeleton) -> Vector:
    """Between the hands."""
    middle: Vector = bones.hands.mean(axis=0)
    return middle


def _cameras(act: Act, filming: Filming) -> tuple[Camera, ...]:
    heights = np.concatenate([_outline(person.skeleton)[:, 1] for person in act.people])
    height = (heights.min() + heights.max()) / 2
    middles = [np.array([x, height, z]) for x, z in (one.position for one in act.people)]
    return tuple(
        filming.camera(seconds, start=middles[0], now=middle)
        for seconds, middle in zip(_SECONDS, middles, strict=True)
    )


def _fits(act: Act, cameras: Sequence[Camera]) -> bool:
    """Whether the person stays within the frame."""
    return all(
        within(camera, _outline(person.skeleton))
        for person, camera in zip(act.people, cameras, strict=True)
    )


def _tall_enough(act: Act, cameras: Sequence[Camera]) -> bool:
    """Whether the person is never seen too small or too big."""
    return all(
        SMALLEST
        <= pixels_high(camera, metres=person.look.body.height, at=person.skeleton.pelvis)
        <= TALLEST
        for person, camera in zip(act.people, cameras, strict=True)
    )


def _outline(bones: Skeleton) -> Float64[np.ndarray, "n 3"]:
    """Keypoints, tips of hands and feet, and the crown of the head."""
    crown = bones.head + 1.4 * (bones.head - bones.neck)
    return np.concatenate([bones.keypoints, bones.hands, bones.toes, crown[None]])


def _clear(act: Act, cameras: Sequence[Camera], street: Street, light: Light) -> bool:
    """Whether nothing of the street stands before the person at the begin and the end."""
    return all(
        _seen(paint(street, cameras[at], light, ()), cameras[at], act.people[at]).all()
        for at in (0, NUM_FRAMES - 1)
    )


def _seen(canvas: Canvas, camera: Camera, person: Person) -> Bool[np.ndarray, " n"]:
    own = camera.seen_from(person.skeleton.keypoints)
    columns, rows = np.rint(camera.project(own)).astype(int).T
    free: Bool[np.ndarray, " n"] = canvas.depth[rows, columns] > own[:, 2]
    return free


def _painted(street: Street, camera: Camera, light: Light, act: Act, number: int) -> Canvas:
    person, prop = act.people[number], act.props[number]
    canvas = paint(street, camera, light, (person,))
    if prop is not None:
        paint_prop(canvas, camera, light, prop)
    return canvas
