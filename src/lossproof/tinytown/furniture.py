"""What stands beside a street: trees, poles, signs, benches and fences."""

from functools import cache

import cv2
import numpy as np
from jaxtyping import Float32, Int32

from lossproof.tinytown.faces import Face, Vector
from lossproof.tinytown.shadows import Caster, round_caster
from lossproof.tinytown.solids import Place, Upright, box, quad
from lossproof.tinytown.texture import Texture, blades, cut_from, noise_tile, rough, texture_of
from lossproof.tinytown.truth import CLASSES

TREE, POLE, SIGN, BENCH, FENCE = (
    CLASSES.index(name) for name in ("tree", "pole", "sign", "bench", "fence")
)


def crown(rng: np.random.Generator) -> Texture:
    """The foliage of a tree: clumps of leaves, brighter above, with holes and a ragged edge."""
    side = 128
    across = np.arange(side, dtype=np.float32) / (side / 2) - 1
    rows = across[:, None]
    body = np.full((side, side), -1.0, np.float32)
    shade = np.zeros((side, side), np.float32)
    for _ in range(int(rng.integers(7, 12))):
        angle, away = rng.uniform(0, 2 * np.pi), rng.uniform(0.1, 0.55)
        x, y, radius = away * np.cos(angle), away * np.sin(angle), rng.uniform(0.25, 0.45)
        clump = np.float32(1) - np.sqrt((across - x) ** 2 + (rows - y) ** 2) / radius
        nearer = clump > body
        body[nearer] = clump[nearer]
        shade[nearer] = np.broadcast_to((y - rows) / radius, nearer.shape)[nearer]
    leaves = cut_from(rng, noise_tile(256, 0.5, 10), side)
    brightness = np.exp(0.5 * shade + 0.5 * leaves - 0.25 * rows)
    green = np.array([rng.uniform(0.05, 0.13), rng.uniform(0.11, 0.19), rng.uniform(0.02, 0.05)])
    covers = np.clip(0.5 + 2.5 * (body + 0.16 * leaves), 0, 1)
    picture = np.concatenate([brightness[..., None] * green, covers[..., None]], axis=-1)
    return texture_of(picture.astype(np.float32))


def tree(
    rng: np.random.Generator, foliage: Texture, *, x: float, z: float
) -> tuple[list[Upright], list[Caster]]:
    """A trunk with its crown."""
    height, width = float(rng.uniform(4.0, 8.5)), float(rng.uniform(2.4, 4.6))
    low = float(rng.uniform(1.3, 2.3))
    thick = float(rng.uniform(0.2, 0.42))
    tint = float(rng.uniform(0.8, 1.2))
    bark: Vector = (0.13 * tint, 0.10 * tint, 0.075 * tint)
    trunk = Upright(x=x, z=z, low=0.0, high=low + 0.9, width=thick, texture=_cylinder(), label=TREE,
                    grain=blades(0.35), tint=bark)  # fmt: skip
    leaves = Upright(x=x, z=z - 0.02, low=low, high=height, width=width, texture=foliage,
                     label=TREE, grain=blades(0.5), tint=(tint, tint, tint),
                     normal=(0.0, 1.0, -0.6))  # fmt: skip
    shadow = round_caster(x, z, radius=0.42 * width, low=low + 0.3, high=height - 0.5)
    return [trunk, leaves], [shadow, round_caster(x, z, radius=thick, low=0.0, high=low)]


@cache
def _cylinder() -> Texture:
    """White, darker towards both edges, as round things are."""
    across = np.sqrt(1 - np.linspace(-0.92, 0.92, 16) ** 2)
    picture = np.repeat(np.tile(across, (4, 1))[..., None], 3, axis=-1)
    return texture_of(picture.astype(np.float32))


def pole(
    rng: np.random.Generator, *, x: float, z: float, high: float, label: int = POLE
) -> tuple[Upright, Caster]:
    """Steel, painted or bare."""
    width = float(rng.uniform(0.10, 0.19)) if high > 3 else float(rng.uniform(0.07, 0.10))
    grey = float(rng.uniform(0.12, 0.45))
    upright = Upright(x=x, z=z, low=0.0, high=high, width=width, texture=_cylinder(), label=label,
                      tint=(grey, grey, grey), grain=rough(0.12, 1.4))  # fmt: skip
    return upright, round_caster(x, z, radius=0.08, low=0.0, high=high)


def lamp_arm(x: float, z: float, *, high: float, side: int) -> tuple[Face, ...]:
    """The arm of a street lamp, towards the road."""
    ends = sorted((x, x - side * 1.6))
    return box(Place(0.0, 0.0), (ends[0], high - 0.12, z - 0.06), (ends[1], high, z + 0.06),
               texture=None, tint=(0.25, 0.25, 0.25), label=POLE)  # fmt: skip


def sign(
    rng: np.random.Generator, *, place: Place, instance: int
) -> tuple[Face, Face, Upright, Caster]:
    """A plate on its post, its front where the place looks."""
    size = float(rng.uniform(0.75, 1.3))
    low = float(rng.uniform(1.3, 2.1))
    looks = {"label": SIGN, "instance": instance}
    plate = _plate(rng)
    half = size / 2
    front = quad(place, (half, low + size, 0.06), (-half, low + size, 0.06), (half, low, 0.06),
                 texture=plate, **looks)  # fmt: skip
    back = quad(place, (-half, low + size, 0.05), (half, low + size, 0.05), (-half, low, 0.05),
                texture=_back(plate), **looks)  # fmt: skip
    post, caster = pole(rng, x=place.x, z=place.z, high=low + size)
    return front, back, post, caster


def _plate(rng: np.random.Generator) -> Texture:
    side, kind = 64, int(rng.integers(5))
    picture = np.zeros((side, side, 4), np.float32)
    white, red, blue = (0.75, 0.75, 0.75, 1.0), (0.5, 0.02, 0.02, 1.0), (0.02, 0.08, 0.42, 1.0)
    middle = (side // 2, side // 2)
    if kind == 0:
        cv2.circle(picture, middle, 31, red, -1)
        cv2.circle(picture, middle, 22, white, -1)
    elif kind == 1:
        cv2.fillPoly(picture, [np.array([[32, 1], [63, 60], [0, 60]])], red)
        cv2.fillPoly(picture, [np.array([[32, 16], [51, 52], [12, 52]])], white)
    elif kind == 2:
        cv2.fillPoly(picture, [_octagon(31)], white)
        cv2.fillPoly(picture, [_octagon(28)], red)
    elif kind == 3:
        cv2.circle(picture, middle, 31, blue, -1)
    else:
        yellow = (0.65, 0.42, 0.02, 1.0)
        cv2.rectangle(picture, (0, 4), (63, 59), blue if rng.random() < 0.5 else yellow, -1)
        cv2.rectangle(picture, (4, 8), (59, 55), white, 1)
    _symbol(picture, rng, white if kind in (2, 3, 4) else (0.03, 0.03, 0.03, 1.0))
    return texture_of(picture)


def _symbol(
    picture: Float32[np.ndarray, "s s 4"], rng: np.random.Generator, ink: tuple[float, ...]
) -> None:
    kind = rng.integers(3)
    if kind == 0:
        cv2.rectangle(picture, (18, 28), (46, 37), ink, -1)
    elif kind == 1:
        for left in (17, 35):  # two digits
            cv2.rectangle(picture, (left, 22), (left + 11, 42), ink, 3)
            if rng.random() < 0.5:
                cv2.line(picture, (left, 32), (left + 11, 32), ink, 3)
    else:
        cv2.arrowedLine(
            picture, (32, 48), (32 + int(rng.integers(-8, 9)), 22), ink, 5, tipLength=0.4
        )


def _octagon(radius: int) -> Int32[np.ndarray, "8 2"]:
    angles = (np.arange(8) + 0.5) * (np.pi / 4)
    corners = 32 + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    around: Int32[np.ndarray, "8 2"] = np.rint(corners).astype(np.int32)
    return around


def _back(front: Texture) -> Texture:
    """Bare metal of the same outline."""
    picture = front.atlas[1:65, 1:65, :].copy()[:, ::-1]
    picture[..., :3] = 0.22
    return texture_of(np.ascontiguousarray(picture))


def bench(rng: np.random.Generator, *, place: Place, instance: int) -> tuple[list[Face], Caster]:
    """A seat and a back of slats on legs, looking ahead of its place."""
    wide = float(rng.uniform(0.8, 1.15))
    looks = {"label": BENCH, "instance": instance, "both": True}
    wood = _slats(rng)
    dark = {"texture": None, "tint": (0.035, 0.035, 0.04), **looks}
    grain = {"texture": wood, "grain": rough(0.2, 0.7), **looks}
    faces = [
        quad(place, (wide, 0.92, -0.32), (-wide, 0.92, -0.32), (wide, 0.46, -0.22), **grain),
        quad(place, (wide, 0.46, -0.22), (-wide, 0.46, -0.22), (wide, 0.44, 0.25), **grain),
        quad(place, (wide, 0.44, 0.25), (-wide, 0.44, 0.25), (wide, 0.38, 0.25), **grain),
    ]
    for x in (-wide + 0.12, wide - 0.2):
        faces.append(
            quad(place, (x + 0.08, 0.44, 0.2), (x, 0.44, 0.2), (x + 0.08, 0.0, 0.2), **dark)
        )
        faces.append(quad(place, (x, 0.5, -0.25), (x, 0.5, 0.22), (x, 0.0, -0.25), **{
            **dark, "texture": _leg(), "tint": (1.0, 1.0, 1.0)}))  # fmt: skip
    corners = [place.world((x, 0.0, z)) for x, z in
               ((-wide, -0.3), (wide, -0.3), (wide, 0.25), (-wide, 0.25))]  # fmt: skip
    outline = np.array([(x, z) for x, _, z in corners])
    return faces, Caster(outline=outline, low=0.3, high=0.6)


def _slats(rng: np.random.Generator) -> Texture:
    tint = rng.uniform(0.7, 1.3)
    picture = np.empty((32, 32, 3), np.float32)
    picture[:] = np.array([0.26, 0.15, 0.07]) * tint
    picture[::8] = picture[7::8] = 0.02
    return texture_of(picture)


@cache
def _leg() -> Texture:
    picture = np.zeros((32, 32, 4), np.float32)
    picture[..., :3] = 0.035
    picture[:, 3:8, 3] = picture[:, 25:30, 3] = picture[:4, :, 3] = 1
    return texture_of(picture)


def fence_of(rng: np.random.Generator) -> tuple[Texture, float]:
    """What a fence looks like for each of its repetitions of so many metres."""
    kind = int(rng.integers(3))
    picture = np.zeros((64, 64, 4), np.float32)
    picture[..., 3] = 1
    tone = rng.uniform(0.6, 1.3)
    if kind == 0:  # boards
        picture[..., :3] = np.array([0.22, 0.15, 0.09]) * tone
        for board in range(8):
            picture[:, board * 8 : board * 8 + 7, :3] *= rng.uniform(0.75, 1.25)
            picture[:, board * 8 + 7, :3] = 0.015
    elif kind == 1:  # pickets
        picture[..., :3] = 0.55 * min(tone, 1.2)
        picture[:, :, 3] = 0
        picture[14:22, :, 3] = picture[46:54, :, 3] = 1
        for board in range(0, 64, 16):
            picture[4:, board + 2 : board + 12, 3] = 1
            picture[1:4, board + 5 : board + 9, 3] = 1
            picture[4:, board + 12, :3] *= 0.4
    else:  # a hedge of iron bars
        picture[..., :3] = 0.03 * tone
        picture[:, :, 3] = 0
        picture[4:9, :, 3] = picture[55:60, :, 3] = 1
        for bar in range(0, 64, 8):
            picture[:, bar : bar + 4, 3] = 1
    return texture_of(picture, repeats=True), (1.6, 1.3, 1.1)[kind]


def fence(
    look: tuple[Texture, float], *, x: float, along: tuple[float, float], high: float
) -> tuple[Face, Caster]:
    """A fence along the street."""
    texture, metres = look
    begin, end = along
    long = end - begin
    face = quad(Place(x, begin), (0.0, high, long), (0.0, high, 0.0), (0.0, 0.0, long),
                texture=texture, label=FENCE, both=True, grain=rough(0.2, 0.9),
                tiles=(long / metres, 1.0))  # fmt: skip
    outline = np.array([[x - 0.05, begin], [x + 0.05, begin], [x + 0.05, end], [x - 0.05, end]])
    return face, Caster(outline=outline, low=0.0, high=high)
