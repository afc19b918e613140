"""What validation is measured with."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from torch import nn

from lossproof.training import Shelf, train
from lossproof.training.validation import exact, validation_score

from .conftest import QUIET
from .worlds import segnet, write_segmentation


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


@pytest.mark.parametrize("lap", [1, 2])
def test_who_is_ended_while_validating_scores_again(
    lap: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = segnet(write_segmentation(tmp_path / "world"), epochs=2)
    often = replace(QUIET, checkpoint_seconds=1e-6)
    shelves = [Shelf(tmp_path / name) for name in ("undisturbed", "ended")]
    whole = shelves[0].card(train(recipe, shelves[0], often))
    scored = []

    def ends(*given: Any) -> float:
        scored.append(given)
        if len(scored) == lap:
            raise KeyboardInterrupt
        return validation_score(*given)

    monkeypatch.setattr("lossproof.training.journal.validation_score", ends)
    with pytest.raises(KeyboardInterrupt):
        train(recipe, shelves[1], often)
    found = shelves[1].card(train(recipe, shelves[1], often))
    assert found.laps == whole.laps
    assert found.weights == whole.weights
