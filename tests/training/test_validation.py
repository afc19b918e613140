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

from lossproof.codecs import Codec
from lossproof.records import Frames, Sample
from lossproof.training import Shelf, train
from lossproof.training.arrivals import Arrivals
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


def test_damaged_samples_are_left_out_and_named_by_the_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that cannot be read, and one that cannot be coded."""
    recipe = segnet(write_segmentation(tmp_path / "world"))
    (tmp_path / "world" / "test" / "0013.png").write_bytes(b"no picture")
    frames = Arrivals.frames

    def coded(self: Arrivals, sample: Sample, codec: Codec) -> Frames:
        if sample.id == "0014":
            raise ValueError("too\nlarge")
        return frames(self, sample, codec)

    monkeypatch.setattr(Arrivals, "frames", coded)
    shelf = Shelf(tmp_path / "shelf")
    card = shelf.card(train(recipe, shelf, QUIET))
    assert sorted(card.damaged) == ["0013", "0014"]
    assert "0013.png" in card.damaged["0013"]
    assert card.damaged["0014"] == "too large"
    assert 0 < card.score < 1


def test_no_sample_that_can_be_read(tmp_path: Path) -> None:
    recipe = segnet(write_segmentation(tmp_path / "world"))
    for number in range(12, 16):
        (tmp_path / "world" / "test" / f"{number:04d}.png").write_bytes(b"%d" % number)
    with pytest.raises(ValueError, match=r"all 4 validation samples failed, first 0012: .*0012"):
        train(recipe, Shelf(tmp_path / "shelf"), QUIET)
