"""Weights of Faster R-CNN: a file's, torchvision's for COCO, or ImageNet's for the backbone.

Torchvision's files may be older than its names of layers, and count no batches, since they were
trained with frozen normalisation; and its ResNet with COCO's weights adds nothing to the variances
(``overwrite_eps`` in torchvision). All three are mended here, as torchvision does when it loads
them.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn
from torchvision.models import (  # type: ignore[import-untyped,unused-ignore]
    MobileNet_V3_Large_Weights,
    ResNet50_Weights,
    detection,
)

from lossproof.models.coco_classes import coco_outputs
from lossproof.models.weights_file import check_metadata, fill, read_weights

_HEAD = "roi_heads.box_predictor"
_COCO_OUTPUTS = 91
_WITHOUT_EPSILON = "faster_rcnn"
_EPSILON = 1e-5
_COUNT = ".num_batches_tracked"
_OLD_NAMES = (
    (re.compile(r"^(backbone\.fpn\.(?:inner|layer)_blocks\.\d+)\.(weight|bias)$"), r"\1.0.\2"),
    (re.compile(r"^(rpn\.head\.conv)\.(weight|bias)$"), r"\1.0.0.\2"),
)
_RESNET, _MOBILENET = ResNet50_Weights.IMAGENET1K_V1, MobileNet_V3_Large_Weights.IMAGENET1K_V1
_COCO = {
    "faster_rcnn": detection.FasterRCNN_ResNet50_FPN_Weights.COCO_V1,
    "faster_rcnn_mobilenet_v3": detection.FasterRCNN_MobileNet_V3_Large_FPN_Weights.COCO_V1,
    "faster_rcnn_mobilenet_v3_320": detection.FasterRCNN_MobileNet_V3_Large_320_FPN_Weights.COCO_V1,
}
_IMAGENET = {
    "faster_rcnn": _RESNET,
    "faster_rcnn_mobilenet_v3": _MOBILENET,
    "faster_rcnn_mobilenet_v3_320": _MOBILENET,
}


def coco_weights(arch: str) -> str:
    """What torchvision calls its COCO weights of an architecture."""
    return str(_COCO[arch])


def load_file(network: nn.Module, path: Path, *, arch: str, classes: Sequence[str]) -> None:
    """Put a file's weights into a network for ``classes``. Raises ValueError for what misfits.

    Weights with COCO's 91 outputs are mapped to the classes, unless the network has as many; those
    whose file names no architecture are taken for torchvision's.
    """
    stored = read_weights(path)
    check_metadata(path, stored.metadata, {"arch": arch})
    tensors = stored.tensors
    if "arch" not in stored.metadata and _num_outputs(tensors) == _COCO_OUTPUTS:
        tensors = _without_epsilon(tensors, arch=arch)
    if _num_outputs(tensors) != _num_outputs(network.state_dict()):
        tensors = for_classes(tensors, classes)
    fill(network, _mended(tensors, network), path=path)


def load_coco(network: nn.Module, *, arch: str, classes: Sequence[str]) -> None:
    """Put torchvision's COCO weights into a network for ``classes``.

    They are downloaded, or taken from torch's cache. Raises ValueError when they cannot be had, and
    for a class that COCO lacks.
    """
    tensors = _without_epsilon(_download(_COCO[arch], arch=arch), arch=arch)
    tensors = for_classes(tensors, classes)
    fill(network, _mended(tensors, network), path=Path(_COCO[arch].url))


def load_imagenet(network: nn.Module, *, arch: str) -> None:
    """Put torchvision's ImageNet weights into the backbone; had as those of COCO, likewise."""
    body = cast(nn.Module, cast(nn.Module, network.backbone).body)
    weights = _IMAGENET[arch]
    tensors = {
        name.removeprefix("features."): tensor
        for name, tensor in _download(weights, arch=arch).items()
        if not name.startswith(("fc.", "classifier."))
    }
    fill(body, _mended(tensors, body), path=Path(weights.url))


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


def _without_epsilon(tensors: Mapping[str, Tensor], *, arch: str) -> Mapping[str, Tensor]:
    """With variances to which the network's ``eps`` adds up to torchvision's: of ResNet alone."""
    if arch != _WITHOUT_EPSILON:
        return tensors
    return {
        name: tensor - _EPSILON if name.endswith(".running_var") else tensor
        for name, tensor in tensors.items()
    }


def _num_outputs(tensors: Mapping[str, Tensor]) -> int:
    bias = tensors.get(f"{_HEAD}.cls_score.bias")
    return 0 if bias is None else len(bias)


def _mended(tensors: Mapping[str, Tensor], network: nn.Module) -> Mapping[str, Tensor]:
    """Under today's names, and with the counts of batches that the network has, no others."""
    wanted = network.state_dict()
    counts = {name: tensor for name, tensor in wanted.items() if name.endswith(_COUNT)}
    named = {_todays(name): tensor for name, tensor in tensors.items()}
    kept = {
        name: tensor
        for name, tensor in named.items()
        if name in wanted or not name.endswith(_COUNT)
    }
    return {**counts, **kept}


def _todays(name: str) -> str:
    for old, new in _OLD_NAMES:
        name = old.sub(new, name)
    return name


def _download(weights: Any, *, arch: str) -> Mapping[str, Tensor]:
    try:
        state = weights.get_state_dict(progress=False, check_hash=True, weights_only=True)
    except (OSError, RuntimeError) as error:
        raise ValueError(
            f"the weights {weights} of {arch} cannot be had ({error}); fetch {weights.url} on "
            f"another machine, convert it to safetensors, and give the file"
        ) from error
    return cast(Mapping[str, Tensor], state)
