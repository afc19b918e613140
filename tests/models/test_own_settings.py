"""Settings that the weights file remembers: width and depth of the networks that are trained."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from lossproof.models import open_model
from lossproof.models.depth_gan import DepthGanSettings, Generator
from lossproof.models.segnet import SegNet, SegNetSettings
from lossproof.models.torch_model import seeded
from lossproof.models.weights_file import save_weights
from lossproof.records import Frame


def count(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


@pytest.fixture
def narrow(tmp_path: Path) -> Path:
    path = tmp_path / "narrow.safetensors"
    settings = {"width": 0.125}
    save_weights(
        path,
        SegNet(3, SegNetSettings(width=0.125)),
        arch="segnet",
        num_classes=3,
        settings=settings,
    )
    return path


def test_a_narrow_segnet_has_an_eighth_of_the_channels() -> None:
    narrow, full = SegNet(3, SegNetSettings(width=0.125)), SegNet(3)
    assert narrow.classifier.in_channels == full.classifier.in_channels // 8 == 8
    assert count(narrow) < count(full) / 60


@pytest.mark.parametrize("settings", ["", ",width=0.125"])
def test_segnet_is_as_wide_as_its_file(settings: str, narrow: Path, frames: list[Frame]) -> None:
    model = open_model(f"segnet:{narrow}{settings}", task="segmentation", num_classes=3)
    assert model.predict(frames[:1])[0].shape == frames[0].shape[:2]


def test_a_width_without_weights(frames: list[Frame]) -> None:
    narrow = open_model("segnet,width=0.125", task="segmentation", num_classes=3)
    full = open_model("segnet", task="segmentation", num_classes=3)
    assert narrow.name == "segnet width=0.125"
    assert narrow.weights != full.weights
    assert narrow.predict(frames[:1])[0].shape == frames[0].shape[:2]


def test_a_width_that_is_not_the_files(narrow: Path, frames: list[Frame]) -> None:
    model = open_model(f"segnet:{narrow},width=0.5", task="segmentation", num_classes=3)
    with pytest.raises(ValueError, match=r"trained with width 0\.125, but width 0\.5 is given"):
        model.predict(frames[:1])


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("segnet,width=0", "segnet width '0' is out of range; numbers from 0.01 to 4 are allowed"),
        ("segnet,depth=1", "segnet has no setting 'depth'; its settings: width"),
    ],
)
def test_settings_that_are_not_allowed(spec: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        open_model(spec, task="segmentation", num_classes=3)


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        ("words", "have the settings 'words'; JSON is allowed"),
        ('{"width": 9}', "have width 9; numbers from 0.01 to 4 are allowed"),
        ('{"depth": 1}', "segnet has no setting 'depth'"),
    ],
)
def test_files_with_strange_settings(
    stored: str, message: str, tmp_path: Path, frames: list[Frame]
) -> None:
    path = tmp_path / "a.safetensors"
    save_file({"a": torch.ones(1)}, path, metadata={"settings": stored})
    model = open_model(f"segnet:{path}", task="segmentation", num_classes=3)
    with pytest.raises(ValueError, match=message):
        model.predict(frames[:1])


def test_depths_are_in_the_files_metres(tmp_path: Path, frames: list[Frame]) -> None:
    path = tmp_path / "room.safetensors"
    with seeded(1):
        network = Generator(DepthGanSettings(width=0.0625))
    settings = {"width": 0.0625, "max_depth": 10.0}
    save_weights(path, network, arch="depth_gan", num_classes=0, settings=settings)
    room = open_model(f"depth_gan:{path}", task="depth", num_classes=0).predict(frames[:1])[0]
    save_weights(path, network, arch="depth_gan", num_classes=0, settings={"width": 0.0625})
    street = open_model(f"depth_gan:{path}", task="depth", num_classes=0).predict(frames[:1])[0]
    np.testing.assert_allclose(street, room * 8, rtol=1e-6)
