"""Where the ground lies in the shade: seen from above, once for a frame."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, Float32, Int32

from lossproof.tinytown.light import Light
from lossproof.tinytown.texture import folded

PIXELS_PER_METRE = 6
LEFT, RIGHT, BEHIND, AHEAD = -16.0, 16.0, -8.0, 72.0
"""The part of the ground that shadows are drawn for, in metres."""
SHIFT = 4
"""OpenCV fills polygons whose corners are given in parts of a pixel, this many bits of them."""
NEAR_GROUND = 0.9
"""A thing that begins lower than this, in metres, keeps the sky's light from what is beneath."""


Outline = Int32[np.ndarray, "n 2"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Caster:
    """Something in the light: its outline from above (x, z), and between what heights it is."""

    outline: Float[np.ndarray, "n 2"]
    low: float
    high: float


def round_caster(x: float, z: float, *, radius: float, low: float, high: float) -> Caster:
    """A caster that is a circle from above."""
    angles = np.arange(8) * (np.pi / 4)
    outline = np.stack([x + radius * np.cos(angles), z + radius * np.sin(angles)], axis=1)
    return Caster(outline=outline, low=low, high=high)


@dataclass(frozen=True, eq=False)
class Shade:
    """What share of the sun's light (first) and of the sky's (second) reaches the ground."""

    reaching: Float32[np.ndarray, "h w 2"]
    light: Light

    def at(
        self, x: Float32[np.ndarray, " n"], z: Float32[np.ndarray, " n"]
    ) -> Float32[np.ndarray, "n 3"]:
        """The light on the ground at places, all of it beyond the part that is known."""
        reaching = cv2.remap(
            self.reaching,
            folded((x - LEFT) * PIXELS_PER_METRE),
            folded((z - BEHIND) * PIXELS_PER_METRE),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(1, 1),
        ).reshape(-1, 2)[: len(x)]
        sun = np.array(self.light.sun, np.float32) * np.float32(self.light.to_sun[1])
        lit: Float32[np.ndarray, "n 3"] = reaching[:, :1] * sun + reaching[:, 1:] * np.array(
            self.light.sky, np.float32
        )
        return lit


def shade(casters: Sequence[Caster], light: Light) -> Shade:
    """The shadows of things: of the sun, half sharp, and beneath and beside them, soft."""
    size = (int((AHEAD - BEHIND) * PIXELS_PER_METRE), int((RIGHT - LEFT) * PIXELS_PER_METRE))
    sun, sky = np.ones(size, np.float32), np.ones(size, np.float32)
    for caster, (ground, low, high) in zip(casters, _outlines(casters, light), strict=True):
        hull = cv2.convexHull(np.concatenate([low, high]))
        cv2.fillConvexPoly(sun, hull, 0.0, cv2.LINE_8, SHIFT)
        if caster.low < NEAR_GROUND:
            cv2.fillConvexPoly(sky, ground, 0.25, cv2.LINE_8, SHIFT)
    beneath, beside = (cv2.GaussianBlur(sky, (0, 0), width) for width in (1.2, 4.0))
    reaching = np.stack([cv2.GaussianBlur(sun, (0, 0), 0.9), (beneath + beside) / 2], axis=-1)
    return Shade(reaching, light)


def _outlines(casters: Sequence[Caster], light: Light) -> list[tuple[Outline, Outline, Outline]]:
    """Of each caster: its outline on the ground, and the shadows of its lowest and highest part."""
    if not casters:
        return []
    corners = [len(caster.outline) for caster in casters]
    ground = np.concatenate([caster.outline for caster in casters])
    away = -np.array([light.to_sun[0], light.to_sun[2]]) / max(light.to_sun[1], 0.1)
    ends = [
        np.repeat([getattr(caster, end) for caster in casters], corners)[:, None]
        for end in ("low", "high")
    ]
    places = [ground, *(ground + away * metres for metres in ends)]
    cuts = np.cumsum(corners)[:-1]
    parts = [np.split(_pixels(place), cuts) for place in places]
    return list(zip(*parts, strict=True))


def _pixels(outline: Float[np.ndarray, "n 2"]) -> Int32[np.ndarray, "n 2"]:
    pixels = (outline - np.array([LEFT, BEHIND])) * (PIXELS_PER_METRE * 2**SHIFT)
    parts: Int32[np.ndarray, "n 2"] = np.rint(pixels).astype(np.int32)
    return parts
