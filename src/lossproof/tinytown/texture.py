"""Pictures of surfaces that can be looked up at any place and any coarseness."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from jaxtyping import Float32, Int64

ROW = 16384
"""OpenCV's remap takes no side of more than 32766."""


@dataclass(frozen=True, eq=False)
class Texture:
    """All coarsenesses of one picture below one another, each half as wide as the one above.

    ``levels`` has a row per coarseness: its width, its height and the row where it begins. Around
    each there is a border of one pixel, so that looking up between pixels never meets a neighbour.
    """

    atlas: Float32[np.ndarray, "h w ..."]
    levels: Float32[np.ndarray, "l 3"]

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the finest coarseness, in texels."""
        return (int(self.levels[0, 0]), int(self.levels[0, 1]))

    def at(
        self,
        x: Float32[np.ndarray, " n"],
        y: Float32[np.ndarray, " n"],
        coarseness: Float32[np.ndarray, " n"],
    ) -> Float32[np.ndarray, "n ..."]:
        """The colours at places, where 0..1 is once across the picture and more repeats it.

        ``coarseness`` is the logarithm to base 2 of the texels that one answer stands for. Between
        places and between coarsenesses it is linear (trilinear filtering, Williams 1983).
        """
        x, y = x - np.floor(x), y - np.floor(y)
        wanted = np.clip(coarseness, 0, np.float32(len(self.levels) - 1.001))
        whole = np.floor(wanted)
        finer = whole.astype(np.int64)
        share = (wanted - whole).reshape(-1, *[1] * (self.atlas.ndim - 2))
        first = self._at_level(x, y, finer)
        colours: Float32[np.ndarray, "n ..."] = first + share * (
            self._at_level(x, y, finer + 1) - first
        )
        return colours

    def _at_level(
        self,
        x: Float32[np.ndarray, " n"],
        y: Float32[np.ndarray, " n"],
        level: Int64[np.ndarray, " n"],
    ) -> Float32[np.ndarray, "n ..."]:
        widths, heights, begins = (part[level] for part in self.levels.T)
        columns = x * widths + np.float32(0.5)
        rows = y * heights + begins
        found = cv2.remap(
            self.atlas, folded(columns), folded(rows), cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        colours: Float32[np.ndarray, "n ..."] = found.reshape(-1, *self.atlas.shape[2:])[: len(x)]
        return colours


def folded(values: Float32[np.ndarray, " n"]) -> Float32[np.ndarray, "r c"]:
    """A list in rows that OpenCV's remap takes, its end filled up with zeros."""
    num = len(values)
    if num <= ROW:
        return values[None]
    filled = np.zeros((-(-num // ROW), ROW), np.float32)
    filled.reshape(-1)[:num] = values
    return filled


def texture_of(picture: Float32[np.ndarray, "h w ..."], *, repeats: bool = False) -> Texture:
    """A texture of a picture of linear albedo (or of it and how far it covers: four channels).

    ``repeats`` says whether its right edge goes on at its left. Raises ValueError unless both sides
    are powers of two from 4 on.
    """
    height, width = picture.shape[:2]
    if min(width, height) < 4 or width & (width - 1) or height & (height - 1):
        raise ValueError(f"the picture is {width}x{height}; powers of two from 4 on are allowed")
    border = cv2.BORDER_WRAP if repeats else cv2.BORDER_REPLICATE
    parts, levels, row = [], [], 0.0
    while min(width, height) >= 2:
        part = cv2.copyMakeBorder(picture, 1, 1, 1, 1, border)
        levels.append((width, height, row + 0.5))
        parts.append(part)
        row += height + 2
        width, height = width // 2, height // 2
        picture = cv2.resize(picture, (max(width, 1), max(height, 1)), interpolation=cv2.INTER_AREA)
    atlas = np.zeros((int(row), *parts[0].shape[1:]), np.float32)
    for (_, _, begin), part in zip(levels, parts, strict=True):
        atlas[int(begin) : int(begin) + len(part), : part.shape[1]] = part
    return Texture(atlas, np.array(levels, np.float32))


def noise(
    rng: np.random.Generator, size: int, *, slope: float, coarsest: int = 1
) -> Float32[np.ndarray, "s s"]:
    """Noise that repeats at its edges, of mean 0 and deviation 1.

    Its amplitude falls with frequency to the power of ``slope`` (1 for photographs: Field 1987);
    what is slower than ``coarsest`` cycles across is left out.
    """
    white = np.fft.rfft2(rng.standard_normal((size, size)))
    cycles = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None]) * size
    falling = np.where(cycles >= coarsest, np.maximum(cycles, 1) ** -slope, 0)
    drawn = np.fft.irfft2(white * falling, s=(size, size))
    values: Float32[np.ndarray, "s s"] = (drawn / drawn.std()).astype(np.float32)
    return values


@cache
def noise_tile(size: int, slope: float, coarsest: int = 1) -> Float32[np.ndarray, "s s"]:
    """Noise that is the same wherever it is asked for; ``cut_from`` takes random parts of it."""
    return noise(np.random.default_rng(size), size, slope=slope, coarsest=coarsest)


def cut_from(
    rng: np.random.Generator, tile: Float32[np.ndarray, "t t"], size: int
) -> Float32[np.ndarray, "s s"]:
    """A random square of a tile that repeats, turned or mirrored at random."""
    down, right = rng.integers(len(tile), size=2)
    rolled = np.roll(tile, (int(down), int(right)), axis=(0, 1))[:size, :size]
    cut: Float32[np.ndarray, "s s"] = np.rot90(rolled, int(rng.integers(4)))
    return cut


@dataclass(frozen=True, eq=False)
class Grain:
    """Fine structure that a surface's colours are multiplied with: its mean is 1.

    ``metres`` is the length that one repetition has on the surface.
    """

    texture: Texture
    metres: float


def _grain(factors: Float32[np.ndarray, "s s"], metres: float) -> Grain:
    kept = np.clip(factors, 0.05, 4)
    return Grain(texture_of((kept / kept.mean()).astype(np.float32), repeats=True), metres)


@cache
def rough(strength: float, metres: float) -> Grain:
    """Plaster, asphalt or soil: structure of every size, and specks."""
    rng = np.random.default_rng(1)
    drawn = 0.6 * noise(rng, 256, slope=1.0) + 0.75 * noise(rng, 256, slope=0.3, coarsest=10)
    return _grain(1 + strength * drawn, metres)


@cache
def blades(strength: float) -> Grain:
    """Grass and leaves: clumps with dark gaps."""
    rng = np.random.default_rng(2)
    drawn = noise(rng, 256, slope=0.6, coarsest=3)
    return _grain(np.exp(strength * drawn), 2.2)


def _joints(rows: int, across: int, *, width: int, shift: bool) -> Float32[np.ndarray, "s s"]:
    """0 in the joints of a wall of 256 texels, elsewhere the brightness of each stone."""
    rng = np.random.default_rng(rows * 100 + across)
    wall = np.full((256, 256), 0.0, np.float32)
    for row in range(rows):
        top, bottom = 256 * row // rows, 256 * (row + 1) // rows
        begin = 256 // across // 2 if shift and row % 2 else 0
        for stone in range(across):
            left = begin + 256 * stone // across
            right = begin + 256 * (stone + 1) // across
            columns = np.arange(left, right - width) % 256
            wall[top : bottom - width, columns] = 1 + 0.12 * rng.standard_normal()
    return wall


@cache
def stones(rows: int, across: int, metres: float) -> Grain:
    """Bricks or slabs with joints, ``rows`` of ``across`` in each repetition."""
    wall = _joints(rows, across, width=2 if rows > 10 else 3, shift=rows > 10)
    rng = np.random.default_rng(3)
    drawn = noise(rng, 256, slope=0.9)
    return _grain(np.where(wall > 0, wall * (1 + 0.16 * drawn), 0.5), metres)
