"""Classifiers with any number of input channels: torchvision's, and a small one of its parts."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Literal, cast

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torchvision import models  # type: ignore[import-untyped,unused-ignore]
from torchvision.models.vgg import make_layers  # type: ignore[import-untyped,unused-ignore]

Backbone = Literal["vgg16", "resnet18", "resnet50", "resnet101", "mobilenet_v3_large", "small"]
SMALL = "small"
# Four convolutions of VGG with batch normalisation, the image halved after each.
_SMALL_CHANNELS = (32, 64, 128, 256)
_SMALL_GRID = 4
_SMALL_DROPOUT = 0.2
# torchvision's averages over a hundred batches, which those of a short training outrun.
_QUICK_NORM = partial(nn.BatchNorm2d, eps=1e-3, momentum=0.1)
_BUILDERS: Mapping[str, Callable[..., nn.Module]] = {
    "vgg16": models.vgg16,
    "resnet18": models.resnet18,
    "resnet50": models.resnet50,
    "resnet101": models.resnet101,
    "mobilenet_v3_large": partial(models.mobilenet_v3_large, norm_layer=_QUICK_NORM),
}


def check_backbone(name: Backbone, *, width: float) -> None:
    """Raises ValueError for a width of a network that has but one."""
    if name != SMALL and width != 1.0:
        raise ValueError(f"backbone is {name} and width {width:g}; width 1 is allowed for it")


def build_backbone(
    name: Backbone, *, num_classes: int, channels: int = 3, width: float = 1.0
) -> nn.Module:
    """Images (B, channels, H, W) to logits (B, num_classes); untrained, from torch's generator.

    Of ``small`` images have 16 pixels a side or more, and ``width`` multiplies its channels.
    """
    if name == SMALL:
        network = _small(num_classes, width)
    else:
        network = _BUILDERS[name](weights=None, num_classes=num_classes)
    if channels != 3:
        place, layer = first_convolution(network)
        parent, _, attribute = place.rpartition(".")
        setattr(network.get_submodule(parent), attribute, _widened(layer, channels))
    return network


def _small(num_classes: int, width: float) -> nn.Module:
    channels = [max(1, round(number * width)) for number in _SMALL_CHANNELS]
    layers: list[Any] = [part for number in channels for part in (number, "M")]
    parts: OrderedDict[str, nn.Module] = OrderedDict(
        features=make_layers(layers, batch_norm=True),
        pool=nn.AdaptiveAvgPool2d(_SMALL_GRID),
        flat=nn.Flatten(),
        drop=nn.Dropout(_SMALL_DROPOUT),
        classifier=nn.Linear(channels[-1] * _SMALL_GRID**2, num_classes),
    )
    return nn.Sequential(parts)


def imagenet_tensors(name: Backbone) -> Mapping[str, Tensor]:
    """torchvision's ImageNet weights of a backbone, from torch's cache or the network.

    Raises ValueError where there are none or they cannot be had.
    """
    if name == SMALL:
        raise ValueError(f"backbone {name} has no ImageNet weights; {', '.join(_BUILDERS)} have")
    weights = models.get_model_weights(name)["IMAGENET1K_V1"]
    try:
        state = weights.get_state_dict(progress=False, check_hash=True, weights_only=True)
    except (OSError, RuntimeError) as error:
        raise ValueError(
            f"the ImageNet weights of {name} cannot be had ({error}); fetch {weights.url} on "
            f"another machine and put it into {torch.hub.get_dir()}/checkpoints, or begin from a "
            "random start"
        ) from error
    return cast(Mapping[str, Tensor], state)


def first_convolution(network: nn.Module) -> tuple[str, nn.Conv2d]:
    """The layer that sees the images, and its name."""
    for name, layer in network.named_modules():
        if isinstance(layer, nn.Conv2d):
            return name, layer
    raise AssertionError("a backbone has a convolution")


def cross_modality(weight: Float[Tensor, "out 3 k k"], channels: int) -> Float[Tensor, "out c k k"]:
    """A first convolution on colours as one on ``channels`` of motion.

    Its mean over the colours stands for every channel: the cross-modality initialisation of Wang
    et al. (Towards good practices for very deep two-stream ConvNets, 2015).
    """
    return weight.mean(dim=1, keepdim=True).repeat(1, channels, 1, 1)


def start_from_colour(network: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Let a backbone of any number of channels begin from weights of the same one on colours.

    The first convolution is made by ``cross_modality``; the last layer is left as it is, since the
    weights may be for other classes, such as ImageNet's. Raises ValueError for weights that lack
    another tensor, or have it in another shape.
    """
    own = network.state_dict()
    place, layer = first_convolution(network)
    last = [name for name, part in network.named_modules() if isinstance(part, nn.Linear)][-1]
    # The count of batches is not in every one of torchvision's files, and decides nothing here.
    counts = {key: value for key, value in own.items() if key.endswith("num_batches_tracked")}
    given = {**counts, **tensors}
    first = f"{place}.weight"
    if first in given and given[first].shape[1] != layer.in_channels:
        given[first] = cross_modality(given[first], layer.in_channels)
    wanted = [name for name in own if not name.startswith(f"{last}.")]
    wrong = [name for name in wanted if name not in given or given[name].shape != own[name].shape]
    if wrong:
        raise ValueError(
            f"weights lack {len(wrong)} of the backbone's tensors, or have them in another shape, "
            f"the first {wrong[0]} of {tuple(own[wrong[0]].shape)}; those of the same backbone on "
            "colours are allowed"
        )
    with torch.no_grad():
        for name in wanted:
            own[name].copy_(given[name])


def _widened(layer: nn.Conv2d, channels: int) -> nn.Conv2d:
    wide = nn.Conv2d(
        channels,
        layer.out_channels,
        cast(tuple[int, int], layer.kernel_size),
        stride=cast(tuple[int, int], layer.stride),
        padding=cast(tuple[int, int], layer.padding),
        bias=layer.bias is not None,
    )
    nn.init.kaiming_normal_(wide.weight, mode="fan_out", nonlinearity="relu")
    if wide.bias is not None:
        nn.init.zeros_(wide.bias)
    return wide
