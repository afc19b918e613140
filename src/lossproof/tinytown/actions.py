"""What people do in clips: pose and displacement as smooth functions of time.

Walking backwards, standing up and putting down are walking, sitting down and picking up with time
running the other way: a single frame never tells them apart.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lossproof.tinytown.pose import Arm, Leg, Pose, between
from lossproof.tinytown.stances import walking_leg
from lossproof.tinytown.truth import ACTIONS

DURATION_SECONDS = 15 / 12
"""From the first to the last frame of a clip, so that frames of reverse actions are the same too.
Actions that begin and end, such as sitting down, do so within this time."""


@dataclass(frozen=True, kw_only=True)
class Style:
    """What differs when different people, or one person twice, do the same.

    ``tempo`` and ``amplitude`` are 1 as usual; ``phase`` is in turns; ``pause`` is the share of
    the time before and after a movement that begins and ends; ``left_handed`` people wave so;
    ``both_hands`` waves so; ``arms`` is how much the arms take part.
    """

    tempo: float = 1.0
    amplitude: float = 1.0
    phase: float = 0.0
    pause: float = 0.12
    arms: float = 1.0
    lean: float = 0.05
    left_handed: bool = False
    both_hands: bool = False
    head_turn: float = 0.0


class Moment(NamedTuple):
    """The pose, how many metres ahead of some fixed place the person is, and whether the person
    holds the thing that is picked up (``False`` where there is none)."""

    pose: Pose
    ahead: float
    holding: bool = False


def random_style(rng: np.random.Generator) -> Style:
    """The way that one clip is acted."""
    return Style(
        tempo=rng.uniform(0.85, 1.2),
        amplitude=rng.uniform(0.8, 1.2),
        phase=rng.random(),
        pause=rng.uniform(0.02, 0.2),
        arms=rng.uniform(0.6, 1.3),
        lean=rng.uniform(0.0, 0.12),
        left_handed=bool(rng.random() < 0.5),
        both_hands=bool(rng.random() < 0.2),
        head_turn=rng.normal(0, 0.2),
    )


def moment(action: str, style: Style, *, seconds: float) -> Moment:
    """What an action looks like ``seconds`` after it began, 0 to ``DURATION_SECONDS``."""
    if action not in _MOVES:
        raise ValueError(f"action is {action!r}; {', '.join(ACTIONS)} are allowed")
    move, direction = _MOVES[action]
    if direction > 0:
        return move(style, seconds)
    return move(style, DURATION_SECONDS - seconds)


def _walk(style: Style, seconds: float) -> Moment:
    stride = 0.45 * style.amplitude
    turns = 0.95 * style.tempo
    phase = 2 * np.pi * (turns * seconds + style.phase)
    swing = 0.5 * style.arms * style.amplitude * np.cos(phase)
    pose = Pose(
        left_arm=Arm(-swing, 0.12, 0.3 + 0.2 * max(-swing, 0)),
        right_arm=Arm(swing, 0.12, 0.3 + 0.2 * max(swing, 0)),
        left_leg=walking_leg(phase, stride=stride, lifted=0.85),
        right_leg=walking_leg(phase + np.pi, stride=stride, lifted=0.85),
        lean=style.lean,
        twist=float(0.12 * np.cos(phase)),
        head_turn=style.head_turn,
        planted=False,
    )
    return Moment(pose, 3.3 * stride * turns * seconds)


def _run(style: Style, seconds: float) -> Moment:
    stride = 0.75 * style.amplitude
    turns = 1.45 * style.tempo
    phase = 2 * np.pi * (turns * seconds + style.phase)
    swing = 0.8 * style.arms * np.cos(phase)
    pose = Pose(
        left_arm=Arm(-swing - 0.1, 0.15, 1.5),
        right_arm=Arm(swing - 0.1, 0.15, 1.5),
        left_leg=walking_leg(phase, stride=stride, lifted=1.7),
        right_leg=walking_leg(phase + np.pi, stride=stride, lifted=1.7),
        lean=0.2 + style.lean,
        twist=float(0.2 * np.cos(phase)),
        head_turn=style.head_turn,
        lift=float(0.1 * np.sin(phase + 0.5) ** 2),
        planted=False,
    )
    return Moment(pose, 2.6 * stride * turns * seconds)


def _sit_down(style: Style, seconds: float) -> Moment:
    share = _progress(style, seconds)
    spread = 0.05 + 0.08 * style.amplitude
    leg = Leg(1.5, spread, 1.5)
    arm = Arm(0.45, 0.12, 0.9, 0.2)
    seated = Pose(left_arm=arm, right_arm=arm, left_leg=leg, right_leg=leg, lean=style.lean,
                  head_turn=style.head_turn)  # fmt: skip
    pose = between(_standing(style), seated, share)
    halfway = np.sin(np.pi * share)
    return Moment(_bowed(pose, 0.55 * halfway * style.amplitude, 0.4 * style.arms * halfway), 0.0)


def _pick_up(style: Style, seconds: float) -> Moment:
    share = _progress(style, seconds)
    low = stooped(style)
    if share < _GRASPED:
        return Moment(between(_standing(style), low, _eased(share / _GRASPED)), 0.0)
    hold = Arm(0.35, 0.0, 1.25)
    held = Pose(left_arm=hold, right_arm=hold, left_leg=Leg(spread=0.1), right_leg=Leg(spread=0.1),
                lean=-0.05, head_turn=style.head_turn)  # fmt: skip
    up = _eased((share - _GRASPED) / (1 - _GRASPED))
    return Moment(between(low, held, up), 0.0, holding=True)


def stooped(style: Style) -> Pose:
    """The pose in which a thing on the ground is taken or left."""
    knees = 1.05 + 0.5 * (style.amplitude - 0.8)
    leg = Leg(0.7 * knees, 0.14, 1.3 * knees)
    reach = Arm(1.5, -0.04, 0.1)
    return Pose(left_arm=reach, right_arm=reach, left_leg=leg, right_leg=leg, lean=1.2,
                head_nod=-0.4)  # fmt: skip


def _jump(style: Style, seconds: float) -> Moment:
    turn = (seconds * style.tempo * 1.05 + style.phase) % 1
    crouch, flight = _crouch(turn), _flight(turn)
    leg = Leg(0.8 * crouch, 0.06, 1.5 * crouch)
    arms = 0.4 + 2.3 * style.arms * flight - 1.1 * crouch
    arm = Arm(arms, 0.25, 0.4)
    height = 0.38 * style.amplitude
    pose = Pose(left_arm=arm, right_arm=arm, left_leg=leg, right_leg=leg,
                lean=style.lean + 0.5 * crouch, head_turn=style.head_turn,
                lift=height * flight)  # fmt: skip
    return Moment(pose, 0.0)


def _wave(style: Style, seconds: float) -> Moment:
    phase = 2 * np.pi * (1.9 * style.tempo * seconds + style.phase)
    swing = 0.65 * style.amplitude * np.sin(phase)
    raised = Arm(0.1, 1.9 + 0.15 * np.sin(phase), 0.75 + swing, -1.57)
    waving = Pose(left_arm=raised, right_arm=raised)
    still = _standing(style)
    left = waving.left_arm if style.left_handed or style.both_hands else still.left_arm
    right = waving.right_arm if not style.left_handed or style.both_hands else still.right_arm
    sway = 0.05 * np.sin(phase / 2)
    pose = Pose(left_arm=left, right_arm=right, left_leg=still.left_leg, right_leg=still.right_leg,
                tilt=float(sway), lean=style.lean, head_turn=style.head_turn)  # fmt: skip
    return Moment(pose, 0.0)


def _clap(style: Style, seconds: float) -> Moment:
    phase = 2 * np.pi * (1.9 * style.tempo * seconds + style.phase)
    apart = (0.5 + 0.5 * np.cos(phase)) * style.amplitude
    arm = Arm(0.6 + 0.3 * (style.arms - 1), 0.12 + 0.5 * apart, 1.35, 0.72 - 0.6 * apart)
    still = _standing(style)
    pose = Pose(left_arm=arm, right_arm=arm, left_leg=still.left_leg, right_leg=still.right_leg,
                lean=style.lean, head_turn=style.head_turn)  # fmt: skip
    return Moment(pose, 0.0)


_GRASPED = 0.45
"""The share of picking up after which the hands have the thing."""

_MOVES: Mapping[str, tuple[Callable[[Style, float], Moment], int]] = {
    "walk": (_walk, 1),
    "walk_backwards": (_walk, -1),
    "run": (_run, 1),
    "sit_down": (_sit_down, 1),
    "stand_up": (_sit_down, -1),
    "pick_up": (_pick_up, 1),
    "put_down": (_pick_up, -1),
    "jump": (_jump, 1),
    "wave": (_wave, 1),
    "clap": (_clap, 1),
}
"""Each action's movement, and whether time runs forwards in it."""


def _standing(style: Style) -> Pose:
    arm = Arm(0.05, 0.14, 0.25)
    leg = Leg(0.0, 0.06 * style.amplitude, 0.03)
    return Pose(left_arm=arm, right_arm=arm, left_leg=leg, right_leg=leg, lean=style.lean,
                head_turn=style.head_turn)  # fmt: skip


def _progress(style: Style, seconds: float) -> float:
    """From 0 to 1, resting before and after."""
    share = (seconds / DURATION_SECONDS - style.pause) / (1 - 2 * style.pause)
    return _eased(min(max(share, 0.0), 1.0))


def _eased(share: float) -> float:
    return share * share * (3 - 2 * share)


def _bowed(pose: Pose, lean: float, reach: float) -> Pose:
    """A pose with the trunk further forwards and the arms further ahead."""
    left, right = pose.left_arm, pose.right_arm
    return Pose(
        left_arm=left._replace(swing=left.swing + reach),
        right_arm=right._replace(swing=right.swing + reach),
        left_leg=pose.left_leg,
        right_leg=pose.right_leg,
        lean=pose.lean + lean,
        head_turn=pose.head_turn,
        head_nod=-0.5 * lean,
    )


def _crouch(turn: float) -> float:
    """How low a jumper is: before the leap, and a little after landing."""
    before = max(np.sin(np.pi * turn / 0.4), 0.0) if turn < 0.4 else 0.0
    after = 0.6 * np.sin(np.pi * (turn - 0.8) / 0.2) if turn > 0.8 else 0.0
    return float(before + after)


def _flight(turn: float) -> float:
    """How high, from 0 to 1: a parabola."""
    share = (turn - 0.4) / 0.4
    return 4 * share * (1 - share) if 0 < share < 1 else 0.0
