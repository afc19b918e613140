"""Frames at another size."""

from typing import cast

import cv2
import numpy as np

from lossproof.records import Frame, Frames, FrameSize


def frame_size_of(frames: Frames) -> FrameSize:
    """(width, height) of a frame or of every frame of a clip."""
    return (frames.shape[-2], frames.shape[-3])


def resized(frames: Frames, frame_size: FrameSize | None) -> Frames:
    """The frames at another size: pixel areas averaged when shrinking, bicubic when growing.

    None is the size that they have. Raises ValueError for a size that cannot be made.
    """
    if frame_size is None or frame_size == frame_size_of(frames):
        return frames
    if frames.ndim == 3:
        return _resized(frames, frame_size)
    return np.stack([_resized(frame, frame_size) for frame in frames])


def _resized(frame: Frame, frame_size: FrameSize) -> Frame:
    width, height = frame_size_of(frame)
    shrinks = frame_size[0] <= width and frame_size[1] <= height
    method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    try:
        return cast(Frame, cv2.resize(frame, frame_size, interpolation=method))
    except cv2.error as error:
        raise ValueError(
            f"frames of {width}x{height} cannot be made {frame_size}: {error}"
        ) from error
