"""OpenPose's body model for COCO (Cao et al., Realtime Multi-Person 2D Pose Estimation using Part
Affinity Fields, CVPR 2017; OpenPose, PAMI 2019).

The first ten layers of VGG19 and two convolutions after them give features; six stages of two
branches make 38 part affinity fields and 19 heat maps of them, each stage after the first from what
the one before it made. Layers have the names of the published model, so that its PyTorch
conversions load as they are once they are safetensors.

The last layer of each branch has no activation, as published. The code of the usual conversion
clips the last heat maps at 0, since its list of such layers names another one twice; above any
threshold the peaks are the same but for what smoothing brings of the values below 0.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, ClassVar, NamedTuple, cast, final

import cv2
import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from lossproof.models.grouping import GroupingOptions, Maps, group
from lossproof.models.model import Wanted
from lossproof.models.normalisation import Normalisation
from lossproof.models.skeleton import OPENPOSE
from lossproof.models.torch_model import Blueprint, TorchModel, open_torch, seeded
from lossproof.models.weights_file import check_metadata, fill, read_weights
from lossproof.predictions import Poses
from lossproof.records import Frame, FrameSize
from lossproof.settings import Within, check_settings, read_settings, settings

ARCH = "openpose"
_VERSION = "openpose-1"
STRIDE = 8
TO_HALF = Normalisation(scale=1 / 256, mean=(0.5, 0.5, 0.5), colour="BGR")
"""Pixels to [-0.5, 0.5), blue first, as the network was trained."""
_FIELDS, _HEATMAPS = 38, 19
_FEATURES = 128
_STAGES = range(2, 7)
# Some conversions keep the layers in parts: model0, model1_1 and so on.
_PREFIX = re.compile(r"^model\d(_\d)?\.")


@final
@dataclass(frozen=True)
class OpenPoseSettings:
    """The least value of a part's peak and of a field along a limb, and the height of the input.

    ``threshold`` is the confidence of detection: under compression a lower one may find more.
    """

    name: ClassVar[str] = ARCH

    threshold: Annotated[float, Within(0.0, 1.0)] = GroupingOptions.threshold
    limb_threshold: Annotated[float, Within(0.0, 1.0)] = GroupingOptions.limb_threshold
    box_size: Annotated[int, Within(32, 4096)] = 368

    def __post_init__(self) -> None:
        check_settings(self)


class Layer(NamedTuple):
    """A convolution by its published name; its padding keeps the size."""

    name: str
    before: int
    after: int
    size: int


_FRONT = (
    (Layer("conv1_1", 3, 64, 3), Layer("conv1_2", 64, 64, 3)),
    (Layer("conv2_1", 64, 128, 3), Layer("conv2_2", 128, 128, 3)),
    (
        Layer("conv3_1", 128, 256, 3),
        *(Layer(f"conv3_{place}", 256, 256, 3) for place in (2, 3, 4)),
    ),
    (
        Layer("conv4_1", 256, 512, 3),
        Layer("conv4_2", 512, 512, 3),
        Layer("conv4_3_CPM", 512, 256, 3),
        Layer("conv4_4_CPM", 256, _FEATURES, 3),
    ),
)
"""The groups of layers between which pooling halves the size."""


class StageMaps(NamedTuple):
    """What a stage makes, an eighth as wide and high as the images."""

    fields: Float[Tensor, "b 38 h w"]
    heatmaps: Float[Tensor, "b 19 h w"]


class OpenPose(nn.Module):
    """Images (blue, green, red; see ``TO_HALF``) to the fields and heat maps of every stage."""

    def __init__(self) -> None:
        super().__init__()
        for name, before, after, size in _layers():
            self.add_module(name, nn.Conv2d(before, after, size, padding=size // 2))

    def forward(self, images: Float[Tensor, "b 3 h w"]) -> list[StageMaps]:
        """Of each stage, the last one being the answer. Height and width are multiples of 8."""
        features = images
        for place, layers in enumerate(_FRONT):
            if place:
                features = functional.max_pool2d(features, 2)
            for layer in layers:
                features = functional.relu(self._of(layer)(features))
        stages = [self._stage(1, features)]
        for stage in _STAGES:
            given = torch.cat([*stages[-1], features], dim=1)
            stages.append(self._stage(stage, given))
        return stages

    def _stage(self, stage: int, given: Tensor) -> StageMaps:
        return StageMaps(
            self._branch(_branch(stage, "L1", _FIELDS), given),
            self._branch(_branch(stage, "L2", _HEATMAPS), given),
        )

    def _branch(self, layers: Sequence[Layer], values: Tensor) -> Tensor:
        *inner, last = layers
        for layer in inner:
            values = functional.relu(self._of(layer)(values))
        return cast(Tensor, self._of(last)(values))

    def _of(self, layer: Layer) -> nn.Module:
        return self.get_submodule(layer.name)


def _branch(stage: int, branch: str, outputs: int) -> list[Layer]:
    widths: tuple[tuple[int, int], ...]
    if stage == 1:
        widths = ((_FEATURES, 3), (128, 3), (128, 3), (128, 1), (512, 1))
        names = [f"conv5_{place}_CPM_{branch}" for place in range(1, 6)]
    else:
        before = _FEATURES + _FIELDS + _HEATMAPS
        widths = ((before, 7), *[(128, 7)] * 4, (128, 1), (128, 1))
        names = [f"Mconv{place}_stage{stage}_{branch}" for place in range(1, 8)]
    after = [width for width, _ in widths[1:]] + [outputs]
    return [
        Layer(name, width, out, size)
        for name, (width, size), out in zip(names, widths, after, strict=True)
    ]


def _layers() -> Iterator[Layer]:
    for layers in _FRONT:
        yield from layers
    for stage in (1, *_STAGES):
        yield from _branch(stage, "L1", _FIELDS)
        yield from _branch(stage, "L2", _HEATMAPS)


def open_openpose(weights: Path | None, wanted: Wanted) -> TorchModel:
    """OpenPose from ``weights``, or untrained when that is None. Raises ValueError."""
    chosen = OpenPoseSettings(**cast(Any, read_settings(OpenPoseSettings, wanted.settings)))
    blueprint = Blueprint(
        arch=ARCH,
        version=_VERSION,
        build=build_openpose,
        run=partial(_run, settings=chosen),
        settings=settings(chosen),
        usual=settings(OpenPoseSettings()),
    )
    return open_torch(blueprint, weights, wanted)


def build_openpose(weights: Path | None, *, seed: int = 0) -> OpenPose:
    """The network, with the weights of a file where one is given. Raises ValueError."""
    with seeded(seed):
        network = OpenPose()
    if weights is not None:
        stored = read_weights(weights)
        check_metadata(weights, stored.metadata, {"arch": ARCH})
        fill(network, plain_names(stored.tensors), path=weights)
    return network


def plain_names(tensors: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    """Tensors by their layers' published names, without the parts that some conversions have."""
    return {_PREFIX.sub("", name): tensor for name, tensor in tensors.items()}


def _run(
    network: nn.Module,
    frames: Sequence[Frame],
    device: torch.device,
    *,
    settings: OpenPoseSettings,
) -> list[Poses]:
    height, width = frames[0].shape[:2]
    picture_size = scaled_size((width, height), settings.box_size)
    images = pad(TO_HALF.batch([_scaled(frame, picture_size) for frame in frames]))
    last = network(images.to(device))[-1]
    heatmaps, fields = last.heatmaps.cpu().numpy(), last.fields.cpu().numpy()
    input_size = (images.shape[3], images.shape[2])
    options = GroupingOptions(threshold=settings.threshold, limb_threshold=settings.limb_threshold)
    return [
        group(
            Maps(heatmaps[place], fields[place], input_size, picture_size),
            OPENPOSE,
            options,
            frame_size=(width, height),
        )
        for place in range(len(frames))
    ]


def scaled_size(frame_size: FrameSize, box_size: int) -> FrameSize:
    """As high as ``box_size``, and as wide as the frame's shape wants."""
    width, height = frame_size
    return (max(1, round(width * box_size / height)), box_size)


def pad(images: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b 3 _ _"]:
    """With grey at the right and bottom, to multiples of the stride."""
    height, width = images.shape[2:]
    return functional.pad(images, (0, -width % STRIDE, 0, -height % STRIDE))


def _scaled(frame: Frame, size: FrameSize) -> Frame:
    if frame.shape[1::-1] == size:
        return frame
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_CUBIC))
