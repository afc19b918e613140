"""Faster R-CNN: the four losses of torchvision's training mode by stochastic gradient descent.

Cross-entropy of classes and of objectness and smooth absolute errors of boxes, of the proposals and
of the regions that are drawn among them (Ren et al., NeurIPS 2015, section 3). The same loop trains
the architectures on ResNet-50 and on MobileNetV3.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, final

import torch
from torch import Tensor, nn
from torchvision.models.detection import (  # type: ignore[import-untyped,unused-ignore]
    FasterRCNN,
)

from lossproof.models.faster_rcnn import predict_boxes, to_image
from lossproof.models.faster_rcnn_network import (
    FasterRcnnSettings,
    Pyramid,
    build_faster_rcnn,
    draw_regions,
    freeze_below,
)
from lossproof.models.faster_rcnn_weights import load_coco, load_file, load_imagenet
from lossproof.records import Setting
from lossproof.settings import Within, check_settings
from lossproof.tasks import make_task
from lossproof.training.box_targets import Boxes, boxes_in_view
from lossproof.training.family import Batch, Example, Family
from lossproof.training.job import Job
from lossproof.training.journal import Journal, accelerator_for, channels_last, share_of
from lossproof.training.optimisers import sgd_or_adam
from lossproof.training.outcome import Outcome

SURE = 0.5
"""The least score of a teacher's box that is a target for its student."""
_ALL_STAGES = 6
_OF_NETWORK = ("min_size", "max_size", "norm", "width", "anchor_size", "pyramid")
Start = Literal["seed", "imagenet", "coco"]
Norm = Literal["batch", "frozen"]
Side = Annotated[int, Within(32, 8192)]
Width = Annotated[float, Within(0.05, 4.0)]
AnchorSize = Annotated[int, Within(2, 512)]
Stages = Annotated[int, Within(0, _ALL_STAGES)]
Regions = Annotated[int, Within(4, 2048)]
Clip = Annotated[float, Within(0.001, 1e6)]


@final
@dataclass(frozen=True)
class FasterRcnnTraining:
    """``min_size``, ``max_size``, ``norm``, ``width``, ``anchor_size`` and ``pyramid`` are the
    network's.

    ``start`` is where its weights begin: all drawn from the seed, the backbone as torchvision's
    for ImageNet, or everything as torchvision's for COCO, for classes that COCO has. A parent
    replaces that. Of the backbone the last ``trainable_stages`` learn; ResNet has five and
    MobileNetV3 six. The head learns from ``regions`` drawn among the proposals of each picture.
    ``clip`` is the largest norm of the gradient; a larger one is scaled down to it.
    """

    name: ClassVar[str] = "faster_rcnn"

    min_size: Side = 800
    max_size: Side = 1333
    norm: Norm = "batch"
    width: Width = 1.0
    anchor_size: AnchorSize = 32
    pyramid: Pyramid = "usual"
    start: Start = "seed"
    trainable_stages: Stages = _ALL_STAGES
    regions: Regions = 512
    clip: Clip = 10.0

    def __post_init__(self) -> None:
        _check(self)


@final
@dataclass(frozen=True)
class FasterRcnn320Training:
    """As ``FasterRcnnTraining``, for the small input that this architecture is named after."""

    name: ClassVar[str] = "faster_rcnn_mobilenet_v3_320"

    min_size: Side = 320
    max_size: Side = 640
    norm: Norm = "batch"
    width: Width = 1.0
    anchor_size: AnchorSize = 32
    pyramid: Pyramid = "usual"
    start: Start = "seed"
    trainable_stages: Stages = _ALL_STAGES
    regions: Regions = 512
    clip: Clip = 10.0

    def __post_init__(self) -> None:
        _check(self)


def _check(settings: FasterRcnnTraining | FasterRcnn320Training) -> None:
    check_settings(settings)
    if settings.start != "seed" and settings.width != 1.0:
        raise ValueError(
            f"start is {settings.start} and width {settings.width:g}; such weights fit width 1 "
            "alone"
        )


def train_faster_rcnn(job: Job) -> Outcome:
    """Train from the job's start to its end, or from its checkpoint.

    Raises ValueError for a loss that is not finite and OSError when nothing can be written.
    """
    accelerator = accelerator_for(job.conditions)
    network = channels_last(start_faster_rcnn(job))
    optimiser: torch.optim.Optimizer = sgd_or_adam(network, job.recipe.schedule)
    network, optimiser = accelerator.prepare(network, optimiser)
    feed = job.feed(share=share_of(accelerator))
    journal = Journal(
        job,
        accelerator,
        networks={"faster_rcnn": network},
        optimisers={"faster_rcnn": optimiser},
        steps_per_epoch=feed.steps_per_epoch,
    )
    for epoch in journal.epochs():
        network.train()
        for batch in feed.batches(epoch.number, epoch.places):
            for group in optimiser.param_groups:
                group["lr"] = journal.rate
            images, targets, _ = batch.to(accelerator.device)
            with accelerator.autocast():
                losses = network(images, targets)
            loss = total(losses)
            journal.check(loss)
            optimiser.zero_grad()
            accelerator.backward(loss)
            accelerator.clip_grad_norm_(network.parameters(), job.settings.clip)
            optimiser.step()
            journal.stepped(loss)
        journal.epoch_done()
    return Outcome(journal.best, journal.laps(), journal.seconds, feed.damaged)


def start_faster_rcnn(job: Job) -> FasterRCNN:
    """The parent's network, or a new one from the recipe's seed. Raises ValueError."""
    arch, own, classes = job.family.name, job.settings, job.dataset.classes
    chosen = FasterRcnnSettings(**{name: getattr(own, name) for name in _OF_NETWORK})
    network = build_faster_rcnn(arch, len(classes), chosen, seed=job.recipe.seed)
    if job.parent is not None:
        load_file(network, job.parent, arch=arch, classes=classes)
    elif own.start == "imagenet":
        load_imagenet(network, arch=arch)
    elif own.start == "coco":
        load_coco(network, arch=arch, classes=classes)
    freeze_below(network, arch=arch, trainable_stages=own.trainable_stages)
    draw_regions(network, own.regions)
    return network


def total(losses: Mapping[str, Tensor]) -> Tensor:
    """The sum of a detector's losses, each of weight 1 as published."""
    return torch.stack([loss.float() for loss in losses.values()]).sum()


def imitate(student: nn.Module, teacher: nn.Module, batch: Batch) -> Tensor:
    """The student's losses where the teacher's sure detections on the source are the targets."""
    with torch.no_grad():
        answers = teacher(batch.sources)
    return total(student(batch.images, [sure(answer) for answer in answers]))


def sure(answer: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A detector's answer on one picture as a target, without what it is less sure of."""
    kept = answer["scores"] >= SURE
    return {"boxes": answer["boxes"][kept].float(), "labels": answer["labels"][kept]}


def _collate(examples: Sequence[Example]) -> Batch:
    sources = [to_image(example.source) for example in examples if example.source is not None]
    return Batch(
        [to_image(example.frames) for example in examples],
        [_as_target(example.target) for example in examples],
        sources or None,
    )


def _as_target(found: Boxes) -> dict[str, Tensor]:
    """In torchvision's form, where label 0 is the background."""
    return {
        "boxes": torch.from_numpy(found.boxes),
        "labels": torch.from_numpy(found.labels + 1),
    }


def _network_settings(settings: Any) -> dict[str, Setting]:
    return {name: getattr(settings, name) for name in _OF_NETWORK}


def _family(name: str, settings: Callable[..., Any]) -> Family:
    return Family(
        name=name,
        settings=settings,
        network_settings=_network_settings,
        task=lambda _: make_task("detection"),
        align=boxes_in_view,
        collate=_collate,
        build=start_faster_rcnn,
        optimiser=sgd_or_adam,
        predict=predict_boxes,
        train=train_faster_rcnn,
        imitate=imitate,
        mixed_sizes=True,
        clip=lambda settings: settings.clip,
    )


FASTER_RCNN = _family("faster_rcnn", FasterRcnnTraining)
FASTER_RCNN_MOBILENET_V3 = _family("faster_rcnn_mobilenet_v3", FasterRcnnTraining)
FASTER_RCNN_MOBILENET_V3_320 = _family("faster_rcnn_mobilenet_v3_320", FasterRcnn320Training)
