"""How people hold themselves when nothing special goes on."""

import numpy as np

from lossproof.tinytown.pose import Arm, Leg, Pose

STANDING = Pose()


def random_stance(rng: np.random.Generator) -> Pose:
    """Standing or walking, seldom sitting, with the arms in any of many places."""
    kind = rng.random()
    if kind < 0.06:
        left_leg, right_leg, lean = _sitting_legs(rng)
    elif kind < 0.5:
        left_leg, right_leg, lean = _walking_legs(rng)
    else:
        left_leg, right_leg, lean = _standing_legs(rng)
    swing = left_leg.swing - right_leg.swing if 0.06 <= kind < 0.5 else 0.0
    return Pose(
        left_arm=_random_arm(rng, swing=-0.7 * swing),
        right_arm=_random_arm(rng, swing=0.7 * swing),
        left_leg=left_leg,
        right_leg=right_leg,
        lean=lean,
        tilt=rng.normal(0, 0.04),
        twist=rng.normal(0, 0.12),
        head_turn=rng.normal(0, 0.35),
        head_nod=rng.normal(0.05, 0.15),
    )


def _random_arm(rng: np.random.Generator, *, swing: float) -> Arm:
    """Hanging or swinging mostly, else at the hip, before the body, up, or anywhere."""
    kind = rng.random()
    if kind < 0.5:
        return Arm(swing + rng.normal(0, 0.15), rng.uniform(0.08, 0.3), rng.uniform(0.1, 0.5))
    if kind < 0.6:
        return Arm(-0.35, rng.uniform(0.6, 0.8), rng.uniform(1.7, 2.0), 1.3)
    if kind < 0.75:
        return Arm(rng.uniform(-0.1, 0.5), 0.15, rng.uniform(1.2, 2.2), rng.uniform(0, 0.6))
    if kind < 0.85:
        return Arm(rng.uniform(1.2, 3.0), rng.uniform(0, 0.5), rng.uniform(0, 1))
    if kind < 0.93:
        return Arm(0.0, rng.uniform(1.2, 2.9), rng.uniform(0, 1.6), rng.uniform(-1.8, 0))
    return Arm(rng.uniform(-0.5, 2.5), rng.uniform(0, 1.4), rng.uniform(0, 2), rng.uniform(-0.5, 1))


def _standing_legs(rng: np.random.Generator) -> tuple[Leg, Leg, float]:
    left, right = (
        Leg(rng.normal(0, 0.1), rng.uniform(0.02, 0.16), abs(rng.normal(0, 0.08))) for _ in range(2)
    )
    return left, right, rng.normal(0.02, 0.06)


def _walking_legs(rng: np.random.Generator) -> tuple[Leg, Leg, float]:
    from_left, stride = rng.uniform(0, 2 * np.pi), rng.uniform(0.3, 0.6)
    left, right = (walking_leg(from_left + half, stride=stride, lifted=1.0) for half in (0, np.pi))
    return left, right, rng.uniform(0, 0.12)


def _sitting_legs(rng: np.random.Generator) -> tuple[Leg, Leg, float]:
    left, right = (
        Leg(rng.uniform(1.35, 1.6), rng.uniform(0.05, 0.3), rng.uniform(1.3, 1.7)) for _ in range(2)
    )
    return left, right, rng.uniform(-0.1, 0.4)


def walking_leg(phase: float, *, stride: float, lifted: float) -> Leg:
    """A leg in the course of a step: ahead at phase 0, back at pi, and then lifted forwards.

    ``stride`` is how far it swings in radians, ``lifted`` how much the knee bends at the return.
    """
    back = max(np.sin(phase - np.pi + 0.6), 0.0) ** 2
    bend = 0.12 + lifted * back
    return Leg(float(stride * np.cos(phase) + 0.06 + 0.25 * lifted * back), 0.03, float(bend))
