"""Faces put together: boxes, and upright pictures that turn towards the camera."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from lossproof.tinytown.camera import Camera
from lossproof.tinytown.canvas import NOTHING
from lossproof.tinytown.faces import Face, Vector
from lossproof.tinytown.texture import Grain, Texture


@dataclass(frozen=True)
class Place:
    """Where on the ground something stands and where it looks: 0 along the street, to the right."""

    x: float
    z: float
    heading: float = 0.0

    def world(self, local: Vector) -> Vector:
        """A point to its right, up and ahead of it, in the world."""
        side, up, ahead = local
        sin, cos = float(np.sin(self.heading)), float(np.cos(self.heading))
        return (self.x + cos * side + sin * ahead, up, self.z - sin * side + cos * ahead)


def quad(place: Place, corner: Vector, right: Vector, down: Vector, **looks: Any) -> Face:
    """A face by three of its corners on the axes of a place: top left, top right, bottom left."""
    begin = place.world(corner)
    to_right, to_down = _less(place.world(right), begin), _less(place.world(down), begin)
    return Face(corner=begin, right=to_right, down=to_down, **looks)


def _less(a: Vector, b: Vector) -> Vector:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def box(place: Place, low: Vector, high: Vector, **looks: Any) -> tuple[Face, ...]:
    """The five sides of a box that are seen from outside, without its floor.

    In the order back, front, left, right, top.
    """
    (x0, y0, z0), (x1, y1, z1) = low, high
    return (
        quad(place, (x0, y1, z0), (x1, y1, z0), (x0, y0, z0), **looks),
        quad(place, (x1, y1, z1), (x0, y1, z1), (x1, y0, z1), **looks),
        quad(place, (x0, y1, z1), (x0, y1, z0), (x0, y0, z1), **looks),
        quad(place, (x1, y1, z0), (x1, y1, z1), (x1, y0, z0), **looks),
        quad(place, (x0, y1, z1), (x1, y1, z1), (x0, y1, z0), **looks),
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class Upright:
    """Something round, such as a pole or a crown: a picture that always shows itself to the camera.

    ``low`` and ``high`` are metres above the ground. ``normal`` is where light falls on it best.
    """

    x: float
    z: float
    low: float
    high: float
    width: float
    texture: Texture | None
    label: int
    instance: int = NOTHING
    grain: Grain | None = None
    tint: Vector = (1.0, 1.0, 1.0)
    normal: Vector | None = None

    def face(self, camera: Camera) -> Face:
        """Its picture as the camera sees it."""
        away = np.array([self.x - camera.position[0], self.z - camera.position[2]])
        across, along = (away / max(float(np.hypot(*away)), 1e-6) * self.width).tolist()
        return Face(
            corner=(self.x - along / 2, self.high, self.z + across / 2),
            right=(along, 0.0, -across),
            down=(0.0, self.low - self.high, 0.0),
            texture=self.texture,
            label=self.label,
            instance=self.instance,
            grain=self.grain,
            tint=self.tint,
            normal=self.normal,
        )
