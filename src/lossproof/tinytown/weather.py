"""Times of day and weathers: the light that they give, the sky, and the haze between."""

import numpy as np
from jaxtyping import Float32

from lossproof.tinytown.camera import Camera
from lossproof.tinytown.canvas import Canvas
from lossproof.tinytown.light import Light
from lossproof.tinytown.texture import Texture, cut_from, noise_tile, texture_of

WEATHERS = ("clear", "fair", "overcast", "evening")


def random_light(rng: np.random.Generator) -> Light:
    """The light of a random weather and time of day, of about the same strength on the ground.

    A camera adjusts to the day, so that what differs is colour, direction and contrast.
    """
    weather = WEATHERS[rng.integers(len(WEATHERS))]
    low, high = {"evening": (0.22, 0.4), "overcast": (0.6, 1.2)}.get(weather, (0.55, 1.1))
    # From behind or ahead more often than from the side, where houses take the sun away.
    height = rng.uniform(low, high)
    azimuth = rng.integers(2) * np.pi + rng.normal(0, 0.6)
    to_sun = (
        float(np.cos(height) * np.sin(azimuth)),
        float(np.sin(height)),
        float(np.cos(height) * np.cos(azimuth)),
    )
    sun, sky = {
        "clear": ((1.15, 1.05, 0.88), (0.24, 0.31, 0.42)),
        "fair": ((0.72, 0.68, 0.61), (0.42, 0.47, 0.53)),
        "overcast": ((0.04, 0.04, 0.04), (0.92, 0.96, 1.0)),
        "evening": ((1.35, 0.95, 0.56), (0.34, 0.36, 0.46)),
    }[weather]
    strength = rng.uniform(0.85, 1.15)
    return Light(to_sun=to_sun, sun=_times(sun, strength), sky=_times(sky, strength))


def _times(colour: tuple[float, ...], factor: float) -> tuple[float, float, float]:
    red, green, blue = (float(part * factor) for part in colour)
    return (red, green, blue)


def clouds(rng: np.random.Generator) -> Texture:
    """How thick the clouds are, 0 to 1."""
    drawn = cut_from(rng, noise_tile(256, 1.5), 256)
    thick = np.clip(0.5 + 0.45 * drawn - rng.uniform(-0.1, 0.35), 0, 1)
    return texture_of(thick.astype(np.float32), repeats=True)


def paint_sky(canvas: Canvas, camera: Camera, light: Light, cover: Texture) -> None:
    """The colour of the sky wherever nothing was painted."""
    rows, columns = np.nonzero(np.isinf(canvas.depth))
    if not len(rows):
        return
    width, height = camera.frame_size
    rays = np.stack(
        [
            (columns - (width - 1) / 2) / camera.focal,
            (rows - (height - 1) / 2) / camera.focal,
            np.ones(len(rows)),
        ],
        axis=1,
    )
    world = ((rays / np.linalg.norm(rays, axis=1)[:, None]) @ camera.rotation).astype(np.float32)
    up = np.maximum(world[:, 1], 0.02)
    # Clouds lie on a plane; seen at a low angle they run together.
    coarse = np.log2(256 / (6 * camera.focal)) - 1.6 * np.log2(up)
    thick = cover.at(
        world[:, 0] / (up + 0.15) / 6, world[:, 2] / (up + 0.15) / 6, coarse.astype(np.float32)
    )[:, None]
    blue = _blue(light) * (1.25 - 0.55 * np.sqrt(up))[:, None]
    white = np.array(light.sky, np.float32).mean() * 1.35 + np.array(light.sun, np.float32) * 0.45
    glow = np.maximum(world @ np.array(light.to_sun, np.float32), 0)[:, None]
    glow = 0.5 * glow**12 * np.array(light.sun, np.float32)
    canvas.colour[rows, columns] = blue + thick * (white - blue) + glow


def _blue(light: Light) -> Float32[np.ndarray, "3"]:
    """The sky between the clouds; that of a grey day is grey."""
    sky = np.array(light.sky, np.float32)
    clear = min(1.0, sum(light.sun) / 2)
    return sky * (1.05 + clear * np.array([0.05, 0.35, 0.85], np.float32))


def add_haze(canvas: Canvas, light: Light, *, metres: float) -> None:
    """Mix in the colour of the air, 63% of it at ``metres`` away (Koschmieder's law)."""
    air = np.array(light.sky, np.float32) * 0.95 + np.array(light.sun, np.float32) * 0.12
    through = np.exp(-canvas.depth / np.float32(metres))[..., None]
    through[np.isinf(canvas.depth)] = 1
    canvas.colour[:] = air + through * (canvas.colour - air)
