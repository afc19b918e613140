"""Ways back without labels: recalibration by hand, and distillation."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torchvision.ops import FrozenBatchNorm2d

from lossproof.training import Shelf, train
from lossproof.training.families import family_of
from lossproof.training.label_free import recalibrate
from lossproof.training.loops.faster_rcnn import sure

from .conftest import QUIET
from .worlds import (
    H264_40,
    JPEG_5,
    depth_gan,
    faster_rcnn,
    openpose,
    segnet,
    two_stream,
    write_actions,
    write_depth,
    write_people,
    write_segmentation,
    write_shapes,
)

CPU = torch.device("cpu")


def test_statistics_are_those_of_the_input() -> None:
    layer = nn.BatchNorm2d(2)
    images = torch.randn(3, 4, 2, 5, 5, generator=torch.Generator().manual_seed(0)) * 3 + 7
    assert recalibrate(nn.Sequential(layer, nn.ReLU()), images, device=CPU) == 3
    means = torch.stack([batch.mean(dim=(0, 2, 3)) for batch in images])
    variances = torch.stack([batch.var(dim=(0, 2, 3)) for batch in images])
    assert layer.running_mean is not None
    assert layer.running_var is not None
    torch.testing.assert_close(layer.running_mean, means.mean(dim=0))
    torch.testing.assert_close(layer.running_var, variances.mean(dim=0))


def test_frozen_statistics_are_those_of_the_input() -> None:
    """Of two values in each batch, the second layer being given what the first makes of them."""
    first, second = FrozenBatchNorm2d(1), FrozenBatchNorm2d(1)
    first.weight.fill_(3)
    first.bias.fill_(7)
    batches = [torch.tensor([1.0, 3.0]), torch.tensor([4.0, 10.0])]
    shaped = [batch.view(2, 1, 1, 1) for batch in batches]
    assert recalibrate(nn.Sequential(first, second), shaped, device=CPU) == 2
    # Means 2 and 7, variances 2 and 18; normalised by its own statistics each batch becomes -1 and
    # 1, after the weight and the bias 4 and 10, whose mean is 7 and whose variance is 18.
    assert first.running_mean.item() == pytest.approx((2 + 7) / 2)
    assert first.running_var.item() == pytest.approx((2 + 18) / 2)
    assert second.running_mean.item() == pytest.approx(7)
    assert second.running_var.item() == pytest.approx(18, rel=1e-4)
    assert (first.weight.item(), first.bias.item()) == (3, 7)
    # From here on they are frozen again: (1 - 4.5) / sqrt(10) * 3 + 7.
    found = first(torch.ones(1, 1, 1, 1)).item()
    assert found == pytest.approx(7 - 3 * 3.5 / 10**0.5, rel=1e-5)


def test_frozen_layers_come_to_what_the_others_come_to() -> None:
    images = torch.randn(3, 4, 2, 5, 5, generator=torch.Generator().manual_seed(0)) * 3 + 7
    found = []
    for layer in (nn.BatchNorm2d(2), FrozenBatchNorm2d(2)):
        recalibrate(nn.Sequential(layer, nn.ReLU()), images, device=CPU)
        found.append((layer.running_mean, layer.running_var))
    torch.testing.assert_close(found[0], found[1])


def test_only_what_a_teacher_is_sure_of_is_a_target() -> None:
    answer = {
        "boxes": torch.tensor([[0.0, 0, 4, 4], [1, 1, 3, 3], [2, 2, 9, 9]]),
        "scores": torch.tensor([0.9, 0.5, 0.49]),
        "labels": torch.tensor([2, 1, 2]),
    }
    kept = sure(answer)
    assert kept["boxes"].tolist() == [[0, 0, 4, 4], [1, 1, 3, 3]]
    assert kept["labels"].tolist() == [2, 1]


def test_only_statistics_change() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.Dropout(0.5)).train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    recalibrate(network, [torch.rand(2, 3, 4, 4)], device=CPU)
    changed = {
        name for name, value in network.state_dict().items() if not torch.equal(value, before[name])
    }
    assert changed == {"1.running_mean", "1.running_var", "1.num_batches_tracked"}
    assert not any(module.training for module in network.modules())
    assert network[1].momentum == 0.1


def test_networks_that_have_no_statistics_and_no_input() -> None:
    with pytest.raises(ValueError, match="Linear has no batch normalisation"):
        recalibrate(nn.Linear(2, 2), [], device=CPU)
    with pytest.raises(ValueError, match="no batch to recalibrate with"):
        recalibrate(nn.BatchNorm2d(2), [], device=CPU)


@pytest.mark.parametrize("method", ["recalibrate", "distil"])
@pytest.mark.parametrize(
    "family", ["segnet", "depth_gan", "openpose", "two_stream", "two_stream motion", "faster_rcnn"]
)
def test_every_family_has_both_ways(family: str, method: Any, tmp_path: Path, shelf: Shelf) -> None:
    if family == "segnet":
        recipe = segnet(write_segmentation(tmp_path / "world"))
    elif family == "openpose":
        recipe = openpose(write_people(tmp_path / "world"))
    elif family.startswith("two_stream"):
        stream = family.partition(" ")[2] or "spatial"
        recipe = two_stream(write_actions(tmp_path / "world"), stream=stream)
    elif family == "faster_rcnn":
        recipe = faster_rcnn(write_shapes(tmp_path / "world"))
    else:
        recipe = depth_gan(write_depth(tmp_path / "world"))
    parent = train(recipe, shelf, QUIET)
    steps: list[int] = []
    conditions = replace(QUIET, progress=lambda step, total, loss: steps.append(step))
    lossy = H264_40 if family.startswith("two_stream") else JPEG_5
    child = train(
        replace(recipe, parent=parent, method=method, compression=lossy), shelf, conditions
    )
    card = shelf.card(child)
    assert (card.parent, card.recipe["method"]) == (parent, method)
    assert card.weights != shelf.card(parent).weights
    assert steps
    assert card.laps[-1].step == steps[-1]


def test_distillation_begins_near_its_teacher(tmp_path: Path, shelf: Shelf) -> None:
    """With the source on both sides, in depth, teacher and student all but agree."""
    recipe = depth_gan(write_depth(tmp_path / "world"), epochs=20)
    parent = train(recipe, shelf, QUIET)
    slow = replace(recipe.schedule, learning_rate=1e-5, epochs=1)
    same = replace(recipe, parent=parent, method="distil", schedule=slow)
    lossy = replace(same, compression=JPEG_5)
    one, other = (shelf.card(train(r, shelf, QUIET)).laps[1].loss for r in (same, lossy))
    assert one < other


def test_a_family_without_such_a_loss(
    tmp_path: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = segnet(write_segmentation(tmp_path / "world"), epochs=1)
    parent = train(recipe, shelf, QUIET)
    lacking = replace(family_of("segnet"), imitate=None)
    monkeypatch.setattr("lossproof.training.loops.segnet.SEGNET", lacking)
    with pytest.raises(ValueError, match="segnet has no distillation"):
        train(replace(recipe, parent=parent, method="distil"), shelf, QUIET)
