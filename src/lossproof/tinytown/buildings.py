"""Facades: walls with windows, doors, shops, and what stands between them."""

from collections.abc import Iterator

import cv2
import numpy as np
from jaxtyping import Float32

from lossproof.tinytown.faces import Face, Vector
from lossproof.tinytown.shadows import Caster
from lossproof.tinytown.solids import Place, box
from lossproof.tinytown.texture import (
    Grain,
    Texture,
    cut_from,
    noise_tile,
    rough,
    stones,
    texture_of,
)
from lossproof.tinytown.truth import CLASSES

SIDE = 256
WALLS: tuple[Vector, ...] = (
    (0.42, 0.19, 0.13), (0.50, 0.44, 0.34), (0.58, 0.55, 0.50), (0.34, 0.33, 0.32),
    (0.55, 0.42, 0.24), (0.40, 0.28, 0.22), (0.62, 0.60, 0.58), (0.36, 0.40, 0.42),
)  # fmt: skip
"""Bricks, plaster and concrete."""
BUILDING = CLASSES.index("building")


def facade(rng: np.random.Generator) -> tuple[Texture, Grain, Vector]:
    """A front with its windows, what its wall is like near by, and the wall alone for its sides."""
    shade = rng.uniform(0.7, 1.1)
    red, green, blue = WALLS[rng.integers(len(WALLS))]
    wall = (float(red * shade), float(green * shade), float(blue * shade))
    picture = np.empty((SIDE, SIDE, 3), np.float32)
    stains = cut_from(rng, noise_tile(256, 0.9, 3), SIDE)[..., None]
    picture[:] = np.array(wall, np.float32) * (1 + np.float32(rng.uniform(0.06, 0.2)) * stains)
    _windows(picture, rng)
    _ground_floor(picture, rng)
    # Streets leave their dirt at the foot of walls and rain beneath the roof.
    rows = np.linspace(0, 1, SIDE, dtype=np.float32)[:, None, None]
    picture *= 1 - 0.25 * rows**6 - 0.2 * (1 - rows) ** 12
    grain = (stones(22, 7, 1.65), stones(22, 7, 1.65), rough(0.26, 1.4), rough(0.18, 2.0))
    return texture_of(picture), grain[rng.integers(len(grain))], wall


def _windows(picture: Float32[np.ndarray, "s s 3"], rng: np.random.Generator) -> None:
    across, floors = int(rng.integers(3, 7)), int(rng.integers(2, 5))
    width, height = SIDE / across, 0.72 * SIDE / floors
    wide, high = rng.uniform(0.4, 0.68) * width, rng.uniform(0.5, 0.75) * height
    frame = rng.uniform(0.05, 0.75)
    for floor in range(floors):
        for column in range(across):
            left = int((column + 0.5) * width - wide / 2)
            top = int(10 + (floor + 0.5) * height - high / 2)
            corners = (left, top), (int(left + wide), int(top + high))
            _window(picture, corners, frame, rng)


def _window(
    picture: Float32[np.ndarray, "s s 3"],
    corners: tuple[tuple[int, int], tuple[int, int]],
    frame: float,
    rng: np.random.Generator,
) -> None:
    (left, top), (right, bottom) = corners
    cv2.rectangle(picture, (left - 2, top - 2), (right + 2, bottom + 2), (frame,) * 3, -1)
    height = max(bottom - top, 1)
    glass = np.linspace(rng.uniform(0.1, 0.5), rng.uniform(0.02, 0.1), height)[:, None, None]
    picture[top:bottom, left:right] = glass * np.array([0.85, 0.95, 1.1])
    if rng.random() < 0.5:  # a blind or a curtain
        down = top + int(height * rng.uniform(0.15, 0.9))
        picture[top:down, left:right] = rng.uniform(0.25, 0.6)
    middle = (left + right) // 2
    cv2.line(picture, (middle, top), (middle, bottom), (frame,) * 3, 1)
    cv2.line(picture, (left, top + height // 3), (right, top + height // 3), (frame,) * 3, 1)
    cv2.rectangle(picture, (left - 3, bottom + 2), (right + 3, bottom + 4), (0.5, 0.48, 0.45), -1)
    picture[bottom + 5 : bottom + 7, left - 2 : right + 2] *= 0.6


def _ground_floor(picture: Float32[np.ndarray, "s s 3"], rng: np.random.Generator) -> None:
    top = int(0.77 * SIDE)
    picture[top - 6 : top - 2] *= 1.35
    picture[top - 2 : top] *= 0.5
    shop = rng.random() < 0.45
    if shop:
        colour = tuple(float(part) for part in rng.uniform(0.05, 0.5, 3))
        cv2.rectangle(picture, (6, top), (SIDE - 6, top + 12), colour, -1)
        for letter in range(int(rng.integers(4, 10))):
            left = 40 + letter * 18
            cv2.rectangle(picture, (left, top + 3), (left + int(rng.integers(5, 14)), top + 9),
                          (0.8, 0.78, 0.7), -1)  # fmt: skip
    for column in range(4):
        left = 12 + column * 62
        door = column == 1 or (shop and column == 3)
        bottom = SIDE - 1 if door else SIDE - (10 if shop else 18)
        width = 26 if door else (54 if shop else 36)
        _window(picture, ((left, top + 16), (left + width, bottom)), 0.1, rng)
        if door:
            colour = tuple(float(part) for part in rng.uniform(0.03, 0.35, 3))
            cv2.rectangle(picture, (left, top + 18), (left + width, SIDE), colour, -1)
            cv2.rectangle(picture, (left + 5, top + 22), (left + width - 5, top + 34),
                          (0.1, 0.12, 0.14), -1)  # fmt: skip


def row_of_buildings(
    rng: np.random.Generator, *, side: int, front: float, along: tuple[float, float]
) -> Iterator[tuple[tuple[Face, ...], Caster]]:
    """Buildings one after another at one side (-1 left, 1 right) of the street."""
    looks = [facade(rng) for _ in range(3)]
    z, end = along
    while z < end:
        width, height = float(rng.uniform(6, 12)), float(rng.uniform(4.5, 11))
        if rng.random() < 0.88:
            depth = front + float(rng.uniform(0, 0.8))
            yield _building(looks[rng.integers(len(looks))], side, (depth, z), (width, height))
        z += width + (float(rng.uniform(1, 4)) if rng.random() < 0.25 else 0.0)


def _building(
    look: tuple[Texture, Grain, Vector],
    side: int,
    begin: tuple[float, float],
    size: tuple[float, float],
) -> tuple[tuple[Face, ...], Caster]:
    texture, grain, wall = look
    (front, z), (width, height) = begin, size
    low, high = sorted((side * front, side * (front + 9.0)))
    sides = box(Place(0.0, 0.0), (low, 0.0, z), (high, height, z + width), texture=None, tint=wall,
                label=BUILDING, grain=grain)  # fmt: skip
    street = box(Place(0.0, 0.0), (low, 0.0, z), (high, height, z + width), texture=texture,
                 label=BUILDING, grain=grain)[3 if side < 0 else 2]  # fmt: skip
    outline = np.array([[low, z], [high, z], [high, z + width], [low, z + width]])
    caster = Caster(outline=outline, low=0.0, high=height)
    return (sides[0], sides[1], street), caster


def closing(rng: np.random.Generator, *, z: float, width: float) -> tuple[Face, ...]:
    """What stands across the far end of a street."""
    texture, grain, _ = facade(rng)
    height = float(rng.uniform(6, 14))
    wall = box(Place(0.0, 0.0), (-width, 0.0, z), (width, height, z + 8), texture=texture,
               label=BUILDING, grain=grain, tiles=(3.0, 1.0))  # fmt: skip
    return (wall[0],)
