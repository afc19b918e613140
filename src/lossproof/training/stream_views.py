"""What each stream is trained on: one frame of a clip, or one stack of its flow, drawn at random.

Both are what the model makes of a clip that it is to recognise (``clip_inputs.py``), but for the
place in time and for the view. Flow is computed of what arrived, before it is cut or mirrored, one
pair of frames at a time and only where it is wanted; it is kept as float16, whose steps are 1/64
pixel at most for motion that counts.
"""

import cv2
import numpy as np
import torch
from jaxtyping import Float32

from lossproof.dense_flow import Flow
from lossproof.models.clip_inputs import normalised_flow, square, square_flow, without_mean
from lossproof.models.flow import FlowMethod, optical_flow
from lossproof.models.normalisation import IMAGENET
from lossproof.models.stream_settings import TwoStreamSettings
from lossproof.models.two_stream import check_clip, stacked
from lossproof.records import Clip, Frames
from lossproof.training.view import Look

Planes = Float32[np.ndarray, "side side channels"]
"""A network's numbers, channels last."""

_KEPT = np.dtype(np.float16)


def drawn_frame(clip: Frames, look: Look, *, settings: TwoStreamSettings) -> Planes:
    """A frame as the spatial stream sees it. Raises ValueError for what is no clip."""
    check_clip(clip)
    place = np.random.default_rng(look.seed).integers(len(clip))
    return IMAGENET.pixels(square(look.view.of_frames(clip[place]), settings.side))


def drawn_stack(clip: Frames, look: Look, *, settings: TwoStreamSettings) -> Planes:
    """Successive fields of flow as the motion stream sees them. Raises ValueError likewise.

    Of a clip with too few fields for a stack the last is repeated, and one frame has no motion.
    """
    check_clip(clip)
    num_fields = len(clip) - 1
    starts = max(1, num_fields - settings.stack + 1)
    first = int(np.random.default_rng(look.seed).integers(starts))
    flow = _flow(clip, range(first, min(first + settings.stack, num_fields)), look, settings)
    if settings.subtract_mean:
        flow = without_mean(flow)
    fields = normalised_flow(square_flow(look.view.of_flow(flow), side=settings.side))
    (planes,) = stacked(torch.from_numpy(fields), settings).numpy()
    return np.ascontiguousarray(planes.transpose(1, 2, 0))


def _flow(clip: Clip, places: range, look: Look, settings: TwoStreamSettings) -> Flow:
    height, width = clip.shape[1:3]
    flow = np.empty((len(places), height, width, 2), np.float32)
    for place, field in zip(places, flow, strict=True):
        field[:] = _field(clip[place : place + 2], place, look, FlowMethod(settings.flow))
    return flow


def _field(pair: Clip, place: int, look: Look, method: FlowMethod) -> np.ndarray:
    """The flow of one pair of frames, kept. A kept one of a wrong length is passed over."""

    def make() -> bytes:
        return optical_flow(pair, method=method).astype(_KEPT).tobytes()

    shape = (*pair.shape[1:3], 2)
    data = look.keep(f"flow {method.name} {place} {cv2.__version__}", make)
    if len(data) != _KEPT.itemsize * int(np.prod(shape)):
        data = make()
    return np.frombuffer(data, _KEPT).reshape(shape)
