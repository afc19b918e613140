"""How a frame is brought before the network: mirrored, and a window of it; and its target alike."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, Shaped

from lossproof.records import Frames, FrameSize
from lossproof.training.recipe import Augmentation


@dataclass(frozen=True)
class Window:
    """A part of a frame: its left upper corner and its size, in pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class View:
    """What was done to a frame of ``frame_size``: first mirrored, then cut to ``window``."""

    frame_size: FrameSize
    window: Window
    flipped: bool = False

    def of_frames(self, frames: Frames) -> Frames:
        """The same of a frame (H, W, 3) or a clip (T, H, W, 3), as a contiguous array."""
        rows, columns = self._slices()
        mirrored = frames[..., ::-1, :] if self.flipped else frames
        seen: Frames = np.ascontiguousarray(mirrored[..., rows, columns, :])
        return seen

    def of_map(self, values: Shaped[np.ndarray, "h w"]) -> Shaped[np.ndarray, "_ _"]:
        """The same of a value per pixel at any resolution, taken to the frame's by nearest."""
        if values.shape != self.frame_size[::-1]:
            values = cv2.resize(values, self.frame_size, interpolation=cv2.INTER_NEAREST_EXACT)
        rows, columns = self._slices()
        mirrored = values[:, ::-1] if self.flipped else values
        return np.ascontiguousarray(mirrored[rows, columns])

    def of_points(self, points: Float[np.ndarray, "*n 2"]) -> Float[np.ndarray, "*n 2"]:
        """The same of points x, y in the frame's pixels, where 0 is a frame's left or upper edge.

        They may lie outside the window.
        """
        x, y = points[..., 0], points[..., 1]
        mirrored = self.frame_size[0] - x if self.flipped else x
        return np.stack([mirrored - self.window.x, y - self.window.y], axis=-1)

    def _slices(self) -> tuple[slice, slice]:
        window = self.window
        return (
            slice(window.y, window.y + window.height),
            slice(window.x, window.x + window.width),
        )


def whole(frame_size: FrameSize) -> View:
    """The frame as it is."""
    return View(frame_size, Window(0, 0, *frame_size))


def draw_view(
    augmentation: Augmentation, frame_size: FrameSize, generator: np.random.Generator
) -> View:
    """A view at random. Raises ValueError for a crop that is larger than the frame."""
    width, height = augmentation.crop or frame_size
    room = (frame_size[0] - width, frame_size[1] - height)
    if min(room) < 0 or min(width, height) < 1:
        raise ValueError(
            f"crop is {width}x{height}; 1x1 to {frame_size[0]}x{frame_size[1]}, the size of the "
            "frame, is allowed"
        )
    flipped = augmentation.flip and bool(generator.random() < 0.5)
    x, y = (int(generator.integers(0, most + 1)) for most in room)
    return View(frame_size, Window(x, y, width, height), flipped)
