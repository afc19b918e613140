"""The shadow that a person throws on the ground."""

import cv2
import numpy as np
from jaxtyping import Float64

from lossproof.tinytown.camera import Camera
from lossproof.tinytown.canvas import Canvas
from lossproof.tinytown.light import Light
from lossproof.tinytown.pose import Skeleton
from lossproof.tinytown.truth import CLASSES

_GROUND = tuple(CLASSES.index(name) for name in ("road", "pavement", "grass"))
_SOFT = 0.04
"""Metres over which the edge of a shadow fades."""
_SKY_LEFT = 0.85
"""The share of the sky's light that reaches the ground beside a person."""
_LONGEST = 6.0
"""Metres of shadow for each metre of height, at most: a sun at the horizon throws endless ones."""


def paint_shadow(canvas: Canvas, camera: Camera, light: Light, bones: Skeleton) -> None:
    """Take the sun's light from the ground that the person shades, and some of the sky's at the
    feet. Only ground that is painted already gets darker."""
    shade = np.zeros(canvas.depth.shape, np.uint8)
    feet = np.concatenate([bones.ankles, bones.toes])
    pixels_per_metre = camera.focal / max(camera.seen_from(feet)[:, 2].min(), 0.5)
    for start, end, thick in _sticks(bones):
        _draw_stick(shade, camera, _on_ground(np.stack([start, end]), light), thick)
    rows, columns = np.nonzero(cv2.dilate(shade, np.ones((3, 3), np.uint8)))
    if not rows.size:
        return
    margin = int(2 * _SOFT * pixels_per_metre) + 2
    window = (
        slice(max(int(rows.min()) - margin, 0), int(rows.max()) + margin + 1),
        slice(max(int(columns.min()) - margin, 0), int(columns.max()) + margin + 1),
    )
    soft = cv2.GaussianBlur(shade[window], (0, 0), max(_SOFT * pixels_per_metre, 0.6)) / 255
    _darken(canvas, window, soft, light)


def _sticks(bones: Skeleton) -> list[tuple[np.ndarray, np.ndarray, float]]:
    """The body as thick lines, in metres."""
    right, left = 1, 0
    sticks = [
        (bones.pelvis, bones.neck, 0.30),
        (bones.shoulders[left], bones.shoulders[right], 0.12),
        (bones.neck, bones.head, 0.18),
    ]
    for side in (left, right):
        sticks += [
            (bones.hips[side], bones.knees[side], 0.15),
            (bones.knees[side], bones.ankles[side], 0.11),
            (bones.ankles[side], bones.toes[side], 0.10),
            (bones.shoulders[side], bones.elbows[side], 0.09),
            (bones.elbows[side], bones.hands[side], 0.07),
        ]
    return sticks


def _on_ground(points: Float64[np.ndarray, "n 3"], light: Light) -> Float64[np.ndarray, "n 3"]:
    """Where the sun's rays through points meet the ground."""
    x, y, z = light.to_sun
    steep = max(y, 1 / _LONGEST)
    way = np.array([x / steep, 1.0, z / steep])
    fallen: Float64[np.ndarray, "n 3"] = points - points[:, 1:2] * way
    return fallen


def _draw_stick(
    shade: np.ndarray, camera: Camera, ends: Float64[np.ndarray, "2 3"], thick: float
) -> None:
    own = camera.seen_from(ends)
    if own[:, 2].min() < 0.5:
        return
    # On the ground, a shadow is seen foreshortened: a disc is an ellipse.
    across = thick / 2 * camera.focal / own[:, 2]
    flat = np.clip(camera.position[1] / np.linalg.norm(own, axis=1), 0.15, 1)
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    disc = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    pixels = camera.project(own)
    corners = [pixels[end] + disc * [across[end], across[end] * flat[end]] for end in (0, 1)]
    hull = cv2.convexHull(np.concatenate(corners).astype(np.float32))
    sixteenths = np.round(np.clip(hull, -2000, 2000) * 16).astype(np.int32)
    cv2.fillConvexPoly(shade, sixteenths, 255, cv2.LINE_AA, 4)


def _darken(
    canvas: Canvas, window: tuple[slice, slice], shade: Float64[np.ndarray, "h w"], light: Light
) -> None:
    lit = light.on(np.array([0.0, 1.0, 0.0]))
    left = _SKY_LEFT * np.array(light.sky) / np.maximum(lit, 1e-6)
    ground = np.isin(canvas.labels[window], _GROUND)
    share = 1 - shade[..., None] * (1 - left)
    canvas.colour[window][ground] *= share[ground].astype(np.float32)
