"""Faster R-CNN (Ren et al., NeurIPS 2015) with a feature pyramid, as torchvision builds it.

``faster_rcnn`` has the ResNet-50-FPN backbone, the paper's ``faster_rcnn_mobilenet_v3`` variants
MobileNetV3-Large-FPN at the usual and at a small input. Weights of the dataset's own number of
classes are taken as they are; torchvision's for COCO (91 outputs) are mapped to the dataset's
classes by their names, so that they detect the 20 classes of VOC or the 80 of COCO.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor, nn
from torchvision.models.detection import (  # type: ignore[import-untyped,unused-ignore]
    FasterRCNN,
)

from lossproof.models.faster_rcnn_network import (
    FasterRcnnSettings,
    build_faster_rcnn,
    usual_settings,
)
from lossproof.models.faster_rcnn_weights import coco_weights, load_coco, load_file
from lossproof.models.model import Wanted
from lossproof.models.own_settings import told_settings
from lossproof.models.torch_model import Blueprint, TorchModel, open_torch
from lossproof.predictions import Detections
from lossproof.records import Frame
from lossproof.settings import read_settings, settings

_VERSION = "faster-rcnn-1"
_VERSIONS = {"faster_rcnn": "faster-rcnn-2"}


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
    usual = usual_settings(arch)
    chosen = replace(usual, **cast(Any, read_settings(FasterRcnnSettings, wanted.settings)))
    if weights is not None and chosen.pretrained:
        raise ValueError(f"{arch} is given weights and pretrained=true; one of them is allowed")
    blueprint = Blueprint(
        arch=arch,
        version=_VERSIONS.get(arch, _VERSION),
        build=partial(_build, arch=arch, wanted=wanted),
        run=predict_boxes,
        settings=settings(chosen),
        usual=settings(usual),
        comes_with=coco_weights(arch) if chosen.pretrained else None,
    )
    return open_torch(blueprint, weights, wanted)


def _build(weights: Path | None, *, arch: str, wanted: Wanted) -> FasterRCNN:
    """As its file remembers it, where it has one. Raises ValueError."""
    told = told_settings(FasterRcnnSettings, wanted.settings, weights)
    chosen = replace(usual_settings(arch), **cast(Any, told))
    network = build_faster_rcnn(arch, wanted.num_classes, chosen)
    if weights is not None:
        load_file(network, weights, arch=arch, classes=wanted.classes)
    elif chosen.pretrained:
        load_coco(network, arch=arch, classes=wanted.classes)
    return network


def to_image(frame: Frame) -> Float32[Tensor, "3 h w"]:
    """A frame as the network takes it."""
    return torch.from_numpy(np.ascontiguousarray(frame)).permute(2, 0, 1).float() / 255


def predict_boxes(
    network: nn.Module, frames: Sequence[Frame], device: torch.device
) -> list[Detections]:
    """The objects of frames of any sizes, with labels from 0."""
    answers = network([to_image(frame).to(device) for frame in frames])
    return [
        Detections(
            boxes=answer["boxes"].cpu().numpy(),
            scores=answer["scores"].cpu().numpy(),
            labels=answer["labels"].cpu().numpy() - 1,
        )
        for answer in answers
    ]
