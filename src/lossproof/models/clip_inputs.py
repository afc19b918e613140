"""From a clip and its flow to what networks of 2D convolutions take: squares, stacked in time."""

import cv2
import numpy as np
from jaxtyping import Float32

from lossproof.dense_flow import Flow
from lossproof.models.normalisation import IMAGENET
from lossproof.records import Clip, FrameSize

MOST_MOTION = 20.0
"""Pixels; motion beyond it is taken for it, as by all who store flow in 8 bits."""

Fields = Float32[np.ndarray, "fields 2 side side"]
"""Motion to the right and down, in planes."""

_FLOW_STD = 0.226


def middles(length: int, number: int) -> list[int]:
    """Evenly spaced places of ``length`` things: the middles of ``number`` equal parts.

    Where there are fewer things than that, each place stands once.
    """
    number = min(number, length)
    return [(2 * part + 1) * length // (2 * number) for part in range(number)]


def square_frames(
    clip: Clip, *, number: int, side: int
) -> Float32[np.ndarray, "frames 3 side side"]:
    """Evenly spaced frames, shorter side scaled to ``side``, middle square, ImageNet's numbers."""
    chosen = [clip[place] for place in middles(len(clip), number)]
    return np.stack([IMAGENET.planes(square(frame, side)) for frame in chosen])


def square_flow(flow: Flow, *, side: int) -> Fields:
    """Flow scaled in the same way, its vectors with it, so that they are pixels of the square.

    A clip of one frame has no flow: one field of zeros stands for it, since nothing moved.
    """
    height, width = flow.shape[1:3]
    if not len(flow):
        return np.zeros((1, 2, side, side), np.float32)
    scale = np.divide(_scaled(width, height, side), (width, height)).astype(np.float32)
    squares = np.stack([square(field, side) * scale for field in flow])
    return np.ascontiguousarray(squares.transpose(0, 3, 1, 2))


def without_mean(flow: Flow) -> Flow:
    """Each field less its mean vector, which is taken for the camera's motion."""
    centred: Flow = flow - flow.mean(axis=(1, 2), keepdims=True, dtype=np.float32)
    return centred


def normalised_flow(flow: Fields) -> Fields:
    """Flow in pixels to a network's numbers: [-20, 20] to [0, 1], less 0.5, over 0.226.

    The numbers are those of the temporal segment networks (Wang et al., ECCV 2016), without the
    rounding to 8 bits and the JPEG that flow goes through there.
    """
    unit = np.clip(flow, -MOST_MOTION, MOST_MOTION) / np.float32(2 * MOST_MOTION)
    normalised: Fields = (unit / np.float32(_FLOW_STD)).astype(np.float32)
    return normalised


def stacks(num_fields: int, *, number: int, length: int) -> list[list[int]]:
    """The places of evenly spaced stacks of ``length`` successive fields.

    Where there are too few fields for one stack, the last is repeated.
    """
    starts = middles(max(1, num_fields - length + 1), number)
    last = num_fields - 1
    return [[min(start + step, last) for step in range(length)] for start in starts]


def _scaled(width: int, height: int, side: int) -> FrameSize:
    shorter = min(width, height)
    return max(side, round(width * side / shorter)), max(side, round(height * side / shorter))


def square(field: np.ndarray, side: int) -> np.ndarray:
    """The middle square of a frame or field (H, W, C) whose shorter side is scaled to ``side``."""
    height, width = field.shape[:2]
    size = _scaled(width, height, side)
    interpolation = cv2.INTER_AREA if side < min(width, height) else cv2.INTER_LINEAR
    field = cv2.resize(np.ascontiguousarray(field), size, interpolation=interpolation)
    left, top = (size[0] - side) // 2, (size[1] - side) // 2
    return field[top : top + side, left : left + side]
