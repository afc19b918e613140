"""How a body is bent, and where its joints are then.

A person's own axes are x to the person's right, y up and z ahead, in metres from the ground at
the person's place. Angles are in radians.
"""

from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
from jaxtyping import Float64

from lossproof.tinytown.body import Body

Vector = Float64[np.ndarray, "3"]
Axes = Float64[np.ndarray, "3 3"]
Pair = Float64[np.ndarray, "2 3"]

_SIDES = (-1, 1)
"""Left and right along the person's x."""
_ANKLE, _SHIN, _THIGH, _TORSO = 0.045, 0.235, 0.245, 0.29
_NECK, _UPPER_ARM, _FOREARM, _HAND, _FOOT = 0.045, 0.165, 0.145, 0.075, 0.11
HEAD = 0.062
"""Lengths and the head's radius as shares of the height."""


class Arm(NamedTuple):
    """``swing`` forwards and ``spread`` outwards from hanging down; the elbow's ``bend``, which
    goes ahead, or inwards as ``turn`` nears a quarter turn."""

    swing: float = 0.0
    spread: float = 0.1
    bend: float = 0.15
    turn: float = 0.0


class Leg(NamedTuple):
    """``swing`` forwards and ``spread`` outwards from standing; the knee's ``bend``."""

    swing: float = 0.0
    spread: float = 0.04
    bend: float = 0.0


Limb = TypeVar("Limb", Arm, Leg)
_HANGING, _STRAIGHT = Arm(), Leg()


@dataclass(frozen=True, kw_only=True)
class Pose:
    """``lean`` is forwards and ``tilt`` to the right; ``twist`` turns the shoulders and
    ``head_turn`` the head to the right, ``head_nod`` nods. ``lift`` is the feet's height above the
    ground in metres. Of a ``planted`` pose the feet stay in place and the hips move over them, else
    the reverse."""

    left_arm: Arm = _HANGING
    right_arm: Arm = _HANGING
    left_leg: Leg = _STRAIGHT
    right_leg: Leg = _STRAIGHT
    lean: float = 0.0
    tilt: float = 0.0
    twist: float = 0.0
    head_turn: float = 0.0
    head_nod: float = 0.0
    lift: float = 0.0
    planted: bool = True


class Skeleton(NamedTuple):
    """Points of a body; in pairs the left of the person stands first. ``hands`` and ``toes`` are
    tips. The rows of ``torso_axes`` and ``head_axes`` point to the right, up and ahead."""

    pelvis: Vector
    neck: Vector
    head: Vector
    nose: Vector
    eyes: Pair
    ears: Pair
    shoulders: Pair
    elbows: Pair
    wrists: Pair
    hands: Pair
    hips: Pair
    knees: Pair
    ankles: Pair
    toes: Pair
    torso_axes: Axes
    head_axes: Axes

    @property
    def keypoints(self) -> Float64[np.ndarray, "17 3"]:
        """COCO's seventeen in its order."""
        pairs = (self.eyes, self.ears, self.shoulders, self.elbows, self.wrists)
        return np.concatenate(
            [self.nose[None], *pairs, self.hips, self.knees, self.ankles], dtype=np.float64
        )

    def placed(self, *, position: tuple[float, float], heading: float) -> "Skeleton":
        """The same in the world, of a person who stands at x and z and looks along ``heading``."""
        turning = turned(heading)
        origin = np.array([position[0], 0.0, position[1]])
        axes = {"torso_axes": self.torso_axes @ turning, "head_axes": self.head_axes @ turning}
        points = {
            name: value @ turning + origin
            for name, value in self._asdict().items()
            if name not in axes
        }
        return Skeleton(**points, **axes)


def turned(angle: float) -> Axes:
    """Axes turned to the right by an angle: rows point to the right, up and ahead."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]])


def leaned(angle: float) -> Axes:
    """Axes leaned forwards by an angle."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, c, s], [0, -s, c]])


def tilted(angle: float) -> Axes:
    """Axes tilted to their own right by an angle."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def skeleton(body: Body, pose: Pose) -> Skeleton:
    """Where a body's points are, on the person's own axes, the lower foot on the ground."""
    legs = [_leg(body, leg, side) for leg, side in zip(_legs(pose), _SIDES, strict=True)]
    hips, knees, ankles, toes = (np.array(points) for points in zip(*legs, strict=True))
    torso = turned(pose.twist) @ tilted(pose.tilt) @ leaned(pose.lean)
    arms = [_arm(body, arm, side) for arm, side in zip(_arms(pose), _SIDES, strict=True)]
    joints = [np.array(points) @ torso for points in zip(*arms, strict=True)]
    shoulders, elbows, wrists, hands = joints
    neck = np.array([0, body.height * _TORSO, 0]) @ torso
    head_axes = leaned(pose.head_nod) @ turned(pose.head_turn) @ torso
    head, nose, eyes, ears = _head(body, neck, head_axes)
    pelvis = _pelvis_above_ground(body, pose, ankles, toes)
    return Skeleton(
        pelvis=pelvis,
        neck=neck + pelvis,
        head=head + pelvis,
        nose=nose + pelvis,
        eyes=eyes + pelvis,
        ears=ears + pelvis,
        shoulders=shoulders + pelvis,
        elbows=elbows + pelvis,
        wrists=wrists + pelvis,
        hands=hands + pelvis,
        hips=hips + pelvis,
        knees=knees + pelvis,
        ankles=ankles + pelvis,
        toes=toes + pelvis,
        torso_axes=torso,
        head_axes=head_axes,
    )


def _legs(pose: Pose) -> tuple[Leg, Leg]:
    return pose.left_leg, pose.right_leg


def _arms(pose: Pose) -> tuple[Arm, Arm]:
    return pose.left_arm, pose.right_arm


def _direction(swing: float, spread: float, side: int) -> Vector:
    """Of a limb that hangs down, swung forwards and spread to its side."""
    c = np.cos(spread)
    return np.array([side * np.sin(spread), -c * np.cos(swing), c * np.sin(swing)])


def _leg(body: Body, leg: Leg, side: int) -> tuple[Vector, Vector, Vector, Vector]:
    """Hip, knee, ankle and toes from the middle of the pelvis."""
    hip = np.array([side * body.hips, 0.0, 0.0])
    knee = hip + body.height * _THIGH * _direction(leg.swing, leg.spread, side)
    forwards = leg.swing - leg.bend
    ankle = knee + body.height * _SHIN * _direction(forwards, leg.spread, side)
    # The foot lies flat while the shin is steep, and follows it otherwise.
    raised = min(forwards + 0.5, 0.0) + max(forwards - 0.1, 0.0)
    down = 0.5 * body.height * _ANKLE
    foot = np.array([0.15 * side, np.sin(raised), np.cos(raised)]) * body.height * _FOOT
    return hip, knee, ankle, ankle + foot - np.array([0, down, 0])


def _arm(body: Body, arm: Arm, side: int) -> tuple[Vector, Vector, Vector, Vector]:
    """Shoulder, elbow, wrist and tip of the hand, on the torso's axes from the pelvis."""
    shoulder = np.array([side * body.shoulders, body.height * (_TORSO - 0.012), 0.0])
    along = _direction(arm.swing, arm.spread, side)
    ahead = np.array([0, np.sin(arm.swing), np.cos(arm.swing)])
    inwards = np.cross(along, ahead) * side
    across = np.cos(arm.turn) * ahead + np.sin(arm.turn) * inwards
    bent = np.cos(arm.bend) * along + np.sin(arm.bend) * across
    elbow = shoulder + body.height * _UPPER_ARM * along
    wrist = elbow + body.height * _FOREARM * bent
    return shoulder, elbow, wrist, wrist + body.height * _HAND * bent


def _head(body: Body, neck: Vector, axes: Axes) -> tuple[Vector, Vector, Pair, Pair]:
    """Middle of the head, nose, eyes and ears."""
    radius = body.height * HEAD * body.head
    middle = neck + np.array([0, body.height * _NECK + radius * 1.1, 0.12 * radius]) @ axes
    nose = np.array([0, -0.18, 1.22]) * radius
    eyes = np.array([[side * 0.38, 0.12, 0.93] for side in _SIDES]) * radius
    ears = np.array([[side * 0.98, 0.0, -0.05] for side in _SIDES]) * radius
    return middle, middle + nose @ axes, middle + eyes @ axes, middle + ears @ axes


def _pelvis_above_ground(body: Body, pose: Pose, ankles: Pair, toes: Pair) -> Vector:
    lowest = min(ankles[:, 1].min() - body.height * _ANKLE, toes[:, 1].min() - body.height * 0.02)
    middle = ankles[:, 2].mean() if pose.planted else 0.0
    return np.array([0, pose.lift - lowest, -middle])


def between(first: Pose, second: Pose, share: float) -> Pose:
    """The pose that is ``share`` of the way from the first to the second, 0 to 1."""

    def mixed(name: str) -> float:
        begin: float = getattr(first, name)
        end: float = getattr(second, name)
        return begin + (end - begin) * share

    def limb(begin: Limb, end: Limb) -> Limb:
        return type(begin)(*(a + (b - a) * share for a, b in zip(begin, end, strict=True)))

    numbers = ("lean", "tilt", "twist", "head_turn", "head_nod", "lift")
    return Pose(
        left_arm=limb(first.left_arm, second.left_arm),
        right_arm=limb(first.right_arm, second.right_arm),
        left_leg=limb(first.left_leg, second.left_leg),
        right_leg=limb(first.right_leg, second.right_leg),
        planted=first.planted,
        **{name: mixed(name) for name in numbers},
    )
