"""Damaged samples are on the card of a training, wherever it was cut off."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lossproof.training import Recipe, Shelf, train
from lossproof.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from lossproof.training.job import open_job
from lossproof.training.validation import validation_score

from .conftest import QUIET
from .worlds import (
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

OFTEN = replace(QUIET, checkpoint_seconds=1e-6)
WORLDS: dict[str, tuple[Callable[[Path], str], Callable[..., Recipe], str]] = {
    "segnet": (write_segmentation, segnet, "test/0003.png"),
    "depth_gan": (write_depth, depth_gan, "frame-000000.color.png"),
    "openpose": (write_people, openpose, "train/train3.png"),
    "two_stream": (write_actions, two_stream, "train/left/003/2.png"),
    "faster_rcnn": (write_shapes, faster_rcnn, "images/train/3.png"),
}


def ended(recipe: Recipe, shelf: Shelf, *, validations: int) -> None:
    """Train, and end after the last step, in the last of so many validations."""
    scored = []

    def ends(*given: Any) -> float:
        scored.append(given)
        if len(scored) == validations:
            raise KeyboardInterrupt
        return validation_score(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lossproof.training.journal.validation_score", ends)
        with pytest.raises(KeyboardInterrupt):
            train(recipe, shelf, OFTEN)


def steps(recipe: Recipe, shelf: Shelf) -> list[int]:
    """Train to the end, and how far it was after each step."""
    done: list[int] = []
    noted = replace(QUIET, progress=lambda step, total, loss: done.append(step))
    train(recipe, shelf, noted)
    return done


def one_by_one(recipe: Recipe) -> Recipe:
    """So that no sample is left over."""
    return replace(recipe, schedule=replace(recipe.schedule, batch_size=1))


@pytest.mark.parametrize("family", WORLDS)
def test_who_goes_on_knows_what_was_damaged(family: str, tmp_path: Path, shelf: Shelf) -> None:
    write, make, name = WORLDS[family]
    recipe = one_by_one(make(write(tmp_path / "world"), epochs=1))
    path = tmp_path / "world" / name
    path.write_bytes(b"no picture")
    job = open_job(recipe, shelf, QUIET)
    assert path in {file for sample in job.training for file in (sample.media, *sample.others)}
    ended(recipe, shelf, validations=1)
    assert steps(recipe, shelf) == []
    (reason,) = shelf.card(job.id).damaged.values()
    assert path.name in reason


def test_so_does_who_distils(tmp_path: Path, shelf: Shelf) -> None:
    recipe = one_by_one(segnet(write_segmentation(tmp_path / "world"), epochs=1))
    parent = train(recipe, shelf, QUIET)
    (tmp_path / "world" / "test" / "0003.png").write_bytes(b"no picture")
    again = replace(recipe, parent=parent, method="distil", compression=JPEG_5)
    ended(again, shelf, validations=2)
    assert steps(again, shelf) == []
    assert list(shelf.card(train(again, shelf, QUIET)).damaged) == ["0003"]


def test_who_recalibrates_names_both_splits(tmp_path: Path, shelf: Shelf) -> None:
    recipe = segnet(write_segmentation(tmp_path / "world", num_training=2), epochs=1)
    parent = train(recipe, shelf, QUIET)
    for number in (0, 3):
        (tmp_path / "world" / "test" / f"{number:04d}.png").write_bytes(b"%d" % number)
    again = replace(recipe, parent=parent, method="recalibrate")
    assert sorted(shelf.card(train(again, shelf, QUIET)).damaged) == ["0000", "0003"]


def test_a_checkpoint_of_an_earlier_version_goes_on(tmp_path: Path, shelf: Shelf) -> None:
    recipe = segnet(write_segmentation(tmp_path / "world"), epochs=1)
    ended(recipe, shelf, validations=1)
    job = open_job(recipe, shelf, QUIET)
    path = job.folder / "checkpoint.safetensors"
    stored = load_checkpoint(path)
    own = {name: one for name, one in stored.rest["journal"].items() if name != "damaged"}
    assert own != stored.rest["journal"]
    save_checkpoint(path, Checkpoint(stored.tensors, {**stored.rest, "journal": own}))
    assert steps(recipe, shelf) == []
    assert shelf.card(job.id).damaged == {}
