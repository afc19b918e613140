"""Faster R-CNN with a feature pyramid, put together from torchvision's parts.

With the usual settings it is, layer by layer and draw by draw, what torchvision's own builders
make; they have no way to say how wide a network is, how it is normalised, or how small an object
it looks for, which networks that are trained on little need.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, final

from torch import nn
from torchvision.models import (  # type: ignore[import-untyped,unused-ignore]
    mobilenet_v3_large,
    resnet50,
)
from torchvision.models.detection import (  # type: ignore[import-untyped,unused-ignore]
    FasterRCNN,
)
from torchvision.models.detection.anchor_utils import (  # type: ignore[import-untyped,unused-ignore]
    AnchorGenerator,
)
from torchvision.models.detection.backbone_utils import (  # type: ignore[import-untyped,unused-ignore]
    BackboneWithFPN,
)
from torchvision.models.detection.faster_rcnn import (  # type: ignore[import-untyped,unused-ignore]
    FastRCNNPredictor,
    TwoMLPHead,
)
from torchvision.models.detection.rpn import (  # type: ignore[import-untyped,unused-ignore]
    RPNHead,
)
from torchvision.ops import FrozenBatchNorm2d  # type: ignore[import-untyped,unused-ignore]

from lossproof.models.torch_model import seeded
from lossproof.settings import Within, check_settings

_PYRAMID = 256
_HIDDEN = 1024
_POOLED = 7
_BOTTLENECK = 64
_ASPECT_RATIOS = (0.5, 1.0, 2.0)
_NUM_ANCHORS = 5
_NORMS: Mapping[str, Callable[[int], nn.Module]] = {
    "batch": nn.BatchNorm2d,
    "frozen": FrozenBatchNorm2d,
}


Pyramid = Literal["usual", "fine"]


@final
@dataclass(frozen=True)
class FasterRcnnSettings:
    """The least score of a box, the size of the input, the weights, and how the network is made.

    The shorter side is scaled to ``min_size``, the longer one to ``max_size`` at most. With
    ``pretrained`` torchvision's COCO weights are downloaded, or taken from torch's cache. ``norm``
    is batch normalisation that learns, or torchvision's ``frozen`` one. ``width`` is the share of
    the usual channels of MobileNetV3, of the bottlenecks of ResNet, of the pyramid and the heads.
    ``anchor_size`` is the side of the smallest anchor in pixels of the scaled picture; each next
    one is twice as large. The pyramid is torchvision's as ``usual``, which of MobileNetV3 has the
    last stage alone, or ``fine`` for small objects: from a fourth of the size down, as ResNet's
    always is.
    """

    name: ClassVar[str] = "faster_rcnn"

    threshold: Annotated[float, Within(0.0, 1.0)] = 0.05
    min_size: Annotated[int, Within(32, 4096)] = 800
    pretrained: bool = False
    max_size: Annotated[int, Within(32, 8192)] = 1333
    norm: Literal["batch", "frozen"] = "batch"
    width: Annotated[float, Within(0.05, 4.0)] = 1.0
    anchor_size: Annotated[int, Within(2, 512)] = 32
    pyramid: Pyramid = "usual"

    def __post_init__(self) -> None:
        check_settings(self)


_Maps = tuple[str, ...]


@dataclass(frozen=True)
class _Plan:
    """What differs between the architectures: ``backbone(norm, width, maps)``, the layers of each
    of its stages, those whose output is in the pyramid, and what else torchvision's builder sets.
    """

    backbone: Callable[[Callable[[int], nn.Module], float, _Maps], BackboneWithFPN]
    stages: tuple[tuple[str, ...], ...]
    pyramids: Mapping[Pyramid, _Maps]
    options: Mapping[str, Any]
    usual: FasterRcnnSettings


def _resnet(norm: Callable[[int], nn.Module], width: float, maps: _Maps) -> BackboneWithFPN:
    body = resnet50(weights=None, norm_layer=norm, width_per_group=_scaled(_BOTTLENECK, width))
    return _pyramid(body, maps, [256, 512, 1024, 2048], width)


def _mobilenet(norm: Callable[[int], nn.Module], width: float, maps: _Maps) -> BackboneWithFPN:
    body = mobilenet_v3_large(weights=None, norm_layer=norm, width_mult=width).features
    return _pyramid(body, maps, [body[int(place)].out_channels for place in maps], width)


def _pyramid(body: nn.Module, maps: _Maps, channels: list[int], width: float) -> BackboneWithFPN:
    numbered = {layer: str(number) for number, layer in enumerate(maps)}
    return BackboneWithFPN(body, numbered, channels, _scaled(_PYRAMID, width))


_RESNET_STAGES = (("conv1", "bn1"), ("layer1",), ("layer2",), ("layer3",), ("layer4",))
# Each of MobileNetV3's begins with a layer that halves the size; the last layer is one of its own.
_MOBILENET_STAGES = tuple(
    tuple(str(place) for place in range(first, stop))
    for first, stop in ((0, 2), (2, 4), (4, 7), (7, 13), (13, 16), (16, 17))
)
_QUARTERS_OF_RESNET = ("layer1", "layer2", "layer3", "layer4")
_RESNET_PYRAMIDS: Mapping[Pyramid, _Maps] = {
    "usual": _QUARTERS_OF_RESNET,
    "fine": _QUARTERS_OF_RESNET,
}
# Usual: twice at a thirty-second of the size. Fine: at a fourth, an eighth, and so on down to that.
_MOBILENET_PYRAMIDS: Mapping[Pyramid, _Maps] = {
    "usual": ("13", "16"),
    "fine": ("3", "6", "12", "16"),
}
_LEAST_OBJECTNESS = {"rpn_score_thresh": 0.05}
_PLANS: Mapping[str, _Plan] = {
    "faster_rcnn": _Plan(_resnet, _RESNET_STAGES, _RESNET_PYRAMIDS, {}, FasterRcnnSettings()),
    "faster_rcnn_mobilenet_v3": _Plan(
        _mobilenet, _MOBILENET_STAGES, _MOBILENET_PYRAMIDS, _LEAST_OBJECTNESS, FasterRcnnSettings()
    ),
    "faster_rcnn_mobilenet_v3_320": _Plan(
        _mobilenet,
        _MOBILENET_STAGES,
        _MOBILENET_PYRAMIDS,
        {**_LEAST_OBJECTNESS, "rpn_pre_nms_top_n_test": 150, "rpn_post_nms_top_n_test": 150},
        FasterRcnnSettings(min_size=320, max_size=640),
    ),
}


def usual_settings(arch: str) -> FasterRcnnSettings:
    """Those of torchvision's builder."""
    return _PLANS[arch].usual


def build_faster_rcnn(
    arch: str, num_classes: int, chosen: FasterRcnnSettings | None = None, *, seed: int = 0
) -> FasterRCNN:
    """The network for ``num_classes`` and the background, untrained from ``seed``.

    It takes images (3, H, W) in [0, 1] and scales and normalises them itself.
    """
    plan = _PLANS[arch]
    chosen = chosen or plan.usual
    hidden = _scaled(_HIDDEN, chosen.width)
    maps = plan.pyramids[chosen.pyramid]
    anchors = _anchors(chosen.anchor_size, maps)
    with seeded(seed):
        backbone = plan.backbone(_NORMS[chosen.norm], chosen.width, maps)
        channels = backbone.out_channels
        return FasterRCNN(
            backbone,
            min_size=chosen.min_size,
            max_size=chosen.max_size,
            rpn_anchor_generator=anchors,
            # Made in torchvision's order, so that a seed gives torchvision's network.
            rpn_head=RPNHead(channels, anchors.num_anchors_per_location()[0]),
            box_head=TwoMLPHead(channels * _POOLED**2, hidden),
            box_predictor=FastRCNNPredictor(hidden, num_classes + 1),
            box_score_thresh=chosen.threshold,
            **plan.options,
        )


def freeze_below(network: FasterRCNN, *, arch: str, trainable_stages: int) -> None:
    """Let only the last stages of the backbone learn; as many as it has are all of them."""
    stages = _PLANS[arch].stages
    body = network.backbone.body
    for stage in stages[: max(0, len(stages) - trainable_stages)]:
        for layer in stage:
            body.get_submodule(layer).requires_grad_(False)


def draw_regions(network: FasterRCNN, number: int) -> None:
    """Let the head learn from so many regions of each picture."""
    network.roi_heads.fg_bg_sampler.batch_size_per_image = number


def _anchors(smallest: int, maps: _Maps) -> Any:
    """Of one size for each map of a whole pyramid, of all sizes for each of two. torchvision adds a
    map to either."""
    sizes = tuple(smallest * 2**place for place in range(_NUM_ANCHORS))
    whole = len(maps) + 1 == len(sizes)
    of_maps = tuple((size,) for size in sizes) if whole else (sizes,) * (len(maps) + 1)
    return AnchorGenerator(of_maps, (_ASPECT_RATIOS,) * len(of_maps))


def _scaled(channels: int, width: float) -> int:
    return max(1, round(channels * width))
