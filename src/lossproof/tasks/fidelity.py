"""Fidelity: how far what arrives is from what was sent, for any dataset and without a model."""

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, final

import numpy as np

from lossproof.metrics import fidelity as metric
from lossproof.records import Frames, FrameSize
from lossproof.resizing import frame_size_of, resized
from lossproof.settings import settings
from lossproof.targets import SourceTarget
from lossproof.tasks.drawing.fidelity import draw
from lossproof.tasks.task import Score, Task


def fit(prediction: Any, frame_size: FrameSize, target: SourceTarget) -> Frames:
    """What arrived at the size of the source: areas averaged when shrinking, bicubic when growing.

    Raises ValueError for what is no frame or clip of 8 bits.
    """
    frames: Frames = np.asarray(prediction)
    shape = frames.shape
    if frames.dtype != np.uint8 or len(shape) not in (3, 4) or shape[-1] != 3 or not frames.size:
        raise ValueError(
            f"prediction is {frames.dtype} of shape {shape}; "
            "uint8 of shape (H, W, 3) or (T, H, W, 3) is allowed"
        )
    return resized(frames, frame_size_of(target.frames))


@final
@dataclass(frozen=True)
class Fidelity:
    """Its target is the source and its model is ``identity``.

    ``flow`` says whether clips are compared by their optical flow too, which takes most of the
    time.
    """

    name: ClassVar[str] = "fidelity"
    flow: bool = True

    def task(self) -> Task:
        return Task(
            name=self.name,
            metric=metric.VERSION,
            validate=metric.validate,
            sample_stat=partial(metric.sample_stat, flow=self.flow),
            summarise=metric.summarise,
            fit=fit,
            draw=draw,
            scores=(
                Score("psnr_db", "PSNR", unit="dB", digits=2),
                Score("psnr_db_per_sample", "PSNR per sample", unit="dB", digits=2),
                Score("ssim", "SSIM", unit="", digits=4),
                Score("flow_epe_px", "flow EPE", "lower", "px", digits=3),
            ),
            columns=("psnr_db", "ssim", *(("flow_epe_px",) if self.flow else ())),
            headline="psnr_db",
            settings=settings(self),
            target="source",
        )
