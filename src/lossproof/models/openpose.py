"""OpenPose's body model for COCO (Cao et al., Realtime Multi-Person 2D Pose Estimation using Part
Affinity Fields, CVPR 2017; OpenPose, PAMI 2019).

The first ten layers of VGG19 and two convolutions after them give features; six stages of two
branches make 38 part affinity fields and 19 heat maps of them, each stage after the first from what
the one before it made. Layers have the names of the published model, so that its PyTorch
conversions load as they are once they are safetensors.

The last layer of each branch has no activation, as published. The code of the usual conversion
clips the last heat maps at 0, since its list of such layers names another one twice; above any
threshold the peaks are the same but for what smoothing brings of the values below 0.

A network may be narrower, have fewer stages, or batch normalisation, which the published one lacks;
its weights file remembers it, and the height of the input that it was trained at.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, ClassVar, NamedTuple, cast, final

import cv2
import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional
from torchvision import models  # type: ignore[import-untyped,unused-ignore]

from lossproof.models.grouping import GroupingOptions, Maps, group
from lossproof.models.imagenet import fetch_state, of_colours, put, read_state
from lossproof.models.model import Wanted
from lossproof.models.normalisation import Normalisation
from lossproof.models.own_settings import own_settings
from lossproof.models.skeleton import OPENPOSE
from lossproof.models.torch_model import Blueprint, TorchModel, open_torch, seeded
from lossproof.models.weights_file import check_metadata, fill, read_weights
from lossproof.predictions import Poses
from lossproof.records import Frame, FrameSize
from lossproof.settings import Within, check_settings, settings

ARCH = "openpose"
_VERSION = "openpose-1"
STRIDE = 8
TO_HALF = Normalisation(scale=1 / 256, mean=(0.5, 0.5, 0.5), colour="BGR")
"""Pixels to [-0.5, 0.5), blue first, as the network was trained."""
_FIELDS, _HEATMAPS = 38, 19
_COLOURS, _FEATURES = 3, 128
# Some conversions keep the layers in parts: model0, model1_1 and so on.
_PREFIX = re.compile(r"^model\d(_\d)?\.")


@final
@dataclass(frozen=True)
class OpenPoseSettings:
    """What people count as found, the height of the input, and what the network is made of.

    ``threshold`` is the least value of a part's peak, ``limb_threshold`` of a field along a limb.
    The first is the confidence of detection: under compression a lower one may find more.
    ``width`` is the share of the published number of channels that every layer has.
    """

    name: ClassVar[str] = ARCH

    threshold: Annotated[float, Within(0.0, 1.0)] = GroupingOptions.threshold
    limb_threshold: Annotated[float, Within(0.0, 1.0)] = GroupingOptions.limb_threshold
    box_size: Annotated[int, Within(32, 4096)] = 368
    width: Annotated[float, Within(0.01, 4.0)] = 1.0
    stages: Annotated[int, Within(1, 6)] = 6
    batch_norm: bool = False

    def __post_init__(self) -> None:
        check_settings(self)


class Layer(NamedTuple):
    """A convolution by its published name; its padding keeps the size.

    The ``last`` of a branch has no activation.
    """

    name: str
    before: int
    after: int
    size: int
    last: bool = False


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
_VGG19 = dict(
    zip(
        (layer.name for layers in _FRONT for layer in layers),
        (0, 2, 5, 7, 10, 12, 14, 16, 19, 21),
        strict=False,
    )
)
"""Where the first ten stand among torchvision's ``features``."""


class StageMaps(NamedTuple):
    """What a stage makes, an eighth as wide and high as the images."""

    fields: Float[Tensor, "b 38 h w"]
    heatmaps: Float[Tensor, "b 19 h w"]


class OpenPose(nn.Module):
    """Images (blue, green, red; see ``TO_HALF``) to the fields and heat maps of every stage."""

    def __init__(self, settings: OpenPoseSettings | None = None) -> None:
        super().__init__()
        self.settings = settings or OpenPoseSettings()
        self._front = [[_narrowed(layer, self._width) for layer in layers] for layers in _FRONT]
        self._branches = [
            [
                _branch(stage, branch, outputs, width=self._width)
                for branch, outputs in (("L1", _FIELDS), ("L2", _HEATMAPS))
            ]
            for stage in range(1, self.settings.stages + 1)
        ]
        for layer in self.layers():
            padding = layer.size // 2
            convolution = nn.Conv2d(layer.before, layer.after, layer.size, padding=padding)
            self.add_module(layer.name, convolution)
            if self.settings.batch_norm and not layer.last:
                self.add_module(f"{layer.name}_norm", nn.BatchNorm2d(layer.after))

    def forward(self, images: Float[Tensor, "b 3 h w"]) -> list[StageMaps]:
        """Of each stage, the last one being the answer. Height and width are multiples of 8."""
        features = images
        for place, layers in enumerate(self._front):
            if place:
                features = functional.max_pool2d(features, 2)
            features = self._through(layers, features)
        stages: list[StageMaps] = []
        for branches in self._branches:
            given = torch.cat([*stages[-1], features], dim=1) if stages else features
            stages.append(StageMaps(*(self._through(layers, given) for layers in branches)))
        return stages

    @property
    def _width(self) -> float:
        return self.settings.width

    def layers(self) -> Iterator[Layer]:
        """Every convolution, in the order of the published model."""
        for layers in self._front:
            yield from layers
        for branches in self._branches:
            for layers in branches:
                yield from layers

    def _through(self, layers: Sequence[Layer], values: Tensor) -> Tensor:
        for layer in layers:
            values = self.get_submodule(layer.name)(values)
            if layer.last:
                continue
            if self.settings.batch_norm:
                values = self.get_submodule(f"{layer.name}_norm")(values)
            values = functional.relu(values)
        return values


def _narrowed(layer: Layer, width: float) -> Layer:
    """With the share of its channels, but for the three colours."""
    before = layer.before if layer.before == _COLOURS else _share(layer.before, width)
    return layer._replace(before=before, after=_share(layer.after, width))


def _share(channels: int, width: float) -> int:
    return max(1, round(channels * width))


def _branch(stage: int, branch: str, outputs: int, *, width: float) -> list[Layer]:
    shape: tuple[tuple[int, int], ...]
    if stage == 1:
        shape = ((128, 3), (128, 3), (128, 3), (512, 1))
        names = [f"conv5_{place}_CPM_{branch}" for place in range(1, 6)]
        before = _share(_FEATURES, width)
    else:
        shape = (*[(128, 7)] * 5, (128, 1))
        names = [f"Mconv{place}_stage{stage}_{branch}" for place in range(1, 8)]
        before = _share(_FEATURES, width) + _FIELDS + _HEATMAPS
    layers = []
    for name, (channels, size) in zip(names, shape, strict=False):
        layers.append(Layer(name, before, _share(channels, width), size))
        before = layers[-1].after
    return [*layers, Layer(names[-1], before, outputs, 1, last=True)]


def imagenet_front(network: OpenPose, *, weights: Path | None = None) -> None:
    """Put torchvision's VGG19 ImageNet weights into the ten layers that are VGG19's.

    The first is rewritten for this network's pixels, blue first and in [-0.5, 0.5). ``weights`` is
    a local copy of torchvision's file; None downloads it, or takes it from torch's cache. Raises
    ValueError when it cannot be had or is something else.
    """
    state = read_state(weights) if weights else fetch_state(models.VGG19_Weights.IMAGENET1K_V1)
    for name, place in _VGG19.items():
        put(network.get_submodule(name), state, f"features.{place}", of="vgg19")
    of_colours(cast(nn.Conv2d, network.get_submodule(next(iter(_VGG19)))), TO_HALF)


def open_openpose(weights: Path | None, wanted: Wanted) -> TorchModel:
    """OpenPose from ``weights``, or untrained when that is None. Raises ValueError."""
    chosen = own_settings(OpenPoseSettings, wanted.settings, None)
    blueprint = Blueprint(
        arch=ARCH,
        version=_VERSION,
        build=partial(build_openpose, given=wanted.settings),
        run=predict_poses,
        settings=settings(chosen),
        usual=settings(OpenPoseSettings()),
    )
    return open_torch(blueprint, weights, wanted)


def build_openpose(
    weights: Path | None, *, given: Mapping[str, str] | None = None, seed: int = 0
) -> OpenPose:
    """The network, with the weights of a file where one is given.

    ``given`` are settings as text; others are the file's, or the published ones. Raises ValueError.
    """
    chosen = own_settings(OpenPoseSettings, given or {}, weights)
    with seeded(seed):
        network = OpenPose(chosen)
    if weights is not None:
        stored = read_weights(weights)
        check_metadata(weights, stored.metadata, {"arch": ARCH})
        fill(network, plain_names(stored.tensors), path=weights)
    return network


def plain_names(tensors: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    """Tensors by their layers' published names, without the parts that some conversions have."""
    return {_PREFIX.sub("", name): tensor for name, tensor in tensors.items()}


def predict_poses(network: OpenPose, frames: Sequence[Frame], device: torch.device) -> list[Poses]:
    """The people in frames of one size."""
    height, width = frames[0].shape[:2]
    picture_size = scaled_size((width, height), network.settings.box_size)
    images = pad(TO_HALF.batch([_scaled(frame, picture_size) for frame in frames]))
    last = network(images.to(device))[-1]
    heatmaps, fields = last.heatmaps.cpu().numpy(), last.fields.cpu().numpy()
    input_size = (images.shape[3], images.shape[2])
    return [
        group(
            Maps(heatmaps[place], fields[place], input_size, picture_size),
            OPENPOSE,
            _options(network.settings),
            frame_size=(width, height),
        )
        for place in range(len(frames))
    ]


def _options(settings: OpenPoseSettings) -> GroupingOptions:
    return GroupingOptions(threshold=settings.threshold, limb_threshold=settings.limb_threshold)


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
