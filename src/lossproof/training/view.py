"""How a frame is brought before the network: mirrored, scaled, turned, and a window of it.

Its target is brought there alike.
"""

import math
from collections.abc import Callable
from dataclasses import astuple, dataclass

import cv2
import numpy as np
from jaxtyping import Float, Float32, Float64, Shaped

from lossproof.records import IGNORE, Frames, FrameSize
from lossproof.training.recipe import Augmentation

_GREY = 128.0


@dataclass(frozen=True)
class Window:
    """A part of a frame: its left upper corner and its size, in pixels; it may reach beyond."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class View:
    """What was done to a frame of ``frame_size``: mirrored, scaled, turned, and cut to ``window``.

    It is turned about its centre, clockwise by ``degrees``. The window's pixels are those of the
    scaled frame.
    """

    frame_size: FrameSize
    window: Window
    flipped: bool = False
    scale: float = 1.0
    degrees: float = 0.0

    @property
    def warps(self) -> bool:
        """Whether pixels lie between those of the frame, or beyond its border."""
        x, y, width, height = astuple(self.window)
        beyond = min(x, y) < 0 or x + width > self.frame_size[0] or y + height > self.frame_size[1]
        return beyond or self.scale != 1 or self.degrees != 0

    def of_frames(self, frames: Frames) -> Frames:
        """The same of a frame (H, W, 3) or a clip (T, H, W, 3), as a contiguous array.

        Between pixels it is interpolated (bicubic), and grey beyond the border.
        """
        if self.warps:
            if frames.ndim == 4:
                return np.stack([self.of_frames(frame) for frame in frames])
            grey = (_GREY, _GREY, _GREY)
            return self._warped(frames, interpolation=cv2.INTER_CUBIC, beyond=grey)
        rows, columns = self._slices()
        mirrored = frames[..., ::-1, :] if self.flipped else frames
        seen: Frames = np.ascontiguousarray(mirrored[..., rows, columns, :])
        return seen

    def of_flow(
        self, flow: Float32[np.ndarray, "fields h w 2"]
    ) -> Float32[np.ndarray, "fields _ _ 2"]:
        """The same of motion to the right and down, in pixels; mirrored, right becomes left.

        Beyond the border nothing moves.
        """
        if self.warps:
            still = (0.0, 0.0)
            moved = [
                self._warped(one, interpolation=cv2.INTER_LINEAR, beyond=still) for one in flow
            ]
            turned: Float32[np.ndarray, "fields _ _ 2"] = (
                np.stack(moved) @ self._matrix[:, :2].T
            ).astype(np.float32)
            return turned
        rows, columns = self._slices()
        mirrored = flow[:, :, ::-1] * np.array([-1, 1], np.float32) if self.flipped else flow
        return np.ascontiguousarray(mirrored[:, rows, columns])

    def of_map(self, values: Shaped[np.ndarray, "h w"]) -> Shaped[np.ndarray, "_ _"]:
        """The same of a value per pixel at any resolution, taken to the frame's by nearest.

        Beyond the border numbers are NaN and classes are ignored.
        """
        if values.shape != self.frame_size[::-1]:
            values = cv2.resize(values, self.frame_size, interpolation=cv2.INTER_NEAREST_EXACT)
        if self.warps:
            beyond = (math.nan if values.dtype.kind == "f" else float(IGNORE),)
            return self._warped(values, interpolation=cv2.INTER_NEAREST, beyond=beyond)
        rows, columns = self._slices()
        mirrored = values[:, ::-1] if self.flipped else values
        return np.ascontiguousarray(mirrored[rows, columns])

    def of_points(self, points: Float[np.ndarray, "*n 2"]) -> Float[np.ndarray, "*n 2"]:
        """The same of points x, y in the frame's pixels, where 0 is a frame's left or upper edge.

        They may lie outside the window.
        """
        if self.warps:
            turned: Float[np.ndarray, "*n 2"] = points @ self._matrix[:, :2].T + self._matrix[:, 2]
            return turned
        x, y = points[..., 0], points[..., 1]
        mirrored = self.frame_size[0] - x if self.flipped else x
        return np.stack([mirrored - self.window.x, y - self.window.y], axis=-1)

    @property
    def _matrix(self) -> Float64[np.ndarray, "2 3"]:
        """What ``of_points`` multiplies points by, and adds."""
        angle = np.deg2rad(self.degrees)
        turn = self.scale * np.array(
            [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        )
        centre = np.array(self.frame_size) / 2
        moved = self.scale * centre - turn @ centre - (self.window.x, self.window.y)
        if self.flipped:
            moved = moved + turn @ (self.frame_size[0], 0)
            turn = turn * (-1, 1)
        return np.column_stack([turn, moved])

    def _warped(
        self, values: Shaped[np.ndarray, "..."], *, interpolation: int, beyond: tuple[float, ...]
    ) -> Shaped[np.ndarray, "..."]:
        matrix = self._matrix.copy()
        # For OpenCV 0 is the centre of the first pixel.
        matrix[:, 2] += matrix[:, :2].sum(axis=1) / 2 - 0.5
        size = (self.window.width, self.window.height)
        return cv2.warpAffine(
            values,
            matrix,
            size,
            flags=interpolation,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=beyond,
        )

    def _slices(self) -> tuple[slice, slice]:
        window = self.window
        return (
            slice(window.y, window.y + window.height),
            slice(window.x, window.x + window.width),
        )


Keep = Callable[[str, Callable[[], bytes]], bytes]
"""``keep(name, make)`` is what ``make`` gives, which may be kept for the next who asks."""


def made_anew(name: str, make: Callable[[], bytes]) -> bytes:
    """A ``Keep`` that keeps nothing."""
    return make()


@dataclass(frozen=True)
class Look:
    """How frames that arrived become an example: the view of them, the seed of all else that is
    drawn, and where what is computed of these frames alone is kept."""

    view: View
    seed: int
    keep: Keep = made_anew


def whole(frame_size: FrameSize) -> View:
    """The frame as it is."""
    return View(frame_size, Window(0, 0, *frame_size))


def draw_view(
    augmentation: Augmentation,
    frame_size: FrameSize,
    generator: np.random.Generator,
    *,
    things: Float[np.ndarray, "n 2"] | None = None,
) -> View:
    """A view at random. Raises ValueError for a crop that is larger than a frame kept as it is.

    ``things`` are points x, y as shares of the frame; one of them, if there are any, is drawn to be
    in the middle half of the crop, as far as the frame allows.
    """
    flipped = augmentation.flip and bool(generator.random() < 0.5)
    scale, degrees = _draw_warp(augmentation, frame_size, generator)
    scaled = (max(1, round(frame_size[0] * scale)), max(1, round(frame_size[1] * scale)))
    width, height = augmentation.crop or scaled
    room = (scaled[0] - width, scaled[1] - height)
    if min(width, height) < 1 or (min(room) < 0 and not augmentation.warps):
        raise ValueError(
            f"crop is {width}x{height}; 1x1 to {frame_size[0]}x{frame_size[1]}, the size of the "
            "frame, is allowed"
        )
    if things is None or not len(things):
        x, y = (int(generator.integers(min(0, most), max(0, most) + 1)) for most in room)
    else:
        uncut = View(frame_size, Window(0, 0, *scaled), flipped, scale, degrees)
        x, y = _around(uncut.of_points(things * frame_size), (width, height), scaled, generator)
    return View(frame_size, Window(x, y, width, height), flipped, scale, degrees)


def _around(
    things: Float[np.ndarray, "n 2"],
    window: FrameSize,
    scaled: FrameSize,
    generator: np.random.Generator,
) -> tuple[int, int]:
    """Where a window begins that has one of the things, in pixels, in its middle half."""
    middle = things[generator.integers(len(things))]
    wanted = np.round(middle - np.multiply(window, generator.uniform(0.25, 0.75, 2)))
    room = np.subtract(scaled, window)
    x, y = np.clip(wanted, np.minimum(0, room), np.maximum(0, room)).astype(int).tolist()
    return x, y


def _draw_warp(
    augmentation: Augmentation, frame_size: FrameSize, generator: np.random.Generator
) -> tuple[float, float]:
    """The scale and the degrees of a turn."""
    if not augmentation.warps:  # nothing is drawn: what comes after stays as it was
        return (1.0, 0.0)
    scale = float(generator.uniform(*augmentation.scale))
    if augmentation.height is not None:
        scale *= augmentation.height / frame_size[1]
    return (scale, float(generator.uniform(-augmentation.rotate, augmentation.rotate)))
