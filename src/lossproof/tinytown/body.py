"""How people differ: their sizes, their colours and what they wear."""

from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from jaxtyping import Float64

T = TypeVar("T")
Colour = tuple[float, float, float]
Pattern = Literal["plain", "rings", "stripes", "checks"]
PATTERNS: tuple[Pattern, ...] = ("plain", "rings", "stripes", "checks")
Hair = Literal["short", "long", "none"]
Bottom = Literal["trousers", "shorts", "skirt"]

SKINS: tuple[Colour, ...] = (
    (0.72, 0.47, 0.36),
    (0.62, 0.38, 0.27),
    (0.46, 0.27, 0.17),
    (0.28, 0.15, 0.09),
    (0.14, 0.075, 0.05),
)
HAIRS: tuple[Colour, ...] = (
    (0.012, 0.010, 0.010),
    (0.05, 0.025, 0.012),
    (0.16, 0.08, 0.035),
    (0.45, 0.30, 0.12),
    (0.35, 0.33, 0.31),
)


@dataclass(frozen=True, kw_only=True)
class Body:
    """Sizes in metres. ``girth`` is how thick limbs are and ``head`` how big the head is, 1 for a
    usual adult of this ``height``; ``shoulders`` and ``hips`` are half the widths."""

    height: float
    girth: float
    shoulders: float
    hips: float
    head: float = 1.0

    def __post_init__(self) -> None:
        if not 0.5 <= self.height <= 2.5:
            raise ValueError(f"height is {self.height}; 0.5 to 2.5 metres are allowed")


@dataclass(frozen=True, kw_only=True)
class Cloth:
    """Albedo in linear RGB; a ``pattern`` of two colours that repeats every ``spacing`` metres."""

    colour: Colour
    second: Colour
    pattern: Pattern = "plain"
    spacing: float = 0.1


@dataclass(frozen=True, kw_only=True)
class Look:
    """A person's body and everything of it that has a colour."""

    body: Body
    skin: Colour
    hair: Colour
    hair_style: Hair
    top: Cloth
    long_sleeves: bool
    bottom: Cloth
    bottom_style: Bottom
    shoes: Colour
    backpack: Colour | None = None


def random_look(rng: np.random.Generator) -> Look:
    """An adult, or one time in six a child, in clothes of the day."""
    top, bottom = _random_cloth(rng), _random_cloth(rng, plain=0.8, darkness=0.5)
    return Look(
        body=_random_body(rng),
        skin=_one_of(SKINS, rng),
        hair=_one_of(HAIRS, rng),
        hair_style=_one_of(("short", "short", "short", "long", "long", "none"), rng),
        top=top,
        long_sleeves=bool(rng.random() < 0.5),
        bottom=bottom,
        bottom_style=_one_of(("trousers", "trousers", "trousers", "shorts", "skirt"), rng),
        shoes=_random_colour(rng, darkness=0.4),
        backpack=_random_colour(rng) if rng.random() < 0.2 else None,
    )


def _random_body(rng: np.random.Generator) -> Body:
    child = rng.random() < 1 / 6
    height = rng.uniform(1.1, 1.45) if child else float(np.clip(rng.normal(1.72, 0.09), 1.5, 1.95))
    return Body(
        height=height,
        girth=rng.uniform(0.85, 1.2),
        shoulders=height * rng.uniform(0.100, 0.120),
        hips=height * rng.uniform(0.052, 0.062),
        head=1.25 if child else 1.0,
    )


def _random_cloth(rng: np.random.Generator, *, plain: float = 0.45, darkness: float = 0.0) -> Cloth:
    """A cloth that is ``plain`` in that share of draws."""
    return Cloth(
        colour=_random_colour(rng, darkness=darkness),
        second=_random_colour(rng),
        pattern="plain" if rng.random() < plain else _one_of(PATTERNS[1:], rng),
        spacing=rng.uniform(0.06, 0.22),
    )


def _random_colour(rng: np.random.Generator, *, darkness: float = 0.0) -> Colour:
    """Linear RGB from nearly black to nearly white, from grey to vivid."""
    value = rng.uniform(0.2, 0.97 - 0.6 * darkness)
    tint: Float64[np.ndarray, 3] = 1 - rng.uniform(0, 0.9) * rng.random(3)
    red, green, blue = (value * tint) ** 2.2
    return (float(red), float(green), float(blue))


def _one_of(options: tuple[T, ...], rng: np.random.Generator) -> T:
    return options[rng.integers(len(options))]
