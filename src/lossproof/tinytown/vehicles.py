"""Cars and vans: a body of flat parts, with sides cut out along their outline."""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from jaxtyping import Float32, Int32

from lossproof.tinytown.faces import Face, Vector
from lossproof.tinytown.shadows import Caster
from lossproof.tinytown.solids import Place, quad
from lossproof.tinytown.texture import Texture, texture_of
from lossproof.tinytown.truth import CLASSES

PAINTS: tuple[Vector, ...] = (
    (0.60, 0.60, 0.62), (0.32, 0.33, 0.35), (0.03, 0.03, 0.035), (0.35, 0.03, 0.03),
    (0.04, 0.08, 0.28), (0.10, 0.22, 0.14), (0.62, 0.50, 0.10), (0.14, 0.15, 0.17),
)  # fmt: skip
GLASS = (0.045, 0.06, 0.075)
Point = tuple[float, float]


@dataclass(frozen=True)
class Body:
    """A side view, its points shares of the length from the rear and of the height."""

    outline: tuple[Point, ...]
    glass: tuple[tuple[Point, ...], ...]
    window_from: tuple[int, ...]
    """Which edges of the outline are glass."""


BODIES = (
    Body(
        ((0.0, 0.20), (0.0, 0.62), (0.10, 0.64), (0.25, 0.98), (0.55, 1.0), (0.72, 0.66),
         (0.98, 0.55), (1.0, 0.20)),
        (((0.17, 0.66), (0.27, 0.92), (0.42, 0.93), (0.42, 0.66)),
         ((0.45, 0.66), (0.45, 0.93), (0.54, 0.93), (0.66, 0.66))),
        (2, 4),
    ),
    Body(
        ((0.0, 0.20), (0.01, 0.62), (0.06, 0.97), (0.56, 1.0), (0.74, 0.64), (0.98, 0.52),
         (1.0, 0.20)),
        (((0.06, 0.64), (0.10, 0.92), (0.34, 0.93), (0.34, 0.64)),
         ((0.37, 0.64), (0.37, 0.93), (0.55, 0.93), (0.68, 0.64))),
        (1, 3),
    ),
    Body(
        ((0.0, 0.18), (0.0, 0.98), (0.66, 1.0), (0.84, 0.62), (0.98, 0.52), (1.0, 0.18)),
        (((0.55, 0.62), (0.55, 0.92), (0.65, 0.92), (0.78, 0.62)),),
        (2,),
    ),
)  # fmt: skip


def car(rng: np.random.Generator, place: Place, *, instance: int) -> tuple[list[Face], Caster]:
    """A car or a van that stands at a place with its middle, and the shadow that it throws."""
    kind = int(rng.integers(len(BODIES) + 1)) % len(BODIES)
    length = float(rng.uniform(3.8, 4.7)) if kind < 2 else float(rng.uniform(4.8, 5.6))
    height = float(rng.uniform(1.4, 1.7)) if kind < 2 else float(rng.uniform(1.9, 2.3))
    half = float(rng.uniform(0.85, 0.98))
    paint = PAINTS[rng.integers(len(PAINTS))]
    body, size = BODIES[kind], (half, height, length)
    looks: dict[str, Any] = {"label": CLASSES.index("car"), "instance": instance}
    side = _side(body, paint)
    back, front = -length / 2, length / 2
    faces = [
        quad(place, (half, height, back), (half, height, front), (half, 0.0, back), texture=side,
             **looks),
        quad(place, (-half, height, back), (-half, height, front), (-half, 0.0, back), texture=side,
             both=True, **looks),
    ]  # fmt: skip
    faces += [quad(place, *strip, texture=texture, **looks) for strip, texture in
              _strips(body, size, paint)]  # fmt: skip
    corners = [place.world((x, 0.0, z)) for x, z in
               ((-half, back), (half, back), (half, front), (-half, front))]  # fmt: skip
    outline = np.array([(x, z) for x, _, z in corners])
    return faces, Caster(outline=outline, low=0.0, high=0.8 * height)


@cache
def _side(body: Body, paint: Vector) -> Texture:
    width, height = 128, 64
    picture = np.zeros((height, width, 4), np.float32)

    def pixels(points: tuple[Point, ...]) -> Int32[np.ndarray, "n 2"]:
        texels = np.array([(x * width, (1 - y) * height) for x, y in points]) - 0.5
        rounded: Int32[np.ndarray, "n 2"] = np.rint(texels).astype(np.int32)
        return rounded

    cv2.fillPoly(picture, [pixels(body.outline)], (*paint, 1))
    # A little wider than the parts between the sides, so that no gap opens along their edges.
    cv2.polylines(picture, [pixels(body.outline)], True, (*paint, 1), 3)
    picture[..., :3] *= np.linspace(1.25, 0.8, height, dtype=np.float32)[:, None, None]
    picture[int(0.62 * height) : int(0.66 * height), :, :3] *= 0.7
    picture[int(0.70 * height) :, :, :3] *= 0.55
    for glass in body.glass:
        cv2.fillPoly(picture, [pixels(glass)], (*GLASS, 1))
    for x in (0.44, 0.70):
        line = pixels(((x, 0.66), (x, 0.25)))
        cv2.line(picture, tuple(line[0].tolist()), tuple(line[1].tolist()), (0.02, 0.02, 0.02, 1))
    for x in (0.19, 0.81):
        axle = (int(x * width), int(0.80 * height))
        cv2.ellipse(picture, axle, (10, 13), 0, 0, 360, (0.012, 0.012, 0.012, 1), -1)
        cv2.ellipse(picture, axle, (6, 8), 0, 0, 360, (0.28, 0.28, 0.3, 1), -1)
        cv2.ellipse(picture, axle, (2, 3), 0, 0, 360, (0.06, 0.06, 0.06, 1), -1)
    picture[int(0.52 * height) : int(0.56 * height), 123:127, :3] = (0.75, 0.72, 0.6)
    picture[int(0.45 * height) : int(0.55 * height), 1:4, :3] = (0.4, 0.02, 0.02)
    return texture_of(picture)


def _strips(
    body: Body, size: tuple[float, float, float], paint: Vector
) -> list[tuple[tuple[Vector, Vector, Vector], Texture]]:
    """What lies across the car between its sides, from the rear over the roof to the front."""
    half, height, length = size
    points = [((x - 0.5) * length, y * height) for x, y in body.outline]
    strips = []
    last = len(points) - 2
    for edge, ((z0, y0), (z1, y1)) in enumerate(pairwise(points)):
        texture = (
            _end(paint, rear=edge == 0)
            if edge in (0, last)
            else _sheet(paint, glass=edge in body.window_from)
        )
        if edge == last or (y1 < y0):  # looks ahead
            strip = ((half, y0, z0), (-half, y0, z0), (half, y1, z1))
        else:
            strip = ((-half, y1, z1), (half, y1, z1), (-half, y0, z0))
        strips.append((strip, texture))
    return strips


@cache
def _sheet(paint: Vector, *, glass: bool) -> Texture:
    picture = np.empty((16, 32, 3), np.float32)
    picture[:] = paint
    if glass:
        picture[1:-1, 2:-2] = GLASS
        picture[1:6, 2:-2] += 0.10
    return texture_of(picture)


@cache
def _end(paint: Vector, *, rear: bool) -> Texture:
    """The front or the rear: lamps, a plate, a grille, a bumper."""
    picture: Float32[np.ndarray, "h w 3"] = np.empty((32, 64, 3), np.float32)
    picture[:] = paint
    lamp = (0.45, 0.02, 0.02) if rear else (0.85, 0.82, 0.7)
    picture[3:12, 2:12] = picture[3:12, 52:62] = lamp
    picture[19:] *= 0.5
    picture[27:] = 0.02
    if not rear:
        picture[5:12, 16:48] = 0.03
        picture[6:12:2, 16:48] = 0.2
    picture[16:21, 22:42] = (0.7, 0.7, 0.62)
    picture[18, 25:39] = 0.05
    return texture_of(picture)
