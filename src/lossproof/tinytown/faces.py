"""Flat surfaces, drawn into a canvas with the exact depth of every pixel."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64

from lossproof.tinytown.camera import NEAREST, Camera
from lossproof.tinytown.canvas import NOTHING, Canvas
from lossproof.tinytown.light import Light
from lossproof.tinytown.texture import Grain, Texture

Vector = tuple[float, float, float]
Shading = Callable[
    [Float32[np.ndarray, " n"], Float32[np.ndarray, " n"]], Float32[np.ndarray, "n 3"]
]
"""The light at places x, z of the ground."""

LONG = 0.5
"""What share the longer side of a pixel's footprint has in how coarse the texture is taken: 1 would
blur surfaces seen at a low angle, 0 would let them flicker."""
COVERS = 0.5
"""How much of a texel must be covered to be seen."""
HALF = np.float32(0.5)


@dataclass(frozen=True, eq=False, kw_only=True)
class Face:
    """A parallelogram: from ``corner``, its top left seen from its front, ``right`` and ``down``.

    Without a ``texture`` it has the colour of its ``tint``, which otherwise multiplies it.
    ``tiles`` is how often the texture repeats along each side. ``lies`` marks ground, which takes
    shadows. ``normal`` is given where light should fall otherwise than on the plane. ``both`` sides
    are seen where it is no side of a solid.
    """

    corner: Vector
    right: Vector
    down: Vector
    texture: Texture | None
    label: int
    instance: int = NOTHING
    tiles: tuple[float, float] = (1.0, 1.0)
    grain: Grain | None = None
    tint: Vector = (1.0, 1.0, 1.0)
    normal: Vector | None = None
    lies: bool = False
    both: bool = False


@dataclass(frozen=True, eq=False)
class _Planes:
    """Many faces on a camera's axes: what is linear in the pixel, per (x, y, 1) of its ray.

    The rows of ``terms`` give 1 / depth and, times depth and less ``begin``, the places to the
    right and down on the face. ``away`` is how far the plane is from the camera, ``lengths`` those
    of its sides, in metres, ``nearest`` its least depth. ``windows`` are the
    left, top, right and bottom pixels, the last two excluded. ``light`` is what it receives.
    """

    terms: Float64[np.ndarray, "n 3 3"]
    begin: Float32[np.ndarray, "n 2"]
    away: Float64[np.ndarray, " n"]
    lengths: Float64[np.ndarray, "n 2"]
    nearest: Float64[np.ndarray, " n"]
    windows: Int64[np.ndarray, "n 4"]
    light: Float32[np.ndarray, "n 3"]
    order: Int64[np.ndarray, " m"]
    """Those that may be seen, the nearest first and the ground last."""


def paint_faces(
    canvas: Canvas, camera: Camera, light: Light, faces: Sequence[Face], shading: Shading
) -> None:
    """Draw faces, the nearest first, so that what is hidden costs little."""
    if not faces:
        return
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        planes = _planes(camera, light, faces)
        for index in planes.order.tolist():
            _paint_face(canvas, camera, faces[index], (planes, index), shading)


def _planes(camera: Camera, light: Light, faces: Sequence[Face]) -> _Planes:
    right, down = (np.array([getattr(face, side) for face in faces]) for side in ("right", "down"))
    corner = np.array([face.corner for face in faces])
    outward = np.cross(right, down)
    for index, face in enumerate(faces):
        if face.normal is not None:
            outward[index] = face.normal
    outward /= np.linalg.norm(outward, axis=1)[:, None]
    lit = light.on(outward).astype(np.float32)
    around = np.stack([corner, corner + right, corner + right + down, corner + down], axis=1)
    own = camera.seen_from(around.reshape(-1, 3)).reshape(-1, 4, 3)
    begin, right, down = own[:, 0], own[:, 1] - own[:, 0], own[:, 3] - own[:, 0]
    normal = np.cross(right, down)
    away, size = (normal * begin).sum(axis=1), np.linalg.norm(normal, axis=1)
    to_right, to_down = np.cross(down, normal), np.cross(normal, right)
    to_right /= (right * to_right).sum(axis=1)[:, None]
    to_down /= (down * to_down).sum(axis=1)[:, None]
    windows = _windows(camera, own)
    front = (away > 1e-6 * size) | (np.array([face.both for face in faces]) & (away < -1e-6 * size))
    front &= (windows[:, 0] < windows[:, 2]) & (windows[:, 1] < windows[:, 3])
    far = np.where([face.lies for face in faces], np.inf, np.linalg.norm(own.mean(1), axis=1))
    order = np.argsort(far, kind="stable")
    return _Planes(
        np.stack([normal / away[:, None], to_right, to_down], axis=1),
        np.stack([(begin * side).sum(1) for side in (to_right, to_down)], 1).astype(np.float32),
        np.abs(away) / size,
        np.stack([np.linalg.norm(side, axis=1) for side in (right, down)], axis=1),
        np.maximum(own[:, :, 2].min(axis=1), NEAREST),
        windows,
        lit,
        order[front[order]],
    )


def _windows(camera: Camera, own: Float64[np.ndarray, "n 4 3"]) -> Int64[np.ndarray, "n 4"]:
    """The columns and rows that faces may cover; nothing where all of a face is behind."""
    pixels = camera.project(own.reshape(-1, 3)).reshape(-1, 4, 2)
    ends = np.concatenate([pixels.min(axis=1), pixels.max(axis=1)], axis=1)
    nearest, farthest = own[:, :, 2].min(axis=1), own[:, :, 2].max(axis=1)
    for index in np.flatnonzero((nearest < NEAREST) & (farthest > NEAREST)):
        clipped = camera.project(_before(own[index]))
        ends[index] = np.concatenate([clipped.min(axis=0), clipped.max(axis=0)])
    ends[farthest <= NEAREST] = -1.0
    width, height = camera.frame_size
    windows = np.concatenate([np.ceil(ends[:, :2]), np.floor(ends[:, 2:]) + 1], axis=1)
    within: Int64[np.ndarray, "n 4"] = np.clip(windows, 0, [width, height] * 2).astype(np.int64)
    return within


def _before(own: Float64[np.ndarray, "4 3"]) -> Float64[np.ndarray, "n 3"]:
    """The outline of what is farther than ``NEAREST``."""
    kept = []
    for here, there in zip(own, np.roll(own, -1, axis=0), strict=True):
        if here[2] >= NEAREST:
            kept.append(here)
        if (here[2] >= NEAREST) != (there[2] >= NEAREST):
            share = (NEAREST - here[2]) / (there[2] - here[2])
            kept.append(here + share * (there - here))
    outline: Float64[np.ndarray, "n 3"] = np.array(kept)
    return outline


@dataclass(frozen=True, eq=False)
class _Seen:
    """The pixels of a face that nothing hides: where on the canvas, how far, where on the face."""

    rows: Int64[np.ndarray, " n"]
    columns: Int64[np.ndarray, " n"]
    depth: Float32[np.ndarray, " n"]
    right: Float32[np.ndarray, " n"]
    down: Float32[np.ndarray, " n"]

    def where(self, kept: Bool[np.ndarray, " n"]) -> "_Seen":
        return _Seen(*(getattr(self, part.name)[kept] for part in fields(self)))


def _paint_face(
    canvas: Canvas, camera: Camera, face: Face, plane: tuple[_Planes, int], shading: Shading
) -> None:
    seen = _seen(canvas, camera, plane)
    if seen is None:
        return
    planes, index = plane
    footprint = _footprint(seen.depth, camera.focal, float(planes.away[index]))
    lengths = planes.lengths[index]
    colours, covered = _picture(face, seen, footprint, lengths)
    if covered is not None:
        seen, colours, footprint = seen.where(covered), colours[covered], footprint[covered]
        if not len(seen.depth):
            return
    if face.grain is not None:
        colours *= _structure(face.grain, seen, footprint, lengths)
    colours *= _light_on(face, seen, shading) if face.lies else planes.light[index]
    place = (seen.rows, seen.columns)
    canvas.colour[place] = colours
    canvas.depth[place] = seen.depth
    canvas.labels[place] = face.label
    canvas.instances[place] = face.instance


def _seen(canvas: Canvas, camera: Camera, plane: tuple[_Planes, int]) -> _Seen | None:
    planes, index = plane
    left, top, end, bottom = planes.windows[index].tolist()
    before = canvas.depth[top:bottom, left:end]
    if before.max() <= planes.nearest[index]:
        return None
    width, height = camera.frame_size
    y = (np.arange(top, bottom) - (height - 1) / 2) / camera.focal
    x = (np.arange(left, end) - (width - 1) / 2) / camera.focal
    terms = planes.terms[index]
    along_x = (terms[:, :1] * x).astype(np.float32)[:, None]
    along_y = (terms[:, 1:2] * y + terms[:, 2:]).astype(np.float32)[:, :, None]
    depth = 1 / (along_x[0] + along_y[0])
    nearer = (depth < before) & (depth >= NEAREST)
    # From the middle of the face, so that one comparison tells whether a place is within it.
    right, down = (
        (along_x[i] + along_y[i]) * depth - (planes.begin[index, i - 1] + HALF) for i in (1, 2)
    )
    inside = nearer & (np.maximum(np.abs(right), np.abs(down)) <= HALF)
    rows, columns = np.nonzero(inside)
    if not len(rows):
        return None
    place = (rows, columns)
    return _Seen(rows + top, columns + left, depth[place], right[place] + HALF, down[place] + HALF)


def _footprint(
    depth: Float32[np.ndarray, " n"], focal: float, away: float
) -> Float32[np.ndarray, " n"]:
    """The logarithm to base 2 of the metres of a surface that a pixel stands for.

    It is depth / focal wide and depth^2 / (focal * away) long; both are weighed by ``LONG``.
    """
    constant = np.log2(focal) + LONG * np.log2(away)
    footprint: Float32[np.ndarray, " n"] = np.float32(1 + LONG) * np.log2(depth) - np.float32(
        constant
    )
    return footprint


def _picture(
    face: Face,
    seen: _Seen,
    footprint: Float32[np.ndarray, " n"],
    lengths: Float64[np.ndarray, "2"],
) -> tuple[Float32[np.ndarray, "n 3"], Bool[np.ndarray, " n"] | None]:
    """The albedo of pixels, and which of them the texture covers (None for all)."""
    tint = np.array(face.tint, np.float32)
    if face.texture is None:
        return np.tile(tint, (len(footprint), 1)), None
    texels = np.array(face.texture.size) * face.tiles / lengths
    picture = face.texture.at(
        seen.right * np.float32(face.tiles[0]),
        seen.down * np.float32(face.tiles[1]),
        footprint + np.float32(np.log2(texels.min())),
    )
    return picture[:, :3] * tint, picture[:, 3] >= COVERS if picture.shape[1] == 4 else None


def _structure(
    grain: Grain,
    seen: _Seen,
    footprint: Float32[np.ndarray, " n"],
    lengths: Float64[np.ndarray, "2"],
) -> Float32[np.ndarray, "n 1"] | np.float32:
    """What the fine structure multiplies albedo with; 1 where all of it is too fine to be seen."""
    size = grain.texture.size[0]
    coarseness = footprint + np.float32(np.log2(size / grain.metres))
    if coarseness.min() > np.log2(size) - 1:
        return np.float32(1)
    repeats = (lengths / grain.metres).astype(np.float32)
    factors: Float32[np.ndarray, "n 1"] = grain.texture.at(
        seen.right * repeats[0], seen.down * repeats[1], coarseness
    )[:, None]
    return factors


def _light_on(face: Face, seen: _Seen, shading: Shading) -> Float32[np.ndarray, "n 3"]:
    x, z = (
        (face.corner[axis] + seen.right * face.right[axis] + seen.down * face.down[axis]).astype(
            np.float32
        )
        for axis in (0, 2)
    )
    return shading(x, z)
