"""What validation is measured with."""

from collections.abc import Iterator

import pytest
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from torch import nn

from lossproof.training.validation import exact


@pytest.fixture
def _fresh() -> Iterator[None]:
    """One process has one precision."""
    AcceleratorState._reset_state(reset_partial_state=True)
    yield
    AcceleratorState._reset_state(reset_partial_state=True)


@pytest.mark.usefixtures("_fresh")
def test_a_network_of_mixed_precision_is_validated_in_32_bits() -> None:
    torch.manual_seed(0)
    plain = nn.Linear(64, 8)
    images = torch.rand(4, 64)
    with torch.inference_mode():
        wanted = plain(images)
        accelerator = Accelerator(cpu=True, mixed_precision="bf16")
        network = accelerator.unwrap_model(accelerator.prepare(plain))
        mixed = network(images)
        with exact(network):
            found = network(images)
        again = network(images)
    assert not torch.equal(mixed, wanted)
    assert torch.equal(found, wanted)
    assert torch.equal(again, mixed)


def test_it_is_mixed_again_after_an_error() -> None:
    network = nn.Linear(2, 2)
    vars(network)["forward"] = mixed = network.forward
    with pytest.raises(RuntimeError, match="shapes"), exact(network):
        network(torch.zeros(3))
    assert vars(network)["forward"] is mixed
