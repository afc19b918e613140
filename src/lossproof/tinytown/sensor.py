"""What a lens and a sensor make of linear light: a picture with blur, noise and a tone curve."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from lossproof.records import Frame

STEPS = 4096
"""The tone curve's table has as many; a ten-bit sensor tells fewer apart."""
BRIGHTEST = 4.0
"""Light at which the tone curve ends, 1 being white in the sun."""


@dataclass(frozen=True, kw_only=True)
class Sensor:
    """One camera's settings for as long as it films.

    ``blur`` is the lens's, a deviation in pixels of a frame 320 wide; ``exposure`` multiplies
    light, ``balance`` each channel; ``vignette`` is what the corners lose. The variance of the
    noise is ``shot`` times the light plus ``read`` squared.
    """

    blur: float
    exposure: float
    balance: tuple[float, float, float]
    vignette: float
    shot: float
    read: float

    def __post_init__(self) -> None:
        for name in ("blur", "vignette", "shot", "read"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name)}; 0 or more is allowed")
        if self.exposure <= 0:
            raise ValueError(f"exposure is {self.exposure}; more than 0 is allowed")

    def expose(self, colour: Float32[np.ndarray, "h w 3"], rng: np.random.Generator) -> Frame:
        """The picture of one moment; only its noise comes from ``rng``."""
        light = colour
        if self.blur:
            light = cv2.GaussianBlur(light, (0, 0), self.blur * colour.shape[1] / 320)
        light = light * self._gain(*colour.shape[:2])
        deviation = np.sqrt(np.float32(self.shot) * light + np.float32(self.read**2))
        grain = rng.standard_normal(light.shape, np.float32)
        # Demosaicing spreads each photosite's noise over its neighbours.
        grain = cv2.GaussianBlur(grain, (3, 3), 0.5)
        steps = (light + deviation * grain) * np.float32((STEPS - 1) / BRIGHTEST)
        frame: Frame = _tones()[np.clip(steps, 0, STEPS - 1).astype(np.uint16)]
        return frame

    def _gain(self, height: int, width: int) -> Float32[np.ndarray, "h w 3"]:
        y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
        x = np.linspace(-1, 1, width, dtype=np.float32)[None]
        corners = 1 - np.float32(self.vignette) * (x * x + y * y) / 2
        gain: Float32[np.ndarray, "h w 3"] = corners[..., None] * (
            np.array(self.balance, np.float32) * np.float32(self.exposure)
        )
        return gain


def random_sensor(rng: np.random.Generator) -> Sensor:
    """A camera as one may find it: phones and dashboard cameras, by day."""
    warm, green = rng.uniform(-0.06, 0.06), rng.uniform(-0.02, 0.02)
    return Sensor(
        blur=float(rng.uniform(0.4, 0.65)),
        exposure=float(2 ** rng.uniform(-0.25, 0.6)),
        balance=(float(1 + warm), float(1 + green), float(1 - warm)),
        vignette=float(rng.uniform(0.05, 0.35)),
        shot=float(rng.uniform(0.0001, 0.0004)),
        read=float(rng.uniform(0.001, 0.003)),
    )


@cache
def _tones() -> UInt8[np.ndarray, " steps"]:
    """sRGB's curve (IEC 61966-2-1) after a shoulder that bends highlights towards white."""
    light = np.linspace(0, BRIGHTEST, STEPS)
    knee = 0.7
    bent = knee + (1 - knee) * (1 - np.exp(-(light - knee) / (1 - knee)))
    light = np.where(light < knee, light, bent)
    curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    table: UInt8[np.ndarray, " steps"] = np.rint(255 * curve).astype(np.uint8)
    return table
