"""SegNet: cross-entropy per pixel by stochastic gradient descent (PAMI 2017, section 3)."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, cast, final

import numpy as np
import torch
from jaxtyping import UInt8

from lossproof.models.normalisation import IMAGENET
from lossproof.models.segnet import (
    Layout,
    SegNet,
    build_segnet,
    imagenet_encoder,
    predict_class_maps,
)
from lossproof.records import DamagedSample, Sample, Setting
from lossproof.settings import Within, check_settings, spelled
from lossproof.targets import SegmentationTarget
from lossproof.tasks import make_task
from lossproof.training.class_weights import median_frequency
from lossproof.training.family import Batch, Example, Family, imitation
from lossproof.training.job import Job
from lossproof.training.journal import Journal, accelerator_for, channels_last, share_of
from lossproof.training.losses import class_loss, soft_class_loss
from lossproof.training.optimisers import sgd_or_adam
from lossproof.training.outcome import Outcome
from lossproof.training.view import View


@final
@dataclass(frozen=True)
class SegNetTraining:
    """``width``, ``layout`` and ``kernel`` are the network's.

    ``class_weights`` balance rare classes as the paper of SegNet does. The ``encoder`` starts from
    VGG16's ImageNet weights or from Kaiming's draw; a parent replaces that start.
    """

    name: ClassVar[str] = "segnet"

    width: Annotated[float, Within(0.01, 4.0)] = 1.0
    layout: Layout = "vgg16"
    kernel: Annotated[int, Within(1, 15)] = 3
    class_weights: Literal["median_frequency", "none"] = "median_frequency"
    encoder: Literal["imagenet", "kaiming"] = "kaiming"

    def __post_init__(self) -> None:
        check_settings(self)
        if self.encoder == "imagenet" and (self.width, self.layout) != (1.0, "vgg16"):
            raise ValueError(
                f"encoder is imagenet and width {self.width:g} of layout {self.layout}; ImageNet "
                "weights fit vgg16 of width 1 alone"
            )


def train_segnet(job: Job) -> Outcome:
    """Train from the job's start to its end, or from its checkpoint.

    Raises ValueError for a loss that is not finite and OSError when nothing can be written.
    """
    accelerator = accelerator_for(job.conditions)
    network = channels_last(start_segnet(job))
    optimiser: torch.optim.Optimizer = sgd_or_adam(network, job.recipe.schedule)
    network, optimiser = accelerator.prepare(network, optimiser)
    device = accelerator.device
    weights = torch.from_numpy(weights_of_classes(job)).to(device)
    feed = job.feed(share=share_of(accelerator))
    journal = Journal(
        job,
        accelerator,
        networks={"segnet": network},
        optimisers={"segnet": optimiser},
        steps_per_epoch=feed.steps_per_epoch,
    )
    for epoch in journal.epochs():
        network.train()
        for batch in feed.batches(epoch.number, epoch.places):
            for group in optimiser.param_groups:
                group["lr"] = journal.rate
            with accelerator.autocast():
                logits = network(batch.images.to(device))
            loss = class_loss(logits.float(), batch.targets.to(device), weights)
            journal.check(loss)
            optimiser.zero_grad()
            accelerator.backward(loss)
            optimiser.step()
            journal.stepped(loss)
        journal.epoch_done()
    return Outcome(journal.best, journal.laps(), journal.seconds, feed.damaged)


def start_segnet(job: Job) -> SegNet:
    """The parent's network, or a new one from the recipe's seed. Raises ValueError."""
    network = build_segnet(
        job.parent,
        num_classes=len(job.dataset.classes),
        given={name: spelled(value) for name, value in _network_settings(job.settings).items()},
        seed=job.recipe.seed,
    )
    if job.parent is None and job.settings.encoder == "imagenet":
        imagenet_encoder(network)
    return network


def weights_of_classes(job: Job) -> np.ndarray:
    """One weight per class, from the annotations of the training split where they are balanced."""
    num_classes = len(job.dataset.classes)
    if job.settings.class_weights == "none":
        return np.ones(num_classes, np.float32)
    return median_frequency(_class_maps(job), num_classes)


def _class_maps(job: Job) -> Iterator[UInt8[np.ndarray, "_ _"]]:
    def read(sample: Sample) -> UInt8[np.ndarray, "_ _"] | None:
        try:
            return cast(SegmentationTarget, job.dataset.read_target(sample)).class_map
        except DamagedSample:  # named when it is trained on
            return None

    block = 16 * job.conditions.threads
    with ThreadPoolExecutor(job.conditions.threads, thread_name_prefix="targets") as pool:
        for start in range(0, len(job.training), block):
            found = pool.map(read, job.training[start : start + block])
            yield from (class_map for class_map in found if class_map is not None)


def _align(target: SegmentationTarget, view: View) -> UInt8[np.ndarray, "_ _"]:
    return view.of_map(target.class_map)


def _collate(examples: Sequence[Example]) -> Batch:
    targets = np.stack([example.target for example in examples]).astype(np.int64)
    sources = [example.source for example in examples if example.source is not None]
    return Batch(
        IMAGENET.batch([example.frames for example in examples]),
        torch.from_numpy(targets),
        IMAGENET.batch(sources) if sources else None,
    )


def _network_settings(settings: SegNetTraining) -> dict[str, Setting]:
    return {"width": settings.width, "layout": settings.layout, "kernel": settings.kernel}


SEGNET = Family(
    name="segnet",
    settings=SegNetTraining,
    network_settings=_network_settings,
    task=lambda _: make_task("segmentation"),
    align=_align,
    collate=_collate,
    build=start_segnet,
    optimiser=sgd_or_adam,
    predict=predict_class_maps,
    train=train_segnet,
    imitate=imitation(soft_class_loss),
)
