"""Weights on disk: a round trip, and each way of not fitting."""

import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from lossproof.models.weights_file import load_weights, read_metadata, save_weights


def small(*, seed: int = 0, width: int = 4) -> nn.Sequential:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(nn.Conv2d(3, width, 1), nn.BatchNorm2d(width))


def load(path: Path, *, num_classes: int = 2) -> nn.Module:
    network = small()
    load_weights(path, network, arch="small", num_classes=num_classes)
    return network


def test_round_trip(tmp_path: Path) -> None:
    network = small(seed=3)
    path = tmp_path / "a" / "small.safetensors"
    save_weights(path, network, arch="small", num_classes=2, notes={"classes": ["sky", "road"]})
    loaded = load(path).state_dict()
    assert all(torch.equal(loaded[name], tensor) for name, tensor in network.state_dict().items())
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
    assert metadata["format"] == "1"
    assert json.loads(metadata["classes"]) == ["sky", "road"]
    assert [p.name for p in path.parent.iterdir()] == ["small.safetensors"]


def test_a_file_without_metadata_is_taken(tmp_path: Path) -> None:
    save_file(small(seed=3).state_dict(), tmp_path / "a.safetensors")
    assert torch.equal(load(tmp_path / "a.safetensors")[0].weight, small(seed=3)[0].weight)


def test_a_file_that_names_its_framework_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    save_file(small(seed=3).state_dict(), path, metadata={"format": "pt"})
    assert torch.equal(load(path)[0].weight, small(seed=3)[0].weight)


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"arch": "large"}, "have arch 'large'; 'small' is allowed"),
        ({"num_classes": "9"}, "have num_classes '9'; '2' is allowed"),
        ({"arch": "small", "format": "2"}, "have format '2'; '1' is allowed"),
    ],
)
def test_weights_for_something_else(tmp_path: Path, metadata: dict[str, str], message: str) -> None:
    save_file(small().state_dict(), tmp_path / "a.safetensors", metadata=metadata)
    with pytest.raises(ValueError, match=message):
        load(tmp_path / "a.safetensors")


def test_tensors_that_do_not_fit(tmp_path: Path) -> None:
    tensors = small(width=5).state_dict()
    tensors["extra"] = tensors.pop("0.bias")
    save_file(tensors, tmp_path / "a.safetensors")
    with pytest.raises(ValueError, match="do not fit the network in 7 tensors: ") as caught:
        load(tmp_path / "a.safetensors")
    for part in (
        "0.bias is missing",
        "extra is unexpected",
        "0.weight has shape (5, 3, 1, 1) instead of (4, 3, 1, 1)",
    ):
        assert part in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"words, not tensors", None])
def test_files_that_are_not_safetensors(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "a.safetensors").write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.safetensors' cannot be read as safetensors"):
        load(tmp_path / "a.safetensors")


def test_the_same_weights_are_the_same_bytes(tmp_path: Path) -> None:
    words = {"arch": "small", "num_classes": 2, "notes": {"classes": ["sky", "road"]}}
    for place in range(8):
        save_weights(
            tmp_path / str(place), small(seed=3), **words, settings={"width": 0.5, "depth": 2}
        )
    assert len({(tmp_path / str(place)).read_bytes() for place in range(8)}) == 1
    assert read_metadata(tmp_path / "0")["settings"] == '{"depth": 2, "width": 0.5}'
