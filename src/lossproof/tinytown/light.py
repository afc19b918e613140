"""The sun and the sky, and what they make of a surface."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64


@dataclass(frozen=True, kw_only=True)
class Light:
    """``to_sun`` is a direction of length 1 in the world; ``sun`` and ``sky`` are linear RGB."""

    to_sun: tuple[float, float, float]
    sun: tuple[float, float, float]
    sky: tuple[float, float, float]

    def on(self, normals: Float[np.ndarray, "*_ 3"]) -> Float64[np.ndarray, "*_ 3"]:
        """The light that surfaces with these normals receive, to be multiplied by their albedo.

        The sun's falls off with the cosine (Lambert), the sky's is full from above and half
        sideways.
        """
        towards = np.maximum(normals @ np.array(self.to_sun), 0)[..., None]
        upwards = (0.5 + 0.5 * normals[..., 1])[..., None]
        light: Float64[np.ndarray, "*_ 3"] = towards * self.sun + upwards * self.sky
        return light
