"""SegNet (Badrinarayanan, Kendall and Cipolla, PAMI 2017), with the VGG16 encoder or as
SegNet-Basic.

The 13 convolutions of VGG16, each with batch normalisation, in five stages that end in max pooling;
a mirrored decoder that puts each value back where the pooling took it from; a last convolution to
one logit per class. The decoder's other convolutions are followed by batch normalisation and ReLU.

SegNet-Basic, the smaller one of the paper, has four stages of one convolution and a classifier of
one pixel; here its decoder has ReLU too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, ClassVar, Literal, cast, final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional
from torchvision import models  # type: ignore[import-untyped,unused-ignore]

from lossproof.models.class_maps import class_maps
from lossproof.models.imagenet import fetch_state, put, read_state
from lossproof.models.model import Wanted
from lossproof.models.normalisation import IMAGENET
from lossproof.models.own_settings import own_settings
from lossproof.models.torch_model import Blueprint, TorchModel, open_torch
from lossproof.models.weights_file import load_weights
from lossproof.records import ClassMap, Frame
from lossproof.settings import Within, check_settings, settings

ARCH = "segnet"
# Changed when the same weights would give other predictions: layers, normalisation, resizing.
_VERSION = "segnet-1"
Layout = Literal["vgg16", "basic"]
Stages = tuple[tuple[int, ...], ...]
_STAGES: Mapping[str, Stages] = {
    "vgg16": ((64, 64), (128, 128), (256,) * 3, (512,) * 3, (512,) * 3),
    "basic": ((64,),) * 4,
}
_SMALLEST = 32


@final
@dataclass(frozen=True)
class SegNetSettings:
    """``width`` is the share of the published number of channels that every layer has, ``kernel``
    the side of the convolutions, which is odd: 3 as published, 7 in SegNet-Basic."""

    name: ClassVar[str] = ARCH

    width: Annotated[float, Within(0.01, 4.0)] = 1.0
    layout: Layout = "vgg16"
    kernel: Annotated[int, Within(1, 15)] = 3

    def __post_init__(self) -> None:
        check_settings(self)
        if self.kernel % 2 == 0:
            raise ValueError(f"kernel is {self.kernel}; odd numbers are allowed")


class SegNet(nn.Module):
    """Images to logits; initialised (Kaiming) from ``seed``, torch's global generator untouched."""

    def __init__(
        self, num_classes: int, settings: SegNetSettings | None = None, *, seed: int = 0
    ) -> None:
        super().__init__()
        self.num_classes = num_classes
        self.settings = settings or SegNetSettings()
        kernel = self.settings.kernel
        stages = tuple(
            tuple(max(1, round(n * self.settings.width)) for n in stage)
            for stage in _STAGES[self.settings.layout]
        )
        first = stages[0][0]
        basic = self.settings.layout == "basic"
        self.encoder = nn.ModuleList(_stages(3, stages, kernel))
        self.decoder = nn.ModuleList(_mirrored_stages(stages, first if basic else None, kernel))
        self.classifier = _convolution(first, num_classes, 1 if basic else kernel)
        _initialise(self, torch.Generator().manual_seed(seed))

    def forward(self, images: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b classes h w"]:
        """Logits of each pixel, for images of any size.

        A side of fewer than 32 pixels is padded to as many by repeating the border.
        """
        height, width = images.shape[2:]
        padding = (0, max(0, _SMALLEST - width), 0, max(0, _SMALLEST - height))
        values = functional.pad(images, padding, mode="replicate") if any(padding) else images
        taken = []
        for stage in self.encoder:
            values = stage(values)
            size = values.shape[2:]
            values, indices = functional.max_pool2d(values, 2, 2, return_indices=True)
            taken.append((indices, size))
        for stage, (indices, size) in zip(self.decoder, reversed(taken), strict=True):
            values = stage(
                functional.max_unpool2d(values, indices, (2, 2), (2, 2), output_size=size)
            )
        return cast(Tensor, self.classifier(values))[..., :height, :width]


def imagenet_encoder(network: SegNet, *, weights: Path | None = None) -> None:
    """Put torchvision's VGG16-BN ImageNet weights into the encoder.

    ``weights`` is a local copy of torchvision's file; None downloads it, or takes it from torch's
    cache. Raises ValueError when it cannot be had or is something else.
    """
    state = read_state(weights) if weights else fetch_state(models.VGG16_BN_Weights.IMAGENET1K_V1)
    for features, unit in _vgg_units(network):
        for part, vgg in zip(unit, features, strict=False):
            put(part, state, f"features.{vgg}", of="vgg16_bn")


def open_segnet(weights: Path | None, wanted: Wanted) -> TorchModel:
    """SegNet from ``weights``, or untrained from its seed when that is None. Raises ValueError."""
    chosen = own_settings(SegNetSettings, wanted.settings, None)
    blueprint = Blueprint(
        arch=ARCH,
        version=_VERSION,
        build=partial(build_segnet, num_classes=wanted.num_classes, given=wanted.settings),
        run=predict_class_maps,
        settings=settings(chosen),
        usual=settings(SegNetSettings()),
    )
    return open_torch(blueprint, weights, wanted)


def build_segnet(
    weights: Path | None, *, num_classes: int, given: Mapping[str, str], seed: int = 0
) -> SegNet:
    """The network, with the weights of a file where one is given.

    ``given`` are settings as text; others are the file's. Raises ValueError.
    """
    network = SegNet(num_classes, own_settings(SegNetSettings, given, weights), seed=seed)
    if weights is not None:
        load_weights(weights, network, arch=ARCH, num_classes=num_classes)
    return network


def predict_class_maps(
    network: SegNet, frames: Sequence[Frame], device: torch.device
) -> list[ClassMap]:
    """The class of every pixel of frames of one size."""
    logits = network(IMAGENET.batch(frames).to(device))
    return class_maps(logits)


def _stages(channels: int, stages: Stages, kernel: int) -> Iterator[nn.Sequential]:
    for stage in stages:
        units = []
        for after in stage:
            units.append(_unit(channels, after, kernel))
            channels = after
        yield nn.Sequential(*units)


def _mirrored_stages(stages: Stages, last: int | None, kernel: int) -> Iterator[nn.Sequential]:
    """The encoder's stages backwards, each narrowing to the one before it, the first to ``last``.

    Where that is None its narrowing convolution is the classifier, which has no normalisation.
    """
    narrower = [last, *(stage[0] for stage in stages[:-1])]
    for stage, before in reversed(list(zip(stages, narrower, strict=True))):
        units = [_unit(stage[0], stage[0], kernel) for _ in stage[1:]]
        if before:
            units.append(_unit(stage[0], before, kernel))
        yield nn.Sequential(*units)


def _unit(before: int, after: int, kernel: int) -> nn.Sequential:
    convolution = _convolution(before, after, kernel)
    return nn.Sequential(convolution, nn.BatchNorm2d(after), nn.ReLU(inplace=True))


def _convolution(before: int, after: int, kernel: int) -> nn.Conv2d:
    # The usual constructor draws from torch's global generator.
    layer = nn.Conv2d(before, after, kernel_size=kernel, padding=kernel // 2, device="meta")
    return layer.to_empty(device="cpu")


def _initialise(network: nn.Module, generator: torch.Generator) -> None:
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def _vgg_units(network: SegNet) -> Iterator[tuple[tuple[int, int], nn.Sequential]]:
    """Each unit of the encoder with the places of its layers among torchvision's ``features``."""
    place = 0
    for stage in network.encoder:
        for unit in cast(nn.Sequential, stage):
            yield (place, place + 1), cast(nn.Sequential, unit)
            place += 3
        place += 1
