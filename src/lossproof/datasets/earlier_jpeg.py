"""Traces of an earlier JPEG coding in pixels that are stored without loss.

Two of Fan and de Queiroz's observations (Identification of bitmap compression history: JPEG
detection and quantizer estimation, IEEE Transactions on Image Processing 12(2), 2003): the cosine
coefficients of blocks that were quantised lie near multiples of their steps, and the borders of
blocks stay visible. The first tells the quality too, where the tables were the usual ones.

Limits: what was made smaller, larger or turned after the JPEG has neither; above a quality of 95
both are lost in rounding; pictures with little detail say nothing. Tables of one's own, and other
codecs with blocks of 8x8, show by the borders alone, where they are strong.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, UInt8
from scipy.fft import dctn

from lossproof.datasets.quantisation import LUMA, scaled

_SIDE = 8
QUALITIES = range(5, 96)
_COEFFICIENTS = (1, 8, 2, 9, 16, 10, 17, 3, 24)
"""Of low frequencies, row by row in the block: pictures have many that are not 0."""
_MOST_BLOCKS = 1500
_FEWEST = 50
_FEWEST_COEFFICIENTS = 3
_SURE = 5.0
"""So many standard deviations of chance, which is given many tries."""
PEAKED = 0.05
"""Pictures that were never coded stay within 0.02, those of quality 95 are above 0.08."""
VISIBLE = 0.1
_HINTED = 0.03
"""Where blocks might begin elsewhere than at the corner, in a picture that was cropped."""
_STEEPEST = 20.0
"""An edge of the picture counts no more than this many grey levels."""


class Trace(NamedTuple):
    """``quality`` is None where a grid of blocks shows, but not what made it."""

    quality: int | None


class Grid(NamedTuple):
    """Where blocks begin, and how much more the grey jumps there than elsewhere, as a share, in
    the direction where it shows less."""

    row: int
    column: int
    contrast: float


def earlier_jpeg(frame: UInt8[np.ndarray, "h w 3"]) -> Trace | None:
    """The trace of a JPEG in an RGB picture, cropped or not; None where there is none."""
    grey = _grey(frame)
    if min(grey.shape) < 4 * _SIDE:
        return None
    grid = grid_of(grey)
    elsewhere = [(grid.row, grid.column)] if grid.contrast >= _HINTED else []
    for row, column in dict.fromkeys([(0, 0), *elsewhere]):
        quality, peaked = quality_of(grey[row:, column:])
        if peaked >= PEAKED:
            return Trace(quality)
    return Trace(None) if grid.contrast >= VISIBLE else None


def quality_of(grey: Float32[np.ndarray, "h w"]) -> tuple[int, float]:
    """The quality whose steps the coefficients lie nearest to, and how near: from -1 to 1, where
    0 is chance. Blocks begin at the top left. The quality means nothing near 0."""
    blocks = _coefficients(grey)
    found = [(_nearness(blocks, quality), quality) for quality in QUALITIES]
    nearness, quality = max(found)
    return quality, nearness


def _nearness(blocks: Float32[np.ndarray, "b c"], quality: int) -> float:
    """The mean cosine of the coefficients' phases between the multiples of their steps.

    Those that would be quantised to 0 are left out: most are near it without any quantisation. 0
    where so few are left that chance could do it.
    """
    steps = scaled(LUMA, quality)[list(_COEFFICIENTS)]
    found, variances = [], []
    for values, step in zip(blocks.T, steps.tolist(), strict=True):
        beyond = values[np.abs(values) > step / 2]
        if step > 1 and beyond.size >= _FEWEST:
            found.append(float(np.cos(2 * np.pi / step * beyond).mean()))
            variances.append(1 / (2 * beyond.size))
    if len(found) < _FEWEST_COEFFICIENTS:
        return 0.0
    nearness = float(np.mean(found))
    return nearness if nearness >= _SURE * np.sqrt(sum(variances)) / len(found) else 0.0


def _coefficients(grey: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "b c"]:
    rows, columns = (side // _SIDE for side in grey.shape)
    whole = grey[: rows * _SIDE, : columns * _SIDE]
    blocks = whole.reshape(rows, _SIDE, columns, _SIDE).swapaxes(1, 2).reshape(-1, _SIDE, _SIDE)
    some = blocks[:: -(-len(blocks) // _MOST_BLOCKS)]
    turned = dctn(some, axes=(1, 2), norm="ortho").reshape(-1, _SIDE * _SIDE)
    # A drawn pattern repeats itself, and its blocks are no more evidence than one of them.
    chosen: Float32[np.ndarray, "b c"] = np.unique(turned[:, _COEFFICIENTS].round(2), axis=0)
    return chosen


def grid_of(grey: Float32[np.ndarray, "h w"]) -> Grid:
    """Of the eight places in each direction where blocks could begin, the one that shows most."""
    (row, down), (column, across) = (_phase(one) for one in (grey.T, grey))
    return Grid(row, column, min(down, across))


def _phase(grey: Float32[np.ndarray, "h w"]) -> tuple[int, float]:
    """Of borders between columns."""
    step = grey[:, 2:-1] - grey[:, 1:-2]
    slopes = (grey[:, 1:-2] - grey[:, :-3] + grey[:, 3:] - grey[:, 2:-1]) / 2
    jumps = np.minimum(np.abs(step - slopes), _STEEPEST).mean(axis=0)
    begins = (np.arange(jumps.size) + 2) % _SIDE
    means = np.array([jumps[begins == phase].mean() for phase in range(_SIDE)])
    best = int(means.argmax())
    others = np.delete(means, best).mean()
    return best, float(means[best] / others - 1) if others > 0 else 0.0


def _grey(frame: UInt8[np.ndarray, "h w 3"]) -> Float32[np.ndarray, "h w"]:
    """The brightness that JPEG codes (BT.601, full range)."""
    grey: Float32[np.ndarray, "h w"] = frame.astype(np.float32) @ np.array(
        [0.299, 0.587, 0.114], np.float32
    )
    return grey
