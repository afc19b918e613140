"""Colours that people with any colour vision can tell apart."""

import numpy as np
from jaxtyping import UInt8

from lossproof.tasks.task import Colour

INK: Colour = (20, 20, 20)
PAPER: Colour = (250, 250, 250)

# Okabe and Ito, Color Universal Design, 2008, without black.
_BASE: tuple[Colour, ...] = (
    (0, 114, 178),
    (230, 159, 0),
    (0, 158, 115),
    (204, 121, 167),
    (86, 180, 233),
    (213, 94, 0),
    (240, 228, 66),
)
_TOWARDS = (None, 255, 0)


def colours(count: int) -> tuple[Colour, ...]:
    """One for each class: seven, the seven lighter, the seven darker, and then from the start."""
    rounds = [_mixed(towards) for towards in _TOWARDS]
    every = [colour for some in rounds for colour in some]
    return tuple(every[index % len(every)] for index in range(count))


def _mixed(towards: int | None) -> list[Colour]:
    if towards is None:
        return list(_BASE)
    return [((r + towards) // 2, (g + towards) // 2, (b + towards) // 2) for r, g, b in _BASE]


def ink_on(paper: Colour) -> Colour:
    """Dark on light, light on dark (luma of BT.601)."""
    luma = 0.299 * paper[0] + 0.587 * paper[1] + 0.114 * paper[2]
    return INK if luma > 130 else PAPER


def table(palette: tuple[Colour, ...]) -> UInt8[np.ndarray, "c 3"]:
    """The colours as an array."""
    return np.array(palette, np.uint8).reshape(-1, 3)
