"""The depth network: absolute error and a discriminator of patches, as pix2pix trains.

The generator's loss is ``l1_weight`` (100) times the mean absolute difference of normalised depth
plus the cross-entropy of the discriminator taking its depth for real (Isola et al., CVPR 2017).
With ``error="relative"`` the difference is that of metres, as a share of the depth there is.
Where depth is unknown, or beyond ``max_depth``, there is no error, and the discriminator is shown 0
in both. The first ``disc_start`` iterations do without the discriminator, and are the cheaper.
Only the generator is kept: retraining begins with a new discriminator.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, final

import numpy as np
import torch
from accelerate import Accelerator
from jaxtyping import Bool, Float, Float32
from torch import Tensor, nn

from lossproof.models.depth_gan import (
    TO_UNIT,
    DepthGanSettings,
    DepthSteps,
    Discriminator,
    Generator,
    build_generator,
    predict_depths,
)
from lossproof.models.torch_model import seeded
from lossproof.settings import Within, check_settings, spelled
from lossproof.targets import DepthTarget
from lossproof.tasks import Task, make_task
from lossproof.training.family import Batch, Example, Family, imitation
from lossproof.training.job import Job
from lossproof.training.journal import Journal, accelerator_for, channels_last, share_of
from lossproof.training.losses import absolute_loss, depth_loss, patch_loss, relative_depth_loss
from lossproof.training.optimisers import adam
from lossproof.training.outcome import Outcome
from lossproof.training.view import View

_OF_NETWORK = ("width", "most_channels", "max_depth", "steps")
DepthError = Literal["absolute", "relative"]


@final
@dataclass(frozen=True)
class DepthGanTraining:
    """``error`` is of what the network answers (``absolute``), or of metres as a share of the depth
    (``relative``); ``l1_weight`` is its weight against the discriminator's word, which counts from
    iteration ``disc_start`` on. Distillation has the absolute error. The others are the
    network's."""

    name: ClassVar[str] = "depth_gan"

    width: Annotated[float, Within(0.01, 4.0)] = 1.0
    max_depth: Annotated[float, Within(0.1, 1000.0)] = 80.0
    most_channels: Annotated[int, Within(1, 4096)] = 2048
    steps: DepthSteps = "metres"
    l1_weight: Annotated[float, Within(0.0, 1e6)] = 100.0
    error: DepthError = "absolute"
    disc_start: Annotated[int, Within(0, 100_000_000)] = 0

    def __post_init__(self) -> None:
        check_settings(self)

    @property
    def network(self) -> DepthGanSettings:
        return DepthGanSettings(**_network_settings(self))


def train_depth_gan(job: Job) -> Outcome:
    """Train from the job's start to its end, or from its checkpoint.

    Raises ValueError for a loss that is not finite and OSError when nothing can be written.
    """
    accelerator = accelerator_for(job.conditions)
    schedule = job.recipe.schedule
    built = start_generator(job)
    generator = channels_last(built)
    discriminator = channels_last(_discriminator(job))
    generator_optimiser: torch.optim.Optimizer = adam(generator, schedule)
    discriminator_optimiser: torch.optim.Optimizer = adam(discriminator, schedule)
    generator, discriminator, generator_optimiser, discriminator_optimiser = accelerator.prepare(
        generator, discriminator, generator_optimiser, discriminator_optimiser
    )
    device = accelerator.device
    feed = job.feed(share=share_of(accelerator))
    journal = Journal(
        job,
        accelerator,
        networks={"generator": generator, "discriminator": discriminator},
        optimisers={"generator": generator_optimiser, "discriminator": discriminator_optimiser},
        steps_per_epoch=feed.steps_per_epoch,
    )
    for epoch in journal.epochs():
        generator.train()
        for batch in feed.batches(epoch.number, epoch.places):
            for group in [*generator_optimiser.param_groups, *discriminator_optimiser.param_groups]:
                group["lr"] = journal.rate
            images = batch.images.to(device)
            depth = built.code(batch.targets.to(device))
            known = depth.isfinite() & (depth <= 1)
            real = depth.where(known, 0)

            with accelerator.autocast():
                made = generator(images)
            loss = job.settings.l1_weight * error_of(
                built, made.float(), real, known, job.settings.error
            )
            if journal.step >= job.settings.disc_start:
                shown = made * known
                judged = _discriminator_loss(
                    accelerator, discriminator, images, real, shown.detach()
                )
                journal.check(judged)
                _step(accelerator, discriminator_optimiser, judged)
                loss = loss + _adversarial_loss(accelerator, discriminator, images, shown)
            journal.check(loss)
            _step(accelerator, generator_optimiser, loss)
            journal.stepped(loss)
        journal.epoch_done()
    return Outcome(journal.best, journal.laps(), journal.seconds, feed.damaged)


def _discriminator_loss(
    accelerator: Accelerator, discriminator: nn.Module, images: Tensor, real: Tensor, made: Tensor
) -> Tensor:
    """The discriminator's loss."""
    with accelerator.autocast():
        told_real, told_made = discriminator(images, real), discriminator(images, made)
    loss = patch_loss(told_real.float(), real=True)
    return (loss + patch_loss(told_made.float(), real=False)) / 2


def _adversarial_loss(
    accelerator: Accelerator, discriminator: nn.Module, images: Tensor, made: Tensor
) -> Tensor:
    """The generator's loss for being found out."""
    with accelerator.autocast():
        told = discriminator(images, made)
    return patch_loss(told.float(), real=True)


def _step(accelerator: Accelerator, optimiser: torch.optim.Optimizer, loss: Tensor) -> None:
    optimiser.zero_grad()
    accelerator.backward(loss)
    optimiser.step()


def error_of(
    network: Generator,
    made: Float[Tensor, "b 1 h w"],
    real: Float[Tensor, "b 1 h w"],
    known: Bool[Tensor, "b 1 h w"],
    kind: DepthError,
) -> Float[Tensor, ""]:
    """Of what the network made against what is real, both as it codes depth, where it is known."""
    if kind == "absolute":
        return depth_loss(made, real, known)
    wanted = network.metres(real)
    return relative_depth_loss(network.metres(made), wanted, known & (wanted > 0))


def start_generator(job: Job) -> Generator:
    """The parent's network, or a new one from the recipe's seed. Raises ValueError."""
    given = {name: spelled(value) for name, value in _network_settings(job.settings).items()}
    return build_generator(job.parent, given=given, seed=job.recipe.seed)


def _discriminator(job: Job) -> Discriminator:
    with seeded(job.recipe.seed):
        return Discriminator(job.settings.network)


def _task(settings: DepthGanTraining) -> Task:
    return make_task("depth", cap=settings.max_depth)


def _align(target: DepthTarget, view: View) -> Float32[np.ndarray, "_ _"]:
    return view.of_map(target.depth)


def _collate(examples: Sequence[Example]) -> Batch:
    targets = np.stack([example.target for example in examples])[:, None]
    sources = [example.source for example in examples if example.source is not None]
    return Batch(
        TO_UNIT.batch([example.frames for example in examples]),
        torch.from_numpy(targets),
        TO_UNIT.batch(sources) if sources else None,
    )


def _network_settings(settings: DepthGanTraining) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in _OF_NETWORK}


DEPTH_GAN = Family(
    name="depth_gan",
    settings=DepthGanTraining,
    network_settings=_network_settings,
    task=_task,
    align=_align,
    collate=_collate,
    build=start_generator,
    optimiser=adam,
    predict=predict_depths,
    train=train_depth_gan,
    imitate=imitation(absolute_loss),
)
