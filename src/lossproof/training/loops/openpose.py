"""OpenPose: squared errors of heat maps and part affinity fields at every stage (CVPR 2017).

The optimiser is Adam: the sum of squared errors grows with the size of the maps and the number of
stages, which the same rate then serves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, final

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor, nn

from lossproof.models.openpose import (
    TO_HALF,
    OpenPose,
    StageMaps,
    build_openpose,
    imagenet_front,
    pad,
    predict_poses,
)
from lossproof.models.torch_model import seeded
from lossproof.records import Setting
from lossproof.settings import Within, check_settings, spelled
from lossproof.targets import PoseTarget
from lossproof.tasks import make_task
from lossproof.training.family import Batch, Example, Family
from lossproof.training.job import Job
from lossproof.training.journal import Journal, accelerator_for, channels_last, share_of
from lossproof.training.loops.pose_maps import pose_maps
from lossproof.training.loops.stage_loss import stage_loss
from lossproof.training.optimisers import adam
from lossproof.training.outcome import Outcome

_LAST_SPREAD = 0.01


@final
@dataclass(frozen=True)
class OpenPoseTraining:
    """``width``, ``stages`` and ``batch_norm`` are the network's; ``box_size`` is the height that
    it predicts at, which the augmentation's should be. The ``encoder``, VGG19's ten layers, starts
    from ImageNet weights or from Kaiming's draw, as all others do. A parent replaces that start."""

    name: ClassVar[str] = "openpose"

    width: Annotated[float, Within(0.01, 4.0)] = 1.0
    stages: Annotated[int, Within(1, 6)] = 6
    batch_norm: bool = False
    box_size: Annotated[int, Within(32, 4096)] = 368
    encoder: Literal["imagenet", "kaiming"] = "kaiming"

    def __post_init__(self) -> None:
        check_settings(self)
        if self.encoder == "imagenet" and self.width != 1.0:
            raise ValueError(
                f"encoder is imagenet and width {self.width:g}; ImageNet weights fit width 1 alone"
            )


def train_openpose(job: Job) -> Outcome:
    """Train from the job's start to its end, or from its checkpoint.

    Raises ValueError for a loss that is not finite and OSError when nothing can be written.
    """
    accelerator = accelerator_for(job.conditions)
    network = channels_last(start_openpose(job))
    optimiser: torch.optim.Optimizer = adam(network, job.recipe.schedule)
    network, optimiser = accelerator.prepare(network, optimiser)
    device = accelerator.device
    feed = job.feed(share=share_of(accelerator))
    journal = Journal(
        job,
        accelerator,
        networks={"openpose": network},
        optimisers={"openpose": optimiser},
        steps_per_epoch=feed.steps_per_epoch,
    )
    for epoch in journal.epochs():
        network.train()
        for batch in feed.batches(epoch.number, epoch.places):
            for group in optimiser.param_groups:
                group["lr"] = journal.rate
            images, targets, _ = batch.to(device)
            with accelerator.autocast():
                stages = network(images)
            wanted = StageMaps(targets["fields"], targets["heatmaps"])
            loss = stage_loss(stages, wanted, targets["counted"])
            journal.check(loss)
            optimiser.zero_grad()
            accelerator.backward(loss)
            optimiser.step()
            journal.stepped(loss)
        journal.epoch_done()
    return Outcome(journal.best, journal.laps(), journal.seconds, feed.damaged)


def start_openpose(job: Job) -> OpenPose:
    """The parent's network, or a new one from the recipe's seed. Raises ValueError."""
    given = {name: spelled(value) for name, value in _network_settings(job.settings).items()}
    network = build_openpose(job.parent, given=given, seed=job.recipe.seed)
    if job.parent is None:
        with seeded(job.recipe.seed):
            _initialise(network)
        if job.settings.encoder == "imagenet":
            imagenet_front(network)
    return network


def _initialise(network: OpenPose) -> None:
    """Kaiming's draw, but for the last layers: their maps begin near 0, which they mostly are."""
    for layer in network.layers():
        convolution = network.get_submodule(layer.name)
        assert isinstance(convolution, nn.Conv2d)
        if layer.last:
            nn.init.normal_(convolution.weight, std=_LAST_SPREAD)
        else:
            nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
        assert convolution.bias is not None
        nn.init.zeros_(convolution.bias)


def _imitate(student: nn.Module, teacher: nn.Module, batch: Batch) -> Tensor:
    """Every stage of the student against the teacher's last, everywhere."""
    with torch.no_grad():
        wanted = teacher(batch.sources)[-1]
    return stage_loss(student(batch.images), wanted, torch.ones_like(wanted.heatmaps[:, :1]))


def _collate(examples: Sequence[Example]) -> Batch:
    sources = [example.source for example in examples if example.source is not None]
    targets = {
        name: torch.from_numpy(np.stack([getattr(one.target, name) for one in examples]))
        for name in ("fields", "heatmaps", "counted")
    }
    return Batch(
        pad(TO_HALF.batch([example.frames for example in examples])),
        targets,
        pad(TO_HALF.batch(sources)) if sources else None,
    )


def _people(target: PoseTarget) -> Float64[np.ndarray, "n 2"]:
    """The middles of the people who have keypoints, as shares of the frame; crowds are none."""
    boxes = target.boxes[~target.crowd & (target.num_labelled > 0)].astype(np.float64)
    middles: Float64[np.ndarray, "n 2"] = (boxes[:, :2] + boxes[:, 2:]) / 2
    return middles / np.array(target.frame_size, np.float64)


def _network_settings(settings: OpenPoseTraining) -> dict[str, Setting]:
    return {
        "width": settings.width,
        "stages": settings.stages,
        "batch_norm": settings.batch_norm,
        "box_size": settings.box_size,
    }


OPENPOSE = Family(
    name="openpose",
    settings=OpenPoseTraining,
    network_settings=_network_settings,
    task=lambda _: make_task("pose"),
    align=pose_maps,
    collate=_collate,
    build=start_openpose,
    optimiser=adam,
    predict=predict_poses,
    train=train_openpose,
    imitate=_imitate,
    things=_people,
)
