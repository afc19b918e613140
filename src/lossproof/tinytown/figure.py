"""Which capsules a person is made of, and which colour each has."""

from typing import NamedTuple

import numpy as np

from lossproof.tinytown.body import Cloth, Colour, Look
from lossproof.tinytown.limbs import Capsules
from lossproof.tinytown.pose import HEAD, Skeleton, Vector

_SKIN, _HAIR, _TOP, _BOTTOM, _SHOES, _EYES, _BACKPACK, _LIPS = range(8)
_EYE: Colour = (0.02, 0.015, 0.015)


class _Part(NamedTuple):
    """A capsule; its pattern runs along it, or along the torso if ``on_torso``."""

    start: Vector
    end: Vector
    radii: tuple[float, float]
    cloth: int
    on_torso: bool = False


def _wardrobe(look: Look) -> tuple[Cloth, ...]:
    """In the order of the names above."""
    skin, lips = _plain(look.skin), _plain((look.skin[0] * 0.8, look.skin[1] * 0.45,
                                           look.skin[2] * 0.5))  # fmt: skip
    pack = _plain(look.backpack or look.top.colour)
    return (
        skin,
        _plain(look.hair),
        look.top,
        look.bottom,
        _plain(look.shoes),
        _plain(_EYE),
        pack,
        lips,
    )


def capsules_of(look: Look, bones: Skeleton) -> Capsules:
    """The whole figure, where the skeleton is."""
    parts = [
        *_torso(look, bones),
        *_head(look, bones),
        *(part for side in (0, 1) for part in _arm(look, bones, side)),
        *(part for side in (0, 1) for part in _leg(look, bones, side)),
    ]
    starts = np.array([part.start for part in parts])
    ends = np.array([part.end for part in parts])
    on_torso = np.array([part.on_torso for part in parts])[:, None]
    lengths = np.maximum(np.linalg.norm(ends - starts, axis=1, keepdims=True), 1e-6)
    return Capsules(
        starts,
        ends,
        np.array([part.radii for part in parts]),
        np.where(on_torso, bones.pelvis, starts),
        np.where(on_torso, bones.torso_axes[1], (ends - starts) / lengths),
        np.broadcast_to(bones.torso_axes[0], starts.shape),
        np.array([part.cloth for part in parts]),
        _wardrobe(look),
    )


def _plain(colour: Colour) -> Cloth:
    return Cloth(colour=colour, second=colour)


def _torso(look: Look, bones: Skeleton) -> list[_Part]:
    body = look.body
    thick = body.height * 0.055 * body.girth
    right, up, ahead = bones.torso_axes
    chest = bones.pelvis + up * body.height * 0.225
    waist = bones.pelvis + up * body.height * 0.03
    wide = right * (body.shoulders - 0.045 * body.height)
    narrow = right * (body.hips * 0.5)
    parts = [
        _Part(waist - narrow, chest - wide, (thick * 1.05, thick * 1.15), _TOP, True),
        _Part(waist + narrow, chest + wide, (thick * 1.05, thick * 1.15), _TOP, True),
        _Part(waist, chest, (thick * 1.16, thick * 1.3), _TOP, True),
        _Part(bones.shoulders[0], bones.shoulders[1], (thick * 0.62, thick * 0.62), _TOP, True),
        _Part(bones.hips[0], bones.hips[1], (thick * 1.02, thick * 1.02), _BOTTOM, True),
        _Part(bones.neck - up * 0.02, bones.head, (thick * 0.6, thick * 0.5), _SKIN),
    ]
    if look.backpack is not None:
        low, high = (bones.pelvis + up * body.height * at for at in (0.08, 0.22))
        back = ahead * (thick * 1.7)
        parts.append(_Part(low - back, high - back, (thick * 1.1, thick * 0.95), _BACKPACK, True))
    return parts


def _head(look: Look, bones: Skeleton) -> list[_Part]:
    radius = look.body.height * HEAD * look.body.head
    _, up, ahead = bones.head_axes
    head = bones.head
    chin = head + (ahead * 0.25 - up * 0.75) * radius
    mouth = head + (ahead * 1.02 - up * 0.62) * radius
    parts = [
        _Part(head + up * 0.2 * radius, chin, (radius, radius * 0.66), _SKIN),
        _Part(head + ahead * 0.9 * radius, bones.nose, (radius * 0.12, radius * 0.17), _SKIN),
        _Part(mouth - bones.head_axes[0] * 0.2 * radius, mouth + bones.head_axes[0] * 0.2 * radius,
              (radius * 0.1, radius * 0.1), _LIPS),
        *(_Part(eye, eye, (radius * 0.125,) * 2, _EYES) for eye in bones.eyes),
        *(_Part(ear - up * 0.1 * radius, ear + up * 0.15 * radius, (radius * 0.15, radius * 0.22),
                _SKIN) for ear in bones.ears),
    ]  # fmt: skip
    if look.hair_style != "none":
        crown, nape = head + (up * 0.4 - ahead * 0.14) * radius, head - ahead * 0.3 * radius
        parts.append(_Part(crown, nape, (radius * 1.0, radius * 0.94), _HAIR))
    if look.hair_style == "long":
        tip = bones.neck - (ahead * 0.75 - up * 0.1) * radius
        parts.append(_Part(head - ahead * 0.35 * radius, tip, (radius * 0.95, radius * 0.6), _HAIR))
    return parts


def _arm(look: Look, bones: Skeleton, side: int) -> list[_Part]:
    thick = look.body.height * look.body.girth * 0.0285
    wrist = bones.wrists[side]
    sleeve = _TOP if look.long_sleeves else _SKIN
    upper = _Part(bones.shoulders[side], bones.elbows[side], (thick * 1.15, thick * 0.9), _TOP)
    lower = _Part(bones.elbows[side], wrist, (thick * 0.9, thick * 0.62), sleeve)
    hand = _Part(wrist, bones.hands[side], (thick * 0.6, thick * 0.62), _SKIN)
    return [upper, lower, hand]


def _leg(look: Look, bones: Skeleton, side: int) -> list[_Part]:
    thick = look.body.height * look.body.girth * 0.047
    knee, ankle = bones.knees[side], bones.ankles[side]
    skirt = look.bottom_style == "skirt"
    shin = _BOTTOM if look.bottom_style == "trousers" else _SKIN
    ends = (thick * 1.05, thick * 1.3) if skirt else (thick * 1.05, thick * 0.76)
    heel = ankle - np.array([0, look.body.height * 0.02, 0])
    return [
        _Part(bones.hips[side], knee, ends, _BOTTOM),
        _Part(knee, ankle, (thick * 0.74, thick * 0.5), shin),
        _Part(heel, bones.toes[side], (thick * 0.58, thick * 0.42), _SHOES),
    ]
