"""Faster R-CNN (Ren et al., NeurIPS 2015) with a feature pyramid, as torchvision builds it.

``faster_rcnn`` has the ResNet-50-FPN backbone, the paper's ``faster_rcnn_mobilenet_v3`` variants
MobileNetV3-Large-FPN at the usual and at a small input. Weights of the dataset's own number of
classes are taken as they are; torchvision's for COCO (91 outputs) are mapped to the dataset's
classes by their names, so that they detect the 20 classes of VOC or the 80 of COCO.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, ClassVar, cast, final

import numpy as np
import torch
from torch import Tensor, nn
from torchvision.models import detection  # type: ignore[import-untyped,unused-ignore]

from lossproof.models.coco_classes import coco_outputs
from lossproof.models.model import Wanted
from lossproof.models.torch_model import Blueprint, TorchModel, open_torch, seeded
from lossproof.models.weights_file import check_metadata, fill, read_weights
from lossproof.predictions import Detections
from lossproof.records import Frame
from lossproof.settings import Within, check_settings, read_settings, settings

_VERSION = "faster-rcnn-1"
_HEAD = "roi_heads.box_predictor"
_COCO_OUTPUTS = 91

_BUILDERS: Mapping[str, Callable[..., nn.Module]] = {
    "faster_rcnn": detection.fasterrcnn_resnet50_fpn,
    "faster_rcnn_mobilenet_v3": detection.fasterrcnn_mobilenet_v3_large_fpn,
    "faster_rcnn_mobilenet_v3_320": detection.fasterrcnn_mobilenet_v3_large_320_fpn,
}
_COCO_WEIGHTS = {
    "faster_rcnn": detection.FasterRCNN_ResNet50_FPN_Weights.COCO_V1,
    "faster_rcnn_mobilenet_v3": detection.FasterRCNN_MobileNet_V3_Large_FPN_Weights.COCO_V1,
    "faster_rcnn_mobilenet_v3_320": detection.FasterRCNN_MobileNet_V3_Large_320_FPN_Weights.COCO_V1,
}


@final
@dataclass(frozen=True)
class FasterRcnnSettings:
    """The least score of a box, the size to which the shorter side is scaled, and the weights.

    With ``pretrained`` torchvision's COCO weights are downloaded, or taken from torch's cache.
    """

    name: ClassVar[str] = "faster_rcnn"

    threshold: Annotated[float, Within(0.0, 1.0)] = 0.05
    min_size: Annotated[int, Within(32, 4096)] = 800
    pretrained: bool = False

    def __post_init__(self) -> None:
        check_settings(self)


def open_faster_rcnn(weights: Path | None, wanted: Wanted) -> TorchModel:
    """With the ResNet-50-FPN backbone. Raises ValueError for weights or settings that misfit."""
    return _open("faster_rcnn", weights, wanted)


def open_faster_rcnn_mobilenet_v3(weights: Path | None, wanted: Wanted) -> TorchModel:
    """With the MobileNetV3-Large-FPN backbone. Raises ValueError."""
    return _open("faster_rcnn_mobilenet_v3", weights, wanted)


def open_faster_rcnn_mobilenet_v3_320(weights: Path | None, wanted: Wanted) -> TorchModel:
    """The same at 320 pixels. Raises ValueError."""
    return _open("faster_rcnn_mobilenet_v3_320", weights, wanted)


def _open(arch: str, weights: Path | None, wanted: Wanted) -> TorchModel:
    usual = FasterRcnnSettings(min_size=320 if arch.endswith("_320") else 800)
    chosen = replace(usual, **cast(Any, read_settings(FasterRcnnSettings, wanted.settings)))
    if weights is not None and chosen.pretrained:
        raise ValueError(f"{arch} is given weights and pretrained=true; one of them is allowed")
    blueprint = Blueprint(
        arch=arch,
        version=_VERSION,
        build=partial(_build, arch=arch, wanted=wanted, chosen=chosen),
        run=_run,
        settings=settings(chosen),
        usual=settings(usual),
        comes_with=str(_COCO_WEIGHTS[arch]) if chosen.pretrained else None,
    )
    return open_torch(blueprint, weights, wanted)


def build_faster_rcnn(
    arch: str, num_classes: int, chosen: FasterRcnnSettings | None = None
) -> nn.Module:
    """The network for ``num_classes`` and the background, untrained from a fixed seed.

    It takes images (3, H, W) in [0, 1] and scales and normalises them itself.
    """
    chosen = chosen or FasterRcnnSettings()
    with seeded(0):
        return _BUILDERS[arch](
            weights=None,
            weights_backbone=None,
            num_classes=num_classes + 1,
            box_score_thresh=chosen.threshold,
            min_size=chosen.min_size,
        )


def _build(
    weights: Path | None, *, arch: str, wanted: Wanted, chosen: FasterRcnnSettings
) -> nn.Module:
    num_classes, classes = wanted.num_classes, wanted.classes
    network = build_faster_rcnn(arch, num_classes, chosen)
    if chosen.pretrained:
        fill(network, for_classes(_download(arch), classes), path=Path(_COCO_WEIGHTS[arch].url))
    elif weights is not None:
        stored = read_weights(weights)
        check_metadata(weights, stored.metadata, {"arch": arch})
        own = _num_outputs(stored.tensors) == num_classes + 1
        tensors = stored.tensors if own else for_classes(stored.tensors, classes)
        fill(network, tensors, path=weights)
    return network


def _num_outputs(tensors: Mapping[str, Tensor]) -> int:
    bias = tensors.get(f"{_HEAD}.cls_score.bias")
    return 0 if bias is None else len(bias)


def for_classes(tensors: Mapping[str, Tensor], classes: Sequence[str]) -> Mapping[str, Tensor]:
    """COCO weights of torchvision with the outputs for ``classes`` alone, in their order.

    Tensors that are not COCO's stay as they are. Raises ValueError for a class that COCO lacks.
    """
    if _num_outputs(tensors) != _COCO_OUTPUTS:
        return tensors
    kept = torch.tensor([0, *coco_outputs(classes)])
    boxes = (4 * kept[:, None] + torch.arange(4)).ravel()
    rows = {"cls_score": kept, "bbox_pred": boxes}
    heads = {
        f"{_HEAD}.{head}.{part}": tensors[f"{_HEAD}.{head}.{part}"][places]
        for head, places in rows.items()
        for part in ("weight", "bias")
    }
    return {**tensors, **heads}


def _download(arch: str) -> Mapping[str, Tensor]:
    weights = _COCO_WEIGHTS[arch]
    try:
        state = weights.get_state_dict(progress=False, check_hash=True, weights_only=True)
    except (OSError, RuntimeError) as error:
        raise ValueError(
            f"the COCO weights of {arch} cannot be had ({error}); fetch {weights.url} on another "
            f"machine, convert it to safetensors, and give {arch}:FILE"
        ) from error
    return cast(Mapping[str, Tensor], state)


def _run(network: nn.Module, frames: Sequence[Frame], device: torch.device) -> list[Detections]:
    images = [torch.from_numpy(np.ascontiguousarray(f)).to(device).permute(2, 0, 1) for f in frames]
    answers = network([image.float() / 255 for image in images])
    return [
        Detections(
            boxes=answer["boxes"].cpu().numpy(),
            scores=answer["scores"].cpu().numpy(),
            labels=answer["labels"].cpu().numpy() - 1,
        )
        for answer in answers
    ]
