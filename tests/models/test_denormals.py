"""Denormals count as 0 while networks run, and for nobody else."""

from pathlib import Path

import numpy as np
import pytest
import torch

from lossproof.models import open_model
from lossproof.models.denormals import without_denormals
from lossproof.models.segnet import SegNet
from lossproof.models.weights_file import save_weights

SMALL = np.float32(1e-39)


def flushed() -> bool:
    return bool(SMALL * np.float32(1) == 0)


def test_they_count_as_0_inside_alone() -> None:
    assert not flushed()
    with without_denormals():
        assert flushed()
        assert (torch.full((64,), 1e-39) * 1).eq(0).all()
        with without_denormals():
            pass
        assert flushed()
    assert not flushed()


def test_also_after_an_error() -> None:
    with pytest.raises(KeyError), without_denormals():
        raise KeyError
    assert not flushed()


def test_networks_of_torch_run_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "network.safetensors"
    save_weights(path, SegNet(3, seed=0), arch="segnet", num_classes=3)
    forward, seen = SegNet.forward, []

    def watched(network: SegNet, images: torch.Tensor) -> torch.Tensor:
        seen.append(flushed())
        return forward(network, images)

    monkeypatch.setattr(SegNet, "forward", watched)
    model = open_model(f"segnet:{path}", task="segmentation", num_classes=3, threads=1)
    model.predict([np.zeros((32, 32, 3), np.uint8)])
    assert seen == [True]
    assert not flushed()
