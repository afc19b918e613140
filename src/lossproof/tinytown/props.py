"""What actions need besides people: a seat, and a parcel to be picked up."""

import numpy as np

from lossproof.tinytown.body import Cloth, Colour
from lossproof.tinytown.camera import Camera
from lossproof.tinytown.canvas import NOTHING, Canvas
from lossproof.tinytown.light import Light
from lossproof.tinytown.limbs import Capsules, draw
from lossproof.tinytown.pose import Skeleton, Vector
from lossproof.tinytown.truth import CLASSES

_BENCH = CLASSES.index("bench")
_PARCEL_RADIUS = 0.12
_PARCEL_HALF = 0.04
PARCEL_HEIGHT = 2 * (_PARCEL_RADIUS + _PARCEL_HALF)
"""In metres."""
_SEAT_RADIUS = 0.03


def stool(seated: Skeleton, *, thick: float, colour: Colour) -> Capsules:
    """A stool under a person who sits, ``thick`` metres below the joints of the hips."""
    right, _, _ = seated.torso_axes
    ahead = np.array([-right[2], 0.0, right[0]])
    middle = seated.pelvis - np.array([0, thick + _SEAT_RADIUS, 0])
    slats = [middle + ahead * at for at in (-0.14, -0.07, 0.0, 0.07, 0.14)]
    starts = [slat - right * 0.2 for slat in slats]
    ends = [slat + right * 0.2 for slat in slats]
    for side in (-0.18, 0.18):
        for at in (-0.13, 0.13):
            top = middle + right * side + ahead * at
            starts.append(top)
            ends.append(top * [1, 0, 1])
    return _all_of(starts, ends, _SEAT_RADIUS, right, colour)


def parcel(centre: Vector, right: Vector, *, colour: Colour) -> Capsules:
    """A soft parcel that lies across, as it does before somebody who holds it in both hands."""
    ends = [centre + np.array([0, _PARCEL_HALF * at, 0]) + right * 0.12 for at in (-1, 1)]
    starts = [end - right * 0.24 for end in ends]
    return _all_of(starts, ends, _PARCEL_RADIUS, right, colour)


def paint_prop(canvas: Canvas, camera: Camera, light: Light, prop: Capsules) -> None:
    """Paint a prop; it is counted among the benches."""
    draw(canvas, camera, light, prop, label=_BENCH, instance=NOTHING)


def _all_of(
    starts: list[Vector], ends: list[Vector], radius: float, right: Vector, colour: Colour
) -> Capsules:
    number = len(starts)
    return Capsules(
        np.array(starts),
        np.array(ends),
        np.full((number, 2), radius),
        np.array(starts),
        np.tile([0.0, 1.0, 0.0], (number, 1)),
        np.tile(right, (number, 1)),
        np.zeros(number, np.int64),
        (Cloth(colour=colour, second=colour),),
    )
