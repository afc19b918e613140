"""Each family learns: its loss falls, it learns a few pictures by heart, and retraining helps."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from lossproof.models.depth_gan import DepthGanSettings, DepthSteps, Discriminator, Generator
from lossproof.training import Recipe, Schedule, Shelf, train
from lossproof.training.card import Lap
from lossproof.training.families import FAMILIES, family_of
from lossproof.training.job import open_job
from lossproof.training.journal import Journal
from lossproof.training.loops.depth_gan import error_of
from lossproof.training.loops.openpose import OpenPoseTraining, start_openpose
from lossproof.training.loops.segnet import SegNetTraining, start_segnet, weights_of_classes
from lossproof.training.validation import validation_score

from .conftest import QUIET
from .worlds import (
    JPEG_5,
    WIDTH,
    depth_gan,
    faster_rcnn,
    openpose,
    segnet,
    two_stream,
    write_actions,
    write_depth,
    write_hues,
    write_people,
    write_segmentation,
    write_shapes,
)


def segnet_recipe(folder: Path, **changes: Any) -> Recipe:
    return segnet(write_segmentation(folder), **changes)


def depth_recipe(folder: Path, **changes: Any) -> Recipe:
    return depth_gan(write_depth(folder), **changes)


def openpose_recipe(folder: Path, **changes: Any) -> Recipe:
    return openpose(write_people(folder), **changes)


def two_stream_recipe(folder: Path, **changes: Any) -> Recipe:
    return two_stream(write_actions(folder), **changes)


def detector_recipe(folder: Path, **changes: Any) -> Recipe:
    return faster_rcnn(write_shapes(folder, num_training=8, num_validation=4), **changes)


RECIPES: dict[str, Callable[..., Recipe]] = {
    "segnet": segnet_recipe,
    "depth_gan": depth_recipe,
    "openpose": openpose_recipe,
    "two_stream": two_stream_recipe,
    **{
        name: partial(detector_recipe, family=name)
        for name in ("faster_rcnn", "faster_rcnn_mobilenet_v3", "faster_rcnn_mobilenet_v3_320")
    },
}


@pytest.fixture(params=FAMILIES)
def recipe(request: pytest.FixtureRequest, tmp_path: Path) -> Recipe:
    """A small recipe of every family in the table."""
    return RECIPES[request.param](tmp_path / "world")


def test_networks_are_trained_with_their_channels_last(
    recipe: Recipe, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[torch.nn.Module] = []

    def looked(*_: Any, networks: Mapping[str, torch.nn.Module], **__: Any) -> None:
        seen.extend(networks.values())
        raise KeyboardInterrupt

    monkeypatch.setattr(Journal, "__init__", looked)
    with pytest.raises(KeyboardInterrupt):
        train(recipe, shelf, QUIET)
    weights = [one for network in seen for one in network.parameters() if one.ndim == 4]
    assert weights
    assert all(one.is_contiguous(memory_format=torch.channels_last) for one in weights)


def test_the_loss_falls_and_is_told(recipe: Recipe, shelf: Shelf) -> None:
    told: list[tuple[int, int]] = []
    conditions = replace(QUIET, progress=lambda step, total, loss: told.append((step, total)))
    schedule = replace(recipe.schedule, epochs=6)
    card = shelf.card(train(replace(recipe, schedule=schedule), shelf, conditions))
    losses = [lap.loss for lap in card.laps]
    assert losses[-1] < 0.95 * losses[0]
    total = len(told)
    assert told == [(step, total) for step in range(1, total + 1)]
    assert card.laps[-1].step == total
    assert card.arch == recipe.family


@pytest.mark.parametrize(("steps", "wanted"), [("metres", 0.5), ("log", 0.5)])
def test_the_relative_error_is_of_metres(steps: DepthSteps, wanted: float) -> None:
    """3 m for 2 m, 10 m for 20 m, and where there is no depth and where none is known."""
    network = Generator(DepthGanSettings(width=WIDTH, max_depth=80.0, steps=steps))
    real = network.code(torch.tensor([2.0, 20.0, 0.0, 5.0]).view(1, 1, 1, 4))
    made = network.code(torch.tensor([3.0, 10.0, 0.4, 9.0]).view(1, 1, 1, 4))
    known = torch.tensor([True, True, True, False]).view(1, 1, 1, 4)
    num_counted = {"metres": 2, "log": 3}[steps]  # in steps of the logarithm 0 is 0.4 m
    relative = error_of(network, made, real, known, "relative")
    assert relative.item() == pytest.approx(2 * wanted / num_counted, rel=1e-5)
    absolute = error_of(network, made, real, known, "absolute")
    assert absolute.item() == pytest.approx((made - real).abs()[0, 0, 0, :3].mean().item())


def test_the_best_weights_are_kept(recipe: Recipe, shelf: Shelf) -> None:
    """The score on the card is the best of the laps, and that of the weights on the shelf."""
    recipe = replace(recipe, schedule=replace(recipe.schedule, epochs=5))
    model = train(recipe, shelf, QUIET)
    card = shelf.card(model)
    task = family_of(recipe.family).task(open_job(recipe, shelf, QUIET).settings)
    best = max if task.score(task.headline).higher_is_better else min
    assert card.score == best(lap.score for lap in card.laps)
    job = open_job(replace(recipe, parent=model), shelf, QUIET)
    found = validation_score(job, job.family.build(job), torch.device("cpu"))
    assert found == pytest.approx(card.score, rel=1e-6)


def test_the_same_recipe_ends_with_the_same_weights(recipe: Recipe, tmp_path: Path) -> None:
    state = torch.get_rng_state()
    shelves = [Shelf(tmp_path / name) for name in ("one", "two")]
    models = [train(recipe, shelf, QUIET) for shelf in shelves]
    assert models[0] == models[1]
    one, other = (shelf.weights(models[0]).read_bytes() for shelf in shelves)
    assert one == other
    assert torch.equal(state, torch.get_rng_state())
    reseeded = train(replace(recipe, seed=1), shelves[0], QUIET)
    assert shelves[0].weights(reseeded).read_bytes() != one


def test_iterations_end_within_an_epoch_and_are_validated(recipe: Recipe, shelf: Shelf) -> None:
    steps = open_job(recipe, shelf, QUIET).feed().steps_per_epoch
    schedule = replace(recipe.schedule, epochs=None, iterations=steps + 1, validate_every=9)
    card = shelf.card(train(replace(recipe, schedule=schedule), shelf, QUIET))
    assert [lap.step for lap in card.laps] == [steps, steps + 1]
    assert [lap.score == lap.score for lap in card.laps] == [False, True]


def test_a_model_that_is_there_is_not_trained_again(recipe: Recipe, shelf: Shelf) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("trained again")

    model = train(recipe, shelf, QUIET)
    assert train(recipe, shelf, replace(QUIET, progress=never)) == model


def test_a_parent_starts_the_next(recipe: Recipe, shelf: Shelf) -> None:
    parent = train(recipe, shelf, QUIET)
    # The settings of the network are the parent's where the recipe does not say.
    child = train(replace(recipe, parent=parent, settings={}), shelf, QUIET)
    assert child != parent
    one, other = shelf.card(parent), shelf.card(child)
    assert (other.parent, other.parent_weights) == (parent, one.weights)
    assert other.network_settings == one.network_settings
    assert other.laps[0] == Lap(0, pytest.approx(math.nan, nan_ok=True), one.score)
    assert other.laps[1].loss < one.laps[0].loss
    by_path = replace(recipe, parent=str(shelf.weights(parent)), settings={})
    assert train(by_path, shelf, QUIET) == child


def test_a_parent_is_kept_where_training_makes_it_worse(tmp_path: Path, shelf: Shelf) -> None:
    data = write_hues(tmp_path / "hues", num_training=4, num_validation=1)
    recipe = segnet(data, schedule=Schedule(learning_rate=0.1, batch_size=4, epochs=40))
    parent = train(recipe, shelf, QUIET)
    wild = Schedule(learning_rate=20.0, batch_size=4, epochs=2)
    child = train(replace(recipe, parent=parent, schedule=wild), shelf, QUIET)
    scores = [lap.score for lap in shelf.card(child).laps]
    assert max(scores[1:]) < scores[0] == shelf.card(child).score
    before, after = (load_file(shelf.weights(model)) for model in (parent, child))
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_segnet_learns_four_pictures_by_heart(tmp_path: Path, shelf: Shelf) -> None:
    data = write_hues(tmp_path / "hues", num_training=4, num_validation=1)
    schedule = Schedule(learning_rate=0.1, batch_size=4, epochs=40, validate_every=40)
    card = shelf.card(train(segnet(data, schedule=schedule), shelf, QUIET))
    assert card.laps[-1].loss < 0.2


def test_depth_learns_four_pictures_by_heart(tmp_path: Path, shelf: Shelf) -> None:
    data = write_depth(tmp_path / "depth", num_samples=6)
    schedule = Schedule(
        learning_rate=5e-3, momentum=0.5, batch_size=4, epochs=80, validate_every=80
    )
    card = shelf.card(train(depth_gan(data, schedule=schedule), shelf, QUIET))
    # 100 times the mean error in shares of 5 m, and the discriminator's word.
    assert card.laps[0].loss > 15
    assert card.laps[-1].loss < 4


def test_the_discriminator_joins_in_time(
    tmp_path: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It sees each batch three times: what is real, what is made, and what is made once more."""
    judge, judged = Discriminator.forward, []

    def forward(self: Discriminator, images: torch.Tensor, depth: torch.Tensor) -> torch.Tensor:
        judged.append(len(images))
        return judge(self, images, depth)

    monkeypatch.setattr(Discriminator, "forward", forward)
    schedule = Schedule(learning_rate=2e-3, momentum=0.5, batch_size=4, iterations=6)
    recipe = depth_recipe(tmp_path / "world", schedule=schedule)
    late = replace(recipe, settings={**recipe.settings, "disc_start": 4})
    assert shelf.card(train(late, shelf, QUIET)).score > 0
    assert len(judged) == 2 * 3


def test_openpose_finds_people_of_sticks(tmp_path: Path, shelf: Shelf) -> None:
    """People whom it never saw."""
    data = write_people(tmp_path / "people", num_training=16)
    schedule = Schedule(
        learning_rate=1e-2, batch_size=4, epochs=36, drop_every=110, validate_every=36
    )
    card = shelf.card(train(openpose(data, schedule=schedule), shelf, QUIET))
    assert card.laps[-1].loss < 0.2 * card.laps[0].loss
    assert card.score > 0.6


def test_retrained_at_a_level_it_beats_its_parent_there(tmp_path: Path, shelf: Shelf) -> None:
    data = write_hues(tmp_path / "hues")
    schedule = Schedule(learning_rate=0.1, batch_size=4, epochs=20, validate_every=5)
    parent = train(segnet(data, schedule=schedule), shelf, QUIET)
    scores = {}
    for method in ("recalibrate", "distil", "retrain"):
        compressed = segnet(
            data,
            schedule=replace(schedule, epochs=10),
            parent=parent,
            compression=JPEG_5,
            method=method,
        )
        job = open_job(compressed, shelf, QUIET)
        before = validation_score(job, job.family.build(job), torch.device("cpu"))
        scores[method] = shelf.card(train(compressed, shelf, QUIET)).score
    assert shelf.card(parent).score > before + 0.1
    assert scores["retrain"] > before + 0.1
    assert scores["recalibrate"] > before
    assert scores["distil"] > before


def test_classes_are_balanced_unless_told_otherwise(tmp_path: Path, shelf: Shelf) -> None:
    recipe = segnet_recipe(tmp_path / "world")
    balanced = weights_of_classes(open_job(recipe, shelf, QUIET))
    assert len(set(balanced.tolist())) == 11
    settings = {**recipe.settings, "class_weights": "none"}
    plain = weights_of_classes(open_job(replace(recipe, settings=settings), shelf, QUIET))
    assert plain.tolist() == [1] * 11


def test_imagenet_weights_begin_openposes_encoder(
    tmp_path: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def front(network: torch.nn.Module) -> None:
        torch.nn.init.zeros_(next(network.parameters()))

    monkeypatch.setattr("lossproof.training.loops.openpose.imagenet_front", front)
    recipe = openpose_recipe(tmp_path / "world", settings={"encoder": "imagenet", "stages": 1})
    network = start_openpose(open_job(recipe, shelf, QUIET))
    assert not next(network.parameters()).any()
    assert next(network.conv5_1_CPM_L1.parameters()).any()
    with pytest.raises(ValueError, match=r"encoder is imagenet and width 0\.5"):
        OpenPoseTraining(encoder="imagenet", width=0.5)


def test_the_published_openpose_has_nothing_to_recalibrate(tmp_path: Path, shelf: Shelf) -> None:
    settings = {"width": 0.0625, "stages": 1, "box_size": 96}
    recipe = openpose_recipe(tmp_path / "world", settings=settings, epochs=1)
    parent = train(recipe, shelf, QUIET)
    again = replace(recipe, parent=parent, method="recalibrate", compression=JPEG_5)
    with pytest.raises(ValueError, match="OpenPose has no batch normalisation to recalibrate"):
        train(again, shelf, QUIET)


def test_imagenet_weights_begin_the_encoder(
    tmp_path: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def encoder(network: torch.nn.Module) -> None:
        torch.nn.init.zeros_(next(network.parameters()))

    monkeypatch.setattr("lossproof.training.loops.segnet.imagenet_encoder", encoder)
    recipe = segnet_recipe(tmp_path / "world", settings={"encoder": "imagenet"})
    network = start_segnet(open_job(recipe, shelf, QUIET))
    assert not next(network.parameters()).any()
    with pytest.raises(ValueError, match=r"encoder is imagenet and width 0\.5"):
        SegNetTraining(encoder="imagenet", width=0.5)
