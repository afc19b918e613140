"""torchvision's classifiers with any number of input channels."""

from collections.abc import Callable, Mapping
from typing import Literal, cast

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torchvision import models  # type: ignore[import-untyped,unused-ignore]

Backbone = Literal["vgg16", "resnet18", "resnet50", "resnet101", "mobilenet_v3_large"]
_BUILDERS: Mapping[str, Callable[..., nn.Module]] = {
    "vgg16": models.vgg16,
    "resnet18": models.resnet18,
    "resnet50": models.resnet50,
    "resnet101": models.resnet101,
    "mobilenet_v3_large": models.mobilenet_v3_large,
}


def build_backbone(name: Backbone, *, num_classes: int, channels: int = 3) -> nn.Module:
    """Images (B, channels, H, W) to logits (B, num_classes); untrained, from torch's generator."""
    network = _BUILDERS[name](weights=None, num_classes=num_classes)
    if channels != 3:
        place, layer = first_convolution(network)
        parent, _, attribute = place.rpartition(".")
        setattr(network.get_submodule(parent), attribute, _widened(layer, channels))
    return network


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
    given = dict(tensors)
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
