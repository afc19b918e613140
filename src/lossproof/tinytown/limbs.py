"""Bodies made of tapered capsules, drawn into a canvas with exact depth.

A capsule is the hull of two balls. Where a ray meets it is known in closed form: after the
"rounded cone" of Inigo Quilez, https://iquilezles.org/articles/intersectors (2016).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Float64, Int64

from lossproof.tinytown.body import PATTERNS, Cloth
from lossproof.tinytown.camera import NEAREST, Camera
from lossproof.tinytown.canvas import Canvas
from lossproof.tinytown.light import Light

Window = tuple[slice, slice]
_NO_CAPSULE = -1


@dataclass(frozen=True)
class Capsules:
    """Capsules in the world. ``radii`` are of the two ends; ``cloths`` index ``wardrobe``:
    what they wear.

    Patterns run along ``ups`` and ``rights``, directions of length 1, from ``origins``.
    """

    starts: Float64[np.ndarray, "n 3"]
    ends: Float64[np.ndarray, "n 3"]
    radii: Float64[np.ndarray, "n 2"]
    origins: Float64[np.ndarray, "n 3"]
    ups: Float64[np.ndarray, "n 3"]
    rights: Float64[np.ndarray, "n 3"]
    cloths: Int64[np.ndarray, " n"]
    wardrobe: tuple[Cloth, ...]


class Rays(NamedTuple):
    """Directions (across, down, 1) of the pixels of a window on the camera's axes: their depth is
    how often they go into a point."""

    across: Float64[np.ndarray, "1 w"]
    down: Float64[np.ndarray, "h 1"]


def draw(
    canvas: Canvas,
    camera: Camera,
    light: Light,
    capsules: Capsules,
    *,
    label: int,
    instance: int,
) -> None:
    """Draw capsules as one thing. Those that reach behind the camera are left out."""
    own = _on_camera(camera, capsules)
    windows = _windows(camera, own)
    whole = _around([window for window in windows if window])
    if whole is None:
        return
    depth, nearest = _meet(camera, own, windows, whole)
    covered = nearest >= 0
    covered &= depth < canvas.depth[whole]
    colour = np.zeros((*depth.shape, 3))
    colour[covered] = _shaded(camera, light, own, _Hits(whole, depth, nearest, covered))
    canvas.paint(whole, colour=colour, depth=depth, covered=covered, label=label, instance=instance)


def depth_of(
    rays: Rays,
    start: Float[np.ndarray, "3"],
    end: Float[np.ndarray, "3"],
    radii: Float[np.ndarray, "2"],
) -> Float64[np.ndarray, "h w"]:
    """How far ahead rays from the origin first meet a capsule, infinite where they do not."""
    along = end - start
    taper = radii[0] - radii[1]
    squared = rays.across**2 + rays.down**2 + 1
    to_start, to_end = _dot(rays, start), _dot(rays, end)
    depth: Float64[np.ndarray, "h w"] = np.minimum(
        _ball(squared, to_start, start @ start - radii[0] ** 2),
        _ball(squared, to_end, end @ end - radii[1] ** 2),
    )
    slant = along @ along - taper**2
    if slant <= 0:
        return depth
    side = to_end - to_start
    behind = -(along @ start)
    k2 = slant * squared - side * side
    k1 = side * (taper * radii[0] - behind) - slant * to_start
    k0 = (
        slant * (start @ start)
        - behind**2
        + (2 * behind * taper - along @ along * radii[0]) * radii[0]
    )
    root = k1 * k1 - k0 * k2
    # Along the axis of a cylinder nothing but its end is met: no number there.
    with np.errstate(divide="ignore", invalid="ignore"):
        met = (-np.sqrt(np.maximum(root, 0)) - k1) / k2
        height = behind - radii[0] * taper + met * side
    found = (root > 0) & (height > 0) & (height < slant) & (met < depth) & (met > 0)
    np.copyto(depth, met, where=found)
    return depth


class _Hits(NamedTuple):
    """What of the window is seen of which capsule."""

    window: Window
    depth: Float64[np.ndarray, "h w"]
    nearest: Int64[np.ndarray, "h w"]
    covered: np.ndarray


def _dot(rays: Rays, point: Float[np.ndarray, "3"]) -> Float64[np.ndarray, "h w"]:
    products: Float64[np.ndarray, "h w"] = rays.across * point[0] + (
        rays.down * point[1] + point[2]
    )
    return products


def _ball(
    squared: Float64[np.ndarray, "h w"], towards: Float64[np.ndarray, "h w"], power: float
) -> Float64[np.ndarray, "h w"]:
    """Depth of a ball's near side; ``power`` is its distance squared less its radius squared."""
    root = towards * towards - squared * power
    near: Float64[np.ndarray, "h w"] = (towards - np.sqrt(np.maximum(root, 0))) / squared
    near[root <= 0] = np.inf
    return near


def _on_camera(camera: Camera, capsules: Capsules) -> Capsules:
    turning = camera.rotation.T
    return Capsules(
        camera.seen_from(capsules.starts),
        camera.seen_from(capsules.ends),
        capsules.radii,
        camera.seen_from(capsules.origins),
        capsules.ups @ turning,
        capsules.rights @ turning,
        capsules.cloths,
        capsules.wardrobe,
    )


def _windows(camera: Camera, own: Capsules) -> list[Window | None]:
    """The pixels that each capsule may cover, None if there are none or it reaches the camera."""
    ends = np.stack([own.starts, own.ends], axis=1)
    near = ends[..., 2] - own.radii
    before = (near >= NEAREST).all(axis=1)
    ends = np.where(before[:, None, None], ends, [0.0, 0.0, 1.0])
    middles = camera.project(ends.reshape(-1, 3)).reshape(*ends.shape[:2], 2)
    # A ball away from the axis is seen as an ellipse, a little longer than its radius says.
    askew = np.hypot(1, np.abs(ends[..., :2]).max(axis=-1) / ends[..., 2])
    reach = camera.focal * own.radii / np.maximum(near, NEAREST) * askew
    low = np.floor((middles - reach[..., None]).min(axis=1)).astype(int)
    high = np.ceil((middles + reach[..., None]).max(axis=1)).astype(int) + 1
    low, high = np.maximum(low, 0), np.minimum(high, camera.frame_size)
    within = before & (low < high).all(axis=1)
    return [
        (slice(top, bottom), slice(left, right)) if inside else None
        for (left, top), (right, bottom), inside in zip(
            low.tolist(), high.tolist(), within.tolist(), strict=True
        )
    ]


def _around(windows: list[Window]) -> Window | None:
    if not windows:
        return None
    rows, columns = zip(*windows, strict=True)
    return (
        slice(min(row.start for row in rows), max(row.stop for row in rows)),
        slice(min(column.start for column in columns), max(column.stop for column in columns)),
    )


def _rays(camera: Camera, window: Window) -> Rays:
    width, height = camera.frame_size
    rows, columns = window
    across = (np.arange(columns.start, columns.stop) - (width - 1) / 2) / camera.focal
    down = (np.arange(rows.start, rows.stop) - (height - 1) / 2) / camera.focal
    return Rays(across[None, :], down[:, None])


def _meet(
    camera: Camera, own: Capsules, windows: list[Window | None], whole: Window
) -> tuple[Float64[np.ndarray, "h w"], Int64[np.ndarray, "h w"]]:
    """Of every pixel of the whole window, the depth and the index of the nearest capsule."""
    rays = _rays(camera, whole)
    depth = np.full((rays.down.size, rays.across.size), np.inf)
    nearest = np.full(depth.shape, _NO_CAPSULE)
    top, left = whole[0].start, whole[1].start
    for index, window in enumerate(windows):
        if window is None:
            continue
        rows = slice(window[0].start - top, window[0].stop - top)
        columns = slice(window[1].start - left, window[1].stop - left)
        part = Rays(rays.across[:, columns], rays.down[rows])
        met = depth_of(part, own.starts[index], own.ends[index], own.radii[index])
        front = met < depth[rows, columns]
        np.copyto(depth[rows, columns], met, where=front)
        np.copyto(nearest[rows, columns], index, where=front)
    return depth, nearest


def _shaded(camera: Camera, light: Light, own: Capsules, hits: _Hits) -> Float64[np.ndarray, "k 3"]:
    """The colours of the covered pixels."""
    rays = _rays(camera, hits.window)
    depth = hits.depth[hits.covered]
    index = hits.nearest[hits.covered]
    directions = np.stack(np.broadcast_arrays(rays.across, rays.down, 1.0), axis=-1)
    points = directions[hits.covered] * depth[:, None]
    normals = _normals(own, index, points)
    apart = points - own.origins[index]
    up = _rows_dot(apart, own.ups[index])
    right = _rows_dot(apart, own.rights[index])
    albedo = _worn(own.wardrobe, own.cloths[index], up, right, depth / camera.focal)
    colour: Float64[np.ndarray, "k 3"] = albedo * light.on(normals @ camera.rotation)
    return colour


def _normals(
    own: Capsules, index: Int64[np.ndarray, " k"], points: Float64[np.ndarray, "k 3"]
) -> Float64[np.ndarray, "k 3"]:
    """Away from the nearest of the balls between a capsule's ends."""
    along = own.ends - own.starts
    taper = own.radii[:, 0] - own.radii[:, 1]
    slant = np.maximum((along**2).sum(axis=1) - taper**2, 1e-9)
    apart = points - own.starts[index]
    height = _rows_dot(apart, along[index]) - (own.radii[:, 0] * taper)[index]
    share = np.clip(height / slant[index], 0, 1)
    away = apart - along[index] * share[:, None]
    normals: Float64[np.ndarray, "k 3"] = away / np.sqrt(_rows_dot(away, away))[:, None]
    return normals


def _rows_dot(
    first: Float64[np.ndarray, "k 3"], second: Float64[np.ndarray, "k 3"]
) -> Float64[np.ndarray, " k"]:
    products: Float64[np.ndarray, " k"] = np.einsum("ij,ij->i", first, second)
    return products


def _worn(
    cloths: tuple[Cloth, ...],
    index: Int64[np.ndarray, " k"],
    up: Float64[np.ndarray, " k"],
    right: Float64[np.ndarray, " k"],
    footprint: Float64[np.ndarray, " k"],
) -> Float64[np.ndarray, "k 3"]:
    """Albedo of cloths at places in metres, of pixels that are ``footprint`` metres wide."""
    spacing = np.array([cloth.spacing for cloth in cloths])[index]
    pattern = np.array([PATTERNS.index(cloth.pattern) for cloth in cloths])[index]
    sharp = spacing / (np.pi * footprint)
    rings = np.clip(np.sin(2 * np.pi * up / spacing) * sharp, -1, 1)
    stripes = np.clip(np.sin(2 * np.pi * right / spacing) * sharp, -1, 1)
    waves = np.choose(pattern, [np.float64(1), rings, stripes, rings * stripes])
    # Finer than pixels, a pattern is seen as the mean of its colours.
    waves = np.where(pattern > 0, waves * np.clip(spacing / footprint / 2 - 0.5, 0, 1), waves)
    first = np.array([cloth.colour for cloth in cloths])[index]
    second = np.array([cloth.second for cloth in cloths])[index]
    mixed = second + (first - second) * (0.5 + 0.5 * waves)[:, None]
    folds = 1 + 0.09 * np.sin(41 * up + 23 * right + 2 * np.sin(37 * right - 11 * up))
    albedo: Float64[np.ndarray, "k 3"] = mixed * folds[:, None]
    return albedo
