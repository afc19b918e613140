"""A generative adversarial network for monocular depth.

The simplified form of the depth estimation of Atapour-Abarghouei and Breckon (CVPR 2018): a
generator that is an encoder-decoder with skip connections, and a discriminator that looks at
patches of picture and depth together, as in pix2pix (Isola et al., CVPR 2017). Prediction uses the
generator alone; the discriminator is for training.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, ClassVar, Literal, cast, final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from lossproof.models.model import Wanted
from lossproof.models.normalisation import Normalisation
from lossproof.models.own_settings import own_settings
from lossproof.models.torch_model import Blueprint, TorchModel, open_torch, seeded
from lossproof.models.weights_file import load_weights
from lossproof.records import DepthMap, Frame
from lossproof.settings import Within, check_settings, settings

ARCH = "depth_gan"
_VERSION = "depth-gan-1"
_WIDTHS = (64, 128, 256, 512, 512, 512)
_JUDGED_WIDTHS = (64, 128, 256)
_SPAN = math.log(200)
DepthSteps = Literal["metres", "log"]
TO_UNIT = Normalisation(scale=1 / 127.5, mean=(1.0, 1.0, 1.0))
"""Pixels to [-1, 1], as the generator takes them."""


@final
@dataclass(frozen=True)
class DepthGanSettings:
    """``max_depth`` in metres is what the generator's 1 stands for; weights are trained for one.

    Its other numbers are depth's in equal steps of metres, or of its logarithm from a 200th of
    ``max_depth`` on. ``width`` is the share of the usual number of channels that every layer has,
    up to ``most_channels``. With ``flip_test`` the numbers of a prediction are the means
    of those for the picture and for its mirror image, which takes twice as long.
    """

    name: ClassVar[str] = ARCH

    max_depth: Annotated[float, Within(0.1, 1000.0)] = 80.0
    width: Annotated[float, Within(0.01, 4.0)] = 1.0
    most_channels: Annotated[int, Within(1, 4096)] = 2048
    steps: DepthSteps = "metres"
    flip_test: bool = False

    def __post_init__(self) -> None:
        check_settings(self)


def narrowed(widths: Sequence[int], settings: DepthGanSettings) -> list[int]:
    """The channels of layers that usually have ``widths``."""
    return [min(max(1, round(width * settings.width)), settings.most_channels) for width in widths]


class Generator(nn.Module):
    """Pictures in [-1, 1] to depth in [0, 1], of the same size.

    Each stage of the encoder halves the size; each of the decoder doubles it and is given what the
    encoder had at that size. The settings say how wide it is, and what its 1 stands for.
    """

    def __init__(self, settings: DepthGanSettings | None = None) -> None:
        super().__init__()
        self.settings = settings or DepthGanSettings()
        widths = narrowed(_WIDTHS, self.settings)
        before = (3, *widths[:-1])
        self.encoder = nn.ModuleList(
            _down(*pair, normalised=0 < place < len(widths) - 1)
            for place, pair in enumerate(zip(before, widths, strict=True))
        )
        inner = tuple(reversed(widths[:-1]))
        given = (widths[-1], *(2 * width for width in inner[:-1]))
        self.decoder = nn.ModuleList(_up(*pair) for pair in zip(given, inner, strict=True))
        self.head = nn.ConvTranspose2d(2 * widths[0], 1, 4, stride=2, padding=1)

    def forward(self, images: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b 1 h w"]:
        """Sizes that the stages cannot halve evenly are padded by repeating the border."""
        height, width = images.shape[2:]
        stride = 2 ** len(self.encoder)
        padding = (0, -width % stride, 0, -height % stride)
        values = functional.pad(images, padding, mode="replicate")
        skipped: list[Tensor] = []
        for down in self.encoder:
            values = down(values)
            skipped.append(values)
        values = skipped.pop()
        for up in self.decoder:
            values = torch.cat([up(values), skipped.pop()], dim=1)
        return torch.sigmoid(self.head(values))[..., :height, :width]

    def code(self, metres: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
        """What the network should answer for depth: above 1 where it is beyond ``max_depth``."""
        share = metres / self.settings.max_depth
        if self.settings.steps == "metres":
            return share
        return (share.log() / _SPAN + 1).clamp(min=0)

    def metres(self, code: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
        """Depth by the network's answer."""
        share = code if self.settings.steps == "metres" else ((code - 1) * _SPAN).exp()
        return share * self.settings.max_depth


class Discriminator(nn.Module):
    """Picture and depth together to a logit for each patch: real, or made by the generator."""

    def __init__(self, settings: DepthGanSettings | None = None) -> None:
        super().__init__()
        first, second, third = narrowed(_JUDGED_WIDTHS, settings or DepthGanSettings())
        self.layers = nn.Sequential(
            _down(4, first, normalised=False),
            _down(first, second, normalised=True),
            _down(second, third, normalised=True),
            nn.Conv2d(third, 1, 4, padding=1),
        )

    def forward(
        self, images: Float[Tensor, "b 3 h w"], depth: Float[Tensor, "b 1 h w"]
    ) -> Float[Tensor, "b 1 _ _"]:
        return cast(Tensor, self.layers(torch.cat([images, depth], dim=1)))


def open_depth_gan(weights: Path | None, wanted: Wanted) -> TorchModel:
    """The generator from ``weights``, or untrained when that is None. Raises ValueError."""
    chosen = own_settings(DepthGanSettings, wanted.settings, None)
    blueprint = Blueprint(
        arch=ARCH,
        version=_VERSION,
        build=partial(build_generator, given=wanted.settings),
        run=predict_depths,
        settings=settings(chosen),
        usual=settings(DepthGanSettings()),
    )
    return open_torch(blueprint, weights, wanted)


def build_generator(weights: Path | None, *, given: Mapping[str, str], seed: int = 0) -> Generator:
    """The generator, with the weights of a file where one is given.

    ``given`` are settings as text; others are the file's. Raises ValueError.
    """
    settings = own_settings(DepthGanSettings, given, weights)
    with seeded(seed):
        network = Generator(settings)
    if weights is not None:
        load_weights(weights, network, arch=ARCH, num_classes=0)
    return network


def predict_depths(
    network: Generator, frames: Sequence[Frame], device: torch.device
) -> list[DepthMap]:
    """Metres for every pixel of frames of one size."""
    images = TO_UNIT.batch(frames).to(device)
    code = network(images)
    if network.settings.flip_test:
        code = (code + network(images.flip(-1)).flip(-1)) / 2
    return list(network.metres(code[:, 0]).cpu().numpy())


def _down(before: int, after: int, *, normalised: bool) -> nn.Sequential:
    layers: list[nn.Module] = [nn.Conv2d(before, after, 4, stride=2, padding=1)]
    if normalised:
        layers.append(nn.BatchNorm2d(after))
    return nn.Sequential(*layers, nn.LeakyReLU(0.2))


def _up(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(
        nn.ConvTranspose2d(before, after, 4, stride=2, padding=1),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )
