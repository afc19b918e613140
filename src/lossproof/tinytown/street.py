"""A street: the ground, and everything that stands on it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from lossproof.tinytown.buildings import closing, row_of_buildings
from lossproof.tinytown.faces import Face, Vector
from lossproof.tinytown.furniture import (
    bench,
    crown,
    fence,
    fence_of,
    lamp_arm,
    pole,
    sign,
    tree,
)
from lossproof.tinytown.shadows import Caster
from lossproof.tinytown.solids import Place, Upright
from lossproof.tinytown.texture import Grain, Texture, blades, rough, stones
from lossproof.tinytown.truth import CLASSES
from lossproof.tinytown.vehicles import car
from lossproof.tinytown.weather import clouds

BEGIN = -6.0
"""Where a street begins, in metres; cameras stand near 0 and look towards its end."""
END = 62.0
"""Where it ends, unless told otherwise."""
SMALL_THINGS_END = 34.0
"""Farther away there are no signs and benches, which would be a few pixels large."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Street:
    """Everything that does not move. ``road`` and ``walls`` are half widths, in metres.

    ``things`` gives the class of each instance, in order from instance 1. ``haze`` is how far one
    sees until 63% is lost.
    """

    faces: tuple[Face, ...]
    uprights: tuple[Upright, ...]
    casters: tuple[Caster, ...]
    things: tuple[str, ...]
    clouds: Texture
    road: float
    walls: tuple[float, float]
    haze: float

    @property
    def num_things(self) -> int:
        """How many instances it has."""
        return len(self.things)


@dataclass
class _Building:
    """A street while it is being built."""

    rng: np.random.Generator
    road: float
    pavement: float
    verge: tuple[float, float]
    end: float
    faces: list[Face] = field(default_factory=list)
    uprights: list[Upright] = field(default_factory=list)
    casters: list[Caster] = field(default_factory=list)
    things: list[str] = field(default_factory=list)

    def wall(self, side: int) -> float:
        """How far from the middle what stands behind the verge begins."""
        return self.road + self.pavement + self.verge[0 if side < 0 else 1]

    def next_instance(self, name: str) -> int:
        self.things.append(name)
        return len(self.things)

    def spots(self, step: tuple[float, float], *, until: float = np.inf) -> Iterator[float]:
        """Places along the street, one after another."""
        z = BEGIN + float(self.rng.uniform(0, step[1]))
        while z < min(self.end - 2, until):
            yield z
            z += float(self.rng.uniform(*step))


def make_street(rng: np.random.Generator, *, end: float = END) -> Street:
    """A random street, 6 to 8 m of road between pavements, verges and facades.

    With an earlier ``end``, in metres, it is drawn faster. Raises ValueError for less than 10.
    """
    if end < 10:
        raise ValueError(f"end is {end}; 10 metres or more are allowed")
    verge = [0.0 if rng.random() < 0.2 else float(rng.uniform(1.5, 6.0)) for _ in range(2)]
    if rng.random() < 0.25:  # a park instead of houses at one side
        verge[int(rng.integers(2))] = 10.0
    road, pavement = float(rng.uniform(2.8, 4.2)), float(rng.uniform(2.2, 3.2))
    building = _Building(rng, road, pavement, (verge[0], verge[1]), end)
    _lay_ground(building)
    for part in (_houses, _trees, _lamps, _signs, _cars, _benches, _fences):
        part(building)
    return Street(
        faces=tuple(building.faces),
        uprights=tuple(building.uprights),
        casters=tuple(building.casters),
        things=tuple(building.things),
        clouds=clouds(rng),
        road=building.road,
        walls=(building.wall(-1), building.wall(1)),
        haze=float(np.exp(rng.uniform(np.log(120), np.log(900)))),
    )


def ground(
    across: tuple[float, float],
    along: tuple[float, float],
    *,
    height: float = 0.0,
    colour: Vector,
    label: str,
    grain: Grain,
) -> Face:
    """A part of the ground from left to right and from near to far."""
    (left, right), (near, far) = across, along
    return Face(
        corner=(left, height, far),
        right=(right - left, 0.0, 0.0),
        down=(0.0, 0.0, near - far),
        texture=None,
        tint=colour,
        label=CLASSES.index(label),
        grain=grain,
        lies=True,
    )


def _lay_ground(building: _Building) -> None:
    rng, road, along = building.rng, building.road, (BEGIN - 4, building.end + 30)
    asphalt, stone = float(rng.uniform(0.07, 0.16)), float(rng.uniform(0.2, 0.38))
    paving = (stones(4, 4, 2.4), stones(5, 3, 2.0), rough(0.2, 1.2))[rng.integers(3)]
    tar: Vector = (asphalt, asphalt, asphalt * 1.04)
    building.faces.append(
        ground((-road, road), along, colour=tar, label="road", grain=rough(0.36, 1.5))
    )
    turf = float(rng.uniform(0.8, 1.25))
    for side in (-1, 1):
        kerb, inner, wall = road + 0.15, road + building.pavement, building.wall(side)
        strips = (
            ((road, kerb), (0.42, 0.41, 0.39), "pavement", stones(2, 3, 2.0)),
            ((kerb, inner), (stone, stone * 0.96, stone * 0.9), "pavement", paving),
            ((inner, wall + 25), (0.10 * turf, 0.15 * turf, 0.04 * turf), "grass", blades(0.65)),
        )
        for (near, far), colour, label, grain in strips:
            ends = sorted((side * near, side * far))
            building.faces.append(
                ground((ends[0], ends[1]), along, colour=colour, label=label, grain=grain)
            )
    _mark_road(building)


def _mark_road(building: _Building) -> None:
    rng, road = building.rng, building.road
    white = float(rng.uniform(0.45, 0.65))
    paint = partial(ground, height=0.004, colour=(white,) * 3, label="road", grain=rough(0.36, 1.5))
    dash, gap = float(rng.uniform(1.5, 3)), float(rng.uniform(1.5, 4))
    for z in np.arange(BEGIN, building.end, dash + gap).tolist():
        building.faces.append(paint((-0.06, 0.06), (z, z + dash)))
    if rng.random() < 0.6:
        for x in (-road + 0.25, road - 0.35):
            building.faces.append(paint((x, x + 0.1), (BEGIN, building.end)))
    if rng.random() < 0.5:  # a crossing
        z = float(rng.uniform(6, 25))
        for x in np.arange(-road + 0.3, road - 0.5, 1.0).tolist():
            building.faces.append(paint((x, x + 0.5), (z, z + 3)))


def _houses(building: _Building) -> None:
    rng = building.rng
    for side in (-1, 1):
        if building.wall(side) - building.road - building.pavement >= 10:
            continue
        for faces, caster in row_of_buildings(
            rng, side=side, front=building.wall(side), along=(BEGIN - 4, building.end)
        ):
            building.faces.extend(faces)
            building.casters.append(caster)
    building.faces.extend(closing(rng, z=building.end + 4, width=30.0))


def _trees(building: _Building) -> None:
    rng = building.rng
    foliage = [crown(rng) for _ in range(2)]
    for side in (-1, 1):
        verge = building.wall(side) - building.road - building.pavement
        step = (6.0, 13.0) if verge < 10 else (3.5, 8.0)
        for z in building.spots(step):
            if verge > 1.5:
                x = building.road + building.pavement + float(rng.uniform(0.7, verge - 0.5))
            else:
                x = building.road + 0.55
            uprights, casters = tree(rng, foliage[rng.integers(2)], x=side * x, z=z)
            building.uprights.extend(uprights)
            building.casters.extend(casters)


def _lamps(building: _Building) -> None:
    rng = building.rng
    for side in (-1, 1):
        for z in building.spots((11.0, 20.0)):
            x, high = side * (building.road + 0.45), float(rng.uniform(4.5, 7.5))
            upright, caster = pole(rng, x=x, z=z, high=high)
            building.uprights.append(upright)
            building.casters.append(caster)
            building.faces.extend(lamp_arm(x, z, high=high, side=side))


def _signs(building: _Building) -> None:
    rng = building.rng
    for side in (-1, 1):
        for z in building.spots((6.0, 13.0), until=SMALL_THINGS_END):
            x = side * (building.road + float(rng.uniform(0.35, 0.6)))
            place = Place(x, z, np.pi + float(rng.uniform(-0.35, 0.35)))
            instance = building.next_instance("sign")
            front, back, post, caster = sign(rng, place=place, instance=instance)
            building.faces.extend((front, back))
            building.uprights.append(post)
            building.casters.append(caster)


def _cars(building: _Building) -> None:
    rng, road = building.rng, building.road
    for side in (-1, 1):
        parked = side * (road - 1.05)
        for z in building.spots((7.0, 20.0)):
            heading = 0.0 if rng.random() < 0.5 else np.pi
            place = Place(
                parked + float(rng.normal(0, 0.08)), z, heading + float(rng.normal(0, 0.03))
            )
            _add_car(building, place)
    for z in building.spots((18.0, 40.0)):
        if z > 9 and road > 3.4:
            side = 1 if rng.random() < 0.5 else -1
            _add_car(building, Place(side * 0.5, z, 0.0 if side > 0 else np.pi))


def _add_car(building: _Building, place: Place) -> None:
    faces, caster = car(building.rng, place, instance=building.next_instance("car"))
    building.faces.extend(faces)
    building.casters.append(caster)


def _benches(building: _Building) -> None:
    rng = building.rng
    for side in (-1, 1):
        for z in building.spots((4.5, 10.0), until=SMALL_THINGS_END):
            x = side * (building.road + building.pavement - float(rng.uniform(0.3, 0.5)))
            place = Place(x, z, -side * np.pi / 2 + float(rng.uniform(-0.5, 0.5)))
            faces, caster = bench(rng, place=place, instance=building.next_instance("bench"))
            building.faces.extend(faces)
            building.casters.append(caster)


def _fences(building: _Building) -> None:
    rng = building.rng
    for side in (-1, 1):
        verge = building.wall(side) - building.road - building.pavement
        if verge == 0 or rng.random() < 0.2:
            continue
        look, high = fence_of(rng), float(rng.uniform(0.8, 1.5))
        x = side * (building.road + building.pavement + 0.12)
        z = BEGIN + float(rng.uniform(0, 4))
        while z < building.end:
            length = float(rng.uniform(4, 9))
            face, caster = fence(look, x=x, along=(z, min(z + length, building.end)), high=high)
            building.faces.append(face)
            building.casters.append(caster)
            z += length + float(rng.uniform(1, 5))
