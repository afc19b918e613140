"""From the bytes of a frame to the numbers that a network was trained on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np
from jaxtyping import Float32

from lossproof.records import Frame

if TYPE_CHECKING:
    from torch import Tensor

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Normalisation:
    """``(value * scale - mean) / std`` per channel, in float32.

    ``mean`` and ``std`` stand in the order of the network's channels, which is ``colour``, and are
    in the units that ``scale`` leads to: for values 0..255 with scale 1, for 0..1 with scale 1/255.
    """

    scale: float = 1.0
    mean: Triple = (0.0, 0.0, 0.0)
    std: Triple = (1.0, 1.0, 1.0)
    colour: Literal["RGB", "BGR"] = "RGB"

    def __post_init__(self) -> None:
        if not math.isfinite(self.scale) or self.scale == 0:
            raise ValueError(f"scale is {self.scale}; a finite number other than 0 is allowed")
        if not all(math.isfinite(mean) for mean in self.mean):
            raise ValueError(f"mean is {self.mean}; three finite numbers are allowed")
        if not all(math.isfinite(std) and std > 0 for std in self.std):
            raise ValueError(f"std is {self.std}; three finite numbers above 0 are allowed")

    @cached_property
    def table(self) -> Float32[np.ndarray, "3 256"]:
        """What each of the 256 values of each of the network's channels becomes.

        Looking a value up is exact, and one pass over the frame however long the formula.
        """
        values = np.arange(256, dtype=np.float32) * np.float32(self.scale)
        mean, std = (np.array(triple, np.float32)[:, None] for triple in (self.mean, self.std))
        table: Float32[np.ndarray, "3 256"] = (values - mean) / std
        return table

    def planes(self, frame: Frame) -> Float32[np.ndarray, "3 h w"]:
        """The frame as one plane per channel of the network."""
        planes = np.empty((3, *frame.shape[:2]), np.float32)
        channels = cv2.split(frame)
        for place, channel in enumerate(reversed(channels) if self.colour == "BGR" else channels):
            cv2.LUT(channel, self.table[place], planes[place])
        return planes

    def batch(self, frames: Sequence[Frame]) -> "Tensor":
        """Frames of one size as a tensor (B, 3, H, W)."""
        import torch

        return torch.from_numpy(np.stack([self.planes(frame) for frame in frames]))

    def pixels(self, frame: Frame) -> Float32[np.ndarray, "h w 3"]:
        """The frame with the network's channels last."""
        return np.ascontiguousarray(self.planes(frame).transpose(1, 2, 0))


IMAGENET = Normalisation(scale=1 / 255, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
"""What torchvision's ImageNet weights were trained on."""
