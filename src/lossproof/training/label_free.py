"""Two ways back without labels: statistics of compressed input, and the parent's predictions."""

import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, final

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.ops import FrozenBatchNorm2d  # type: ignore[import-untyped,unused-ignore]

from lossproof.training.card import Lap
from lossproof.training.conditions import Progress
from lossproof.training.family import Batch, on_device
from lossproof.training.feed import Feed
from lossproof.training.job import Job
from lossproof.training.journal import Journal, accelerator_for, channels_last, share_of
from lossproof.training.outcome import Outcome
from lossproof.training.validation import validation_score

_MOST_BATCHES = 100
_BATCH_SIZE = 16
_NORMALISATIONS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


@final
class _Thaw:
    """A hook that makes torchvision's frozen normalisation do what the others do in training:
    normalise by the batch's own statistics, and keep the plain average of them."""

    def __init__(self, layer: FrozenBatchNorm2d) -> None:
        self._count = 0
        layer.running_mean.zero_()
        layer.running_var.fill_(1)

    def __call__(self, layer: Any, inputs: tuple[Tensor, ...], _: Tensor) -> Tensor:
        self._count += 1
        return functional.batch_norm(
            inputs[0],
            layer.running_mean,
            layer.running_var,
            layer.weight,
            layer.bias,
            training=True,
            momentum=1 / self._count,
            eps=layer.eps,
        )


def recalibrate(network: nn.Module, batches: Iterable[Any], *, device: torch.device) -> int:
    """Estimate the statistics of every batch normalisation anew; the weights stay as they are.

    Means and variances become the plain averages over the batches, which should be few and
    large rather than many and small (Schneider et al., NeurIPS 2020); torchvision's frozen
    normalisation is no exception. The network is left in evaluation mode. Returns how many batches
    there were. Raises ValueError for a network without batch normalisation, and for no batch at
    all.
    """
    layers = [layer for layer in network.modules() if isinstance(layer, _NORMALISATIONS)]
    frozen = [layer for layer in network.modules() if isinstance(layer, FrozenBatchNorm2d)]
    if not layers and not frozen:
        raise ValueError(f"{type(network).__name__} has no batch normalisation to recalibrate")
    momenta = [layer.momentum for layer in layers]
    network.eval()
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # torch's word for a plain average
        layer.train()
    hooks = [layer.register_forward_hook(_Thaw(layer)) for layer in frozen]
    count = 0
    with torch.inference_mode():
        for images in batches:
            network(on_device(images, device))
            count += 1
    for hook in hooks:
        hook.remove()
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum
    network.eval()
    if not count:
        raise ValueError("no batch to recalibrate with; 1 or more are allowed")
    return count


def few_images(feed: Feed, progress: Progress) -> Iterator[Any]:
    """The images of as many batches as recalibration takes, of the first epoch.

    They are larger than those of training, whose spread is too narrow: of one picture in a batch
    that between pictures would be left out.
    """
    size = min(max(feed.batch_size, _BATCH_SIZE), len(feed.samples))
    large = replace(feed, batch_size=size)
    total = max(1, min(_MOST_BATCHES, large.steps_per_epoch // 2))
    for place, batch in enumerate(large.batches(0, range(total)), start=1):
        yield batch.images
        progress(place, total, math.nan)


def recalibrate_job(job: Job) -> Outcome:
    """The parent with the statistics of the job's compressed input, without gradients.

    Of half an epoch, and of 100 batches at most, which tell means and variances well enough. It is
    over before a checkpoint would pay; a run that was cut off begins again.
    """
    began = time.monotonic()
    accelerator = accelerator_for(job.conditions)
    network = channels_last(job.family.build(job)).to(accelerator.device)
    feed = job.feed()
    images = few_images(feed, job.conditions.progress)
    count = recalibrate(network, images, device=accelerator.device)
    score = validation_score(job, network, accelerator.device)
    if accelerator.is_main_process:
        job.save(network)
    return Outcome(
        score, (Lap(count, math.nan, score),), time.monotonic() - began, dict(feed.damaged)
    )


def distil_job(job: Job) -> Outcome:
    """The parent learns to say of compressed input what it said of the source.

    The teacher is the parent as it is, in evaluation mode; the student begins as the parent.
    Raises ValueError for a family without such a loss, and for a loss that is not finite.
    """
    imitate = _imitation(job)
    accelerator = accelerator_for(job.conditions)
    device = accelerator.device
    teacher = channels_last(job.family.build(job)).to(device).eval().requires_grad_(False)
    student = channels_last(job.family.build(job))
    optimiser = job.family.optimiser(student, job.recipe.schedule)
    student, optimiser = accelerator.prepare(student, optimiser)
    feed = job.feed(share=share_of(accelerator), with_source=True)
    journal = Journal(
        job,
        accelerator,
        networks={"student": student},
        optimisers={"student": optimiser},
        steps_per_epoch=feed.steps_per_epoch,
    )
    for epoch in journal.epochs():
        student.train()
        for batch in feed.batches(epoch.number, epoch.places):
            for group in optimiser.param_groups:
                group["lr"] = journal.rate
            with accelerator.autocast():
                loss = imitate(student, teacher, batch.to(device))
            journal.check(loss)
            optimiser.zero_grad()
            accelerator.backward(loss)
            if (clip := job.family.clip(job.settings)) is not None:
                accelerator.clip_grad_norm_(student.parameters(), clip)
            optimiser.step()
            journal.stepped(loss)
        journal.epoch_done()
    return Outcome(journal.best, journal.laps(), journal.seconds, feed.damaged)


def _imitation(job: Job) -> Callable[[nn.Module, nn.Module, Batch], Tensor]:
    if job.family.imitate is None:
        raise ValueError(f"{job.family.name} has no distillation; retrain it on labels instead")
    return job.family.imitate
