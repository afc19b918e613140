"""What is drawn on: colour, and for every pixel how far it is, of what class and of which thing."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Int32, UInt8

from lossproof.records import FrameSize

NOTHING = 0
"""The instance of pixels that belong to no thing."""


@dataclass(frozen=True)
class Canvas:
    """``colour`` is linear light, 1 being white in the sun; ``depth`` is in metres, infinite where
    nothing was painted; ``labels`` index ``CLASSES``; ``instances`` count things from 1."""

    colour: Float32[np.ndarray, "h w 3"]
    depth: Float32[np.ndarray, "h w"]
    labels: UInt8[np.ndarray, "h w"]
    instances: Int32[np.ndarray, "h w"]

    @staticmethod
    def blank(frame_size: FrameSize, *, label: int) -> "Canvas":
        """A black canvas, infinitely far, of one class."""
        width, height = frame_size
        return Canvas(
            np.zeros((height, width, 3), np.float32),
            np.full((height, width), np.inf, np.float32),
            np.full((height, width), label, np.uint8),
            np.full((height, width), NOTHING, np.int32),
        )

    def paint(
        self,
        window: tuple[slice, slice],
        *,
        colour: Float[np.ndarray, "*_ 3"],
        depth: Float[np.ndarray, "h w"],
        covered: Bool[np.ndarray, "h w"],
        label: int,
        instance: int = NOTHING,
    ) -> None:
        """Put something on the part of the canvas that ``window`` (rows, columns) names.

        It covers where ``covered`` says so and where what stands there is farther away. ``colour``
        is one for all pixels, or one for each.
        """
        front = covered & (depth < self.depth[window])
        colours = np.broadcast_to(colour, (*front.shape, 3))
        self.colour[window][front] = colours[front]
        self.depth[window][front] = depth[front]
        self.labels[window][front] = label
        self.instances[window][front] = instance
