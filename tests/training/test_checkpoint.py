"""Checkpoints: what is read is what was written, whatever the optimiser."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from lossproof.training import checkpoint as saved
from lossproof.training.checkpoint import Checkpoint

OPTIMISERS: dict[str, Callable[[nn.Module], torch.optim.Optimizer]] = {
    "sgd": lambda network: torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9),
    "sgd without momentum": lambda network: torch.optim.SGD(network.parameters(), lr=0.1),
    "adam": lambda network: torch.optim.Adam(network.parameters(), lr=0.1, betas=(0.5, 0.99)),
}


def network() -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))


def steps(module: nn.Module, optimiser: torch.optim.Optimizer, count: int) -> None:
    for place in range(count):
        inputs = torch.arange(12.0).view(4, 3).sin() + place
        optimiser.zero_grad()
        module(inputs).square().mean().backward()
        optimiser.step()


def test_what_an_optimiser_remembers_lies_in_memory_as_its_weights_do() -> None:
    module = nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last)
    optimiser = OPTIMISERS["adam"](module)
    module(torch.ones(1, 3, 5, 5)).mean().backward()
    optimiser.step()
    stored = saved.of_optimiser(optimiser)
    kept = {name: one.contiguous() for name, one in stored.tensors.items()}
    again = OPTIMISERS["adam"](module)
    saved.restore_optimiser(again, Checkpoint(kept, stored.rest))
    restored = again.state[module.weight]["exp_avg"]
    assert restored.stride() == module.weight.stride()
    assert torch.equal(restored, optimiser.state[module.weight]["exp_avg"])


@pytest.mark.parametrize("name", OPTIMISERS)
def test_going_on_from_a_file_is_going_on(name: str, tmp_path: Path) -> None:
    wanted = network()
    optimiser = OPTIMISERS[name](wanted)
    steps(wanted, optimiser, 3)
    state = saved.joined(
        {"n": saved.of_module(wanted), "o": saved.of_optimiser(optimiser)},
    )
    saved.save_checkpoint(tmp_path / "a" / "c.safetensors", state)
    steps(wanted, optimiser, 3)

    stored = saved.load_checkpoint(tmp_path / "a" / "c.safetensors")
    found = network()
    other = OPTIMISERS[name](found)
    found.load_state_dict(dict(stored.of("n").tensors))
    saved.restore_optimiser(other, stored.of("o"))
    steps(found, other, 3)
    for one, two in zip(wanted.state_dict().values(), found.state_dict().values(), strict=True):
        assert torch.equal(one, two)


def test_random_numbers_go_on(tmp_path: Path) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        saved.save_checkpoint(tmp_path / "c", saved.of_generators())
        wanted = torch.rand(5)
        torch.rand(9)
        saved.restore_generators(saved.load_checkpoint(tmp_path / "c"))
        assert torch.equal(torch.rand(5), wanted)


def test_numbers_beside_the_tensors_stay_exact(tmp_path: Path) -> None:
    rest = {"losses": [0.1, 1 / 3, float("inf")], "step": 7, "name": "é"}
    saved.save_checkpoint(tmp_path / "c", Checkpoint({}, rest))
    assert saved.load_checkpoint(tmp_path / "c").rest == rest


def test_what_is_not_finite() -> None:
    assert saved.is_finite(Checkpoint({"a": torch.ones(2), "b": torch.ones(1).int()}, {}))
    for value in (float("nan"), float("inf")):
        assert not saved.is_finite(Checkpoint({"a": torch.tensor([1.0, value])}, {}))


@pytest.mark.parametrize("content", [None, b"", b"words", "other"])
def test_files_that_are_no_checkpoints(content: bytes | str | None, tmp_path: Path) -> None:
    path = tmp_path / "c.safetensors"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content:
        save_file({"a": torch.ones(1)}, path, metadata={"format": "9"})
    with pytest.raises(ValueError, match=r"c\.safetensors' cannot be read .*remove it to start"):
        saved.load_checkpoint(path)
