"""Denormals cost no time: in weights they are 0, and to ONNX Runtime they count as 0."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from lossproof.models import open_model
from lossproof.models.denormals import denormals_as_zero, without_denormals
from lossproof.models.segnet import SegNet
from lossproof.models.weights_file import save_weights


def flushed() -> bool:
    return bool(np.float32(1e-39) * np.float32(1) == 0)


def test_they_count_as_0_inside_alone() -> None:
    assert not flushed()
    with denormals_as_zero():
        assert flushed()
        with denormals_as_zero():
            pass
        assert flushed()
    assert not flushed()


def test_other_threads_are_as_they_were() -> None:
    with ThreadPoolExecutor(1) as pool:
        assert not pool.submit(flushed).result()
        with denormals_as_zero():
            assert not pool.submit(flushed).result()


def test_after_an_error_they_count_again() -> None:
    with pytest.raises(KeyError), denormals_as_zero():
        raise KeyError
    assert not flushed()


def test_weights_and_statistics_lose_them_and_nothing_else() -> None:
    network = nn.Sequential(nn.Conv2d(1, 3, 1), nn.BatchNorm2d(3))
    convolution, normalisation = network
    with torch.no_grad():
        convolution.weight[:, 0, 0, 0] = torch.tensor([1e-39, -1e-39, -2e-38])
        normalisation.running_var[:] = torch.tensor([1e-40, 1.0, 0.0])
    assert without_denormals(network) is network
    assert convolution.weight.flatten().tolist() == pytest.approx([0, 0, -2e-38], rel=1e-6, abs=0)
    assert normalisation.running_var.tolist() == [0, 1, 0]
    assert normalisation.num_batches_tracked == 0


def test_a_network_is_opened_without_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = SegNet(3, seed=0)
    with torch.no_grad():
        network.classifier.weight[0, 0] = 1e-39
    path = tmp_path / "network.safetensors"
    save_weights(path, network, arch="segnet", num_classes=3)
    forward, seen = SegNet.forward, []

    def watched(network: SegNet, images: torch.Tensor) -> torch.Tensor:
        seen.append(bool(network.classifier.weight[0, 0].any()))
        return forward(network, images)

    monkeypatch.setattr(SegNet, "forward", watched)
    model = open_model(f"segnet:{path}", task="segmentation", num_classes=3, threads=1)
    model.predict([np.zeros((32, 32, 3), np.uint8)])
    assert seen == [False]
    assert network.classifier.weight[0, 0].any()
