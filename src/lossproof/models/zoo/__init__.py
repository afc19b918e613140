"""Small trained networks that come with lossproof: a weights file and its card for each.

They were trained on tinytown by the studies in ``studies/zoo/``; ``make zoo`` trains them again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lossproof.records import Setting
from lossproof.tables import by_name

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class ZooModel:
    """A network by its published name and what it was trained on.

    ``weights`` and ``motion`` are names of files in this folder; ``motion`` is the second stream of
    a network that has two. ``settings`` are those that it predicts with unless others are given.
    """

    name: str
    task: str
    arch: str
    weights: str
    motion: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def spec(self) -> str:
        """What ``open_model`` takes, before settings."""
        motion = f",motion={weights_file(self.motion)}" if self.motion else ""
        return f"{self.arch}:{weights_file(self.weights)}{motion}"

    def called(self, spec: str, /, **others: str) -> str:
        """``spec``, of these weights or of what was trained from them, with the settings."""
        settings = {**self.settings, **others}
        return ",".join([spec, *(f"{key}={value}" for key, value in settings.items())])

    @property
    def files(self) -> tuple[str, ...]:
        return (self.weights, self.motion) if self.motion else (self.weights,)


ZOO: Mapping[str, ZooModel] = by_name(
    [
        ZooModel("segnet_tinytown", "segmentation", "segnet", "segnet_tinytown"),
        ZooModel(
            "depth_gan_tinytown",
            "depth",
            "depth_gan",
            "depth_gan_tinytown",
            settings={"flip_test": "true"},
        ),
        ZooModel(
            "faster_rcnn_mobilenet_v3_tinytown",
            "detection",
            "faster_rcnn_mobilenet_v3",
            "faster_rcnn_mobilenet_v3_tinytown",
        ),
        ZooModel("openpose_tinytown", "pose", "openpose", "openpose_tinytown"),
        ZooModel(
            "two_stream_tinytown",
            "action",
            "two_stream",
            "two_stream_tinytown_spatial",
            "two_stream_tinytown_motion",
        ),
    ]
)

ZOO_FILES: tuple[str, ...] = tuple(file for model in ZOO.values() for file in model.files)
"""The names by which each network can be trained further."""


def weights_file(name: str) -> Path:
    """Where the weights of one of ``ZOO_FILES`` are."""
    return FOLDER / f"{name}.safetensors"


def card_file(name: str) -> Path:
    """Where it is written how one of ``ZOO_FILES`` was trained."""
    return FOLDER / f"{name}.json"


def made_of(name: str) -> Mapping[str, Setting]:
    """The settings of the network that the weights of one of ``ZOO_FILES`` are for."""
    settings: Mapping[str, Setting] = json.loads(card_file(name).read_text())["network_settings"]
    return settings
