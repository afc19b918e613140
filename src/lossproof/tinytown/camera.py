"""Where a picture is taken from.

The world has x to the right across the street, y up and z along the street, in metres. A camera's
own axes are x to the right, y down and z ahead; its z is depth.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64

from lossproof.records import FrameSize

NEAREST = 0.1
"""Metres before the camera from which on things are seen."""


@dataclass(frozen=True, kw_only=True)
class Camera:
    """A pinhole camera. ``yaw`` turns to the right, ``pitch`` up, ``roll`` clockwise, in radians.

    ``focal`` is in pixels; the axis goes through the middle of the frame.
    """

    position: tuple[float, float, float]
    frame_size: FrameSize
    focal: float
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0

    def __post_init__(self) -> None:
        if self.focal <= 0:
            raise ValueError(f"focal is {self.focal}; more than 0 pixels are allowed")

    @property
    def rotation(self) -> Float64[np.ndarray, "3 3"]:
        """From the world's axes to the camera's."""
        cy, sy = np.cos(self.yaw), np.sin(self.yaw)
        cp, sp = np.cos(self.pitch), np.sin(self.pitch)
        cr, sr = np.cos(self.roll), np.sin(self.roll)
        turned = np.array([[cy, 0, -sy], [0, -1, 0], [sy, 0, cy]])
        raised = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
        rolled = np.array([[cr, sr, 0], [-sr, cr, 0], [0, 0, 1]])
        turning: Float64[np.ndarray, "3 3"] = rolled @ raised @ turned
        return turning

    def seen_from(self, points: Float[np.ndarray, "n 3"]) -> Float64[np.ndarray, "n 3"]:
        """Points of the world on the camera's axes."""
        own: Float64[np.ndarray, "n 3"] = (points - np.array(self.position)) @ self.rotation.T
        return own

    def project(self, own: Float[np.ndarray, "n 3"]) -> Float64[np.ndarray, "n 2"]:
        """Points before the camera, on its axes, to pixels, whose centres are whole numbers."""
        width, height = self.frame_size
        middle = np.array([(width - 1) / 2, (height - 1) / 2])
        pixels: Float64[np.ndarray, "n 2"] = own[:, :2] / own[:, 2:] * self.focal + middle
        return pixels
