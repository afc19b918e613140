"""A stream of the two-stream network: cross-entropy on a frame or stack drawn from each clip.

As Simonyan and Zisserman train them (NeurIPS 2014), by SGD and each stream by itself: its weights
file opens alone, or with the other stream's as
``two_stream:SPATIAL.safetensors,motion=MOTION.safetensors``. The validation score is the stream's
own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Literal, final

import numpy as np
import torch

from lossproof.models.backbones import (
    Backbone,
    check_backbone,
    imagenet_tensors,
    start_from_colour,
)
from lossproof.models.flow import FlowName
from lossproof.models.stream_files import stream_files
from lossproof.models.stream_settings import FlowOrder, TwoStreamSettings
from lossproof.models.two_stream import TwoStream, build_two_stream, predict_actions
from lossproof.records import Frames
from lossproof.settings import Within, check_settings
from lossproof.targets import ActionTarget
from lossproof.tasks import Task, make_task
from lossproof.training.family import Batch, Example, Family, imitation
from lossproof.training.job import Job
from lossproof.training.journal import Journal, accelerator_for, channels_last, share_of
from lossproof.training.losses import label_divergence, label_loss
from lossproof.training.optimisers import sgd_or_adam
from lossproof.training.outcome import Outcome
from lossproof.training.stream_views import Planes, drawn_frame, drawn_stack
from lossproof.training.view import Look, View

_OF_BOTH = ("stream", "backbone", "width", "side")
_OF_MOTION = ("stack", "flow", "flow_order", "subtract_mean")


@final
@dataclass(frozen=True)
class TwoStreamTraining:
    """``stream`` is the one that is trained. It starts from torchvision's ImageNet weights, those
    on colour being averaged for motion, or from torch's draw; a parent replaces that start. The
    others are the network's."""

    name: ClassVar[str] = "two_stream"

    stream: Literal["spatial", "motion"] = "spatial"
    start: Literal["imagenet", "random"] = "random"
    backbone: Backbone = "vgg16"
    width: Annotated[float, Within(0.01, 4.0)] = 1.0
    side: Annotated[int, Within(32, 1024)] = 224
    stack: Annotated[int, Within(1, 100)] = 10
    flow: FlowName = "dis"
    flow_order: FlowOrder = "xyxy"
    subtract_mean: bool = False

    def __post_init__(self) -> None:
        check_settings(self)
        check_backbone(self.backbone, width=self.width)
        if self.start == "imagenet" and self.backbone == "small":
            raise ValueError("start is imagenet and backbone small, which has no ImageNet weights")

    @property
    def network(self) -> TwoStreamSettings:
        return TwoStreamSettings(**_network_settings(self))


def train_two_stream(job: Job) -> Outcome:
    """Train a stream from the job's start to its end, or from its checkpoint.

    Raises ValueError for a loss that is not finite and OSError when nothing can be written.
    """
    accelerator = accelerator_for(job.conditions)
    network = channels_last(start_stream(job))
    optimiser: torch.optim.Optimizer = sgd_or_adam(network, job.recipe.schedule)
    network, optimiser = accelerator.prepare(network, optimiser)
    device = accelerator.device
    feed = job.feed(share=share_of(accelerator))
    journal = Journal(
        job,
        accelerator,
        networks={"two_stream": network},
        optimisers={"two_stream": optimiser},
        steps_per_epoch=feed.steps_per_epoch,
    )
    for epoch in journal.epochs():
        network.train()
        for batch in feed.batches(epoch.number, epoch.places):
            for group in optimiser.param_groups:
                group["lr"] = journal.rate
            with accelerator.autocast():
                logits = network(batch.images.to(device))
            loss = label_loss(logits.float(), batch.targets.to(device))
            journal.check(loss)
            optimiser.zero_grad()
            accelerator.backward(loss)
            optimiser.step()
            journal.stepped(loss)
        journal.epoch_done()
    return Outcome(journal.best, journal.laps(), journal.seconds, feed.damaged)


def start_stream(job: Job) -> TwoStream:
    """The parent's stream, or a new one from the recipe's seed. Raises ValueError."""
    own = job.settings
    files = stream_files(job.parent, None)
    if files and own.stream not in files:
        raise ValueError(
            f"parent {str(job.parent)!r} has no {own.stream} stream; "
            f"stream={', '.join(files)} is allowed"
        )
    network = build_two_stream(
        len(job.dataset.classes), {own.stream: own.network}, files=files, seed=job.recipe.seed
    )
    if job.parent is None and own.start == "imagenet":
        stream = network.stream(own.stream)
        assert stream is not None
        start_from_colour(stream, imagenet_tensors(own.backbone))
    return network


def _task(settings: TwoStreamTraining) -> Task:
    return replace(make_task("action"), headline=f"top1_{settings.stream}")


def _align(target: ActionTarget, view: View) -> int:
    return target.label


def _see(settings: TwoStreamTraining, frames: Frames, look: Look) -> Planes:
    drawn = drawn_frame if settings.stream == "spatial" else drawn_stack
    return drawn(frames, look, settings=settings.network)


def _collate(examples: Sequence[Example]) -> Batch:
    sources = [example.source for example in examples if example.source is not None]
    return Batch(
        _images([example.frames for example in examples]),
        torch.tensor([example.target for example in examples]),
        _images(sources) if sources else None,
    )


def _images(planes: Sequence[Planes]) -> torch.Tensor:
    return torch.from_numpy(np.stack(planes)).permute(0, 3, 1, 2).contiguous()


def _network_settings(settings: TwoStreamTraining) -> dict[str, Any]:
    names = _OF_BOTH if settings.stream == "spatial" else (*_OF_BOTH, *_OF_MOTION)
    return {name: getattr(settings, name) for name in names}


TWO_STREAM = Family(
    name="two_stream",
    settings=TwoStreamTraining,
    network_settings=_network_settings,
    task=_task,
    align=_align,
    collate=_collate,
    build=start_stream,
    optimiser=sgd_or_adam,
    predict=predict_actions,
    train=train_two_stream,
    imitate=imitation(label_divergence),
    see=_see,
)
