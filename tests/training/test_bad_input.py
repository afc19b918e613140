"""What is wrong with a recipe, its data, its parent or the disk: one clear error, nothing half."""

import errno
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from lossproof.atomic import write_bytes
from lossproof.errors import LossNotFinite
from lossproof.models.segnet import SegNet, SegNetSettings
from lossproof.models.weights_file import save_weights
from lossproof.training import Augmentation, Conditions, Schedule, Shelf, train
from lossproof.training.job import open_job

from .conftest import QUIET
from .worlds import (
    WIDTH,
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


@pytest.fixture
def data(tmp_path: Path) -> str:
    return write_segmentation(tmp_path / "world")


def leftovers(shelf: Shelf) -> list[str]:
    return sorted(path.name for path in shelf.root.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"family": "segnett"}, "unknown family 'segnett' .*did you mean 'segnet'"),
        ({"family": "depth_gan", "settings": {}}, "camvid is for segmentation; .* for depth is"),
        ({"settings": {"with": 1.0}}, "segnet has no setting 'with'; its settings: width"),
        ({"settings": {"width": 0.0}}, "width '0' is out of range; numbers from 0.01"),
        ({"split": "trial"}, "trial"),
        ({"validation": "train"}, "12 validation samples have the content of training samples"),
        ({"validation": None, "holdout": 0.99}, "leaves 0 samples to train and 12 to validate"),
        ({"parent": "0123456789ab"}, "model '0123456789ab' is not in"),
        ({"parent": "no.safetensors"}, "parent 'no.safetensors' does not exist"),
        ({"augmentation": Augmentation(crop=(64, 64))}, "crop is 64x64; 1x1 to 48x32"),
    ],
)
def test_recipes_that_do_not_fit(
    changes: dict[str, Any], message: str, data: str, shelf: Shelf
) -> None:
    with pytest.raises(ValueError, match=message):
        train(replace(segnet(data), **changes), shelf, QUIET)
    assert leftovers(shelf) == []


def test_validation_pictures_that_are_copies_of_training_pictures(
    data: str, shelf: Shelf, tmp_path: Path
) -> None:
    folder = tmp_path / "world" / "test"
    shutil.copy(folder / "0002.png", folder / "0013.png")
    with pytest.raises(
        ValueError, match=r"1 validation samples have .*, first '0013' that of '0002'"
    ):
        train(segnet(data), shelf, QUIET)


def other_classes(path: Path) -> None:
    network = SegNet(5, SegNetSettings(width=WIDTH))
    save_weights(path, network, arch="segnet", num_classes=5, settings={"width": WIDTH})


def other_arch(path: Path) -> None:
    settings = {"width": 1.0, "max_depth": 5.0}
    save_weights(path, torch.nn.Linear(1, 1), arch="depth_gan", num_classes=0, settings=settings)


def other_width(path: Path) -> None:
    network = SegNet(11, SegNetSettings(width=0.25))
    save_weights(path, network, arch="segnet", num_classes=11, settings={"width": 0.25})


def other_tensors(path: Path) -> None:
    save_file({"a": torch.ones(1)}, path)


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (other_classes, "num_classes '5'; '11' is allowed"),
        (other_arch, "arch 'depth_gan'; 'segnet' is allowed"),
        (other_width, r"trained with width 0\.25, but width 0\.125 is given"),
        (other_tensors, "do not fit the network in"),
        (lambda path: path.write_text("words"), "cannot be read as safetensors"),
    ],
)
def test_parents_of_another_kind(
    write: Callable[[Path], None], message: str, data: str, shelf: Shelf, tmp_path: Path
) -> None:
    path = tmp_path / "parent.safetensors"
    write(path)
    with pytest.raises(ValueError, match=message):
        train(segnet(data, parent=str(path)), shelf, QUIET)
    assert leftovers(shelf) == []


@pytest.mark.parametrize("family", ["segnet", "depth_gan", "openpose", "two_stream", "faster_rcnn"])
def test_a_loss_that_is_not_finite(family: str, tmp_path: Path, shelf: Shelf) -> None:
    """The rate explodes in the second epoch; the first one's checkpoint stays."""
    schedule = Schedule(
        learning_rate=0.01, batch_size=4, epochs=20, drop_every=3, drop_to=1e25, momentum=0.5
    )
    if family == "segnet":
        recipe = segnet(write_segmentation(tmp_path / "world"), schedule=schedule)
    elif family == "openpose":
        data = write_people(tmp_path / "world", num_training=12, num_validation=1)
        recipe = openpose(data, schedule=schedule)
    elif family == "two_stream":
        recipe = two_stream(write_actions(tmp_path / "world"), schedule=schedule)
    elif family == "faster_rcnn":
        recipe = faster_rcnn(write_shapes(tmp_path / "world"), schedule=schedule)
    else:
        recipe = depth_gan(write_depth(tmp_path / "world", num_samples=18), schedule=schedule)
    with pytest.raises(ValueError, match=r"loss is (nan|inf) at step \d+ of 60; .*is kept") as told:
        train(recipe, shelf, QUIET)
    step, kept = map(int, re.findall(r"step (\d+)", str(told.value)))
    assert 3 <= kept < step
    assert leftovers(shelf) == ["checkpoint.safetensors", "model.safetensors"]
    with pytest.raises(ValueError, match=f"at step {step} of 60"):
        train(recipe, shelf, QUIET)


def test_answers_that_are_none_on_the_validation_split(data: str, shelf: Shelf) -> None:
    """One step of a huge rate leaves weights that are finite and answers that are not."""
    schedule = Schedule(learning_rate=1e30, batch_size=4, iterations=1)
    with pytest.raises(LossNotFinite, match=r"validation after step 1 of 1: .*NaN.*learning rate"):
        train(segnet(data, schedule=schedule), shelf, QUIET)


@pytest.mark.parametrize(
    ("writer", "number"),
    [
        ("models.weights_file", 0),
        ("training.checkpoint", 0),
        ("training.checkpoint", 1),
        ("training.shelf", 0),
    ],
)
def test_a_full_disk(
    writer: str, number: int, data: str, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever file it is that cannot be written, what is there is whole, and training goes on."""
    recipe = segnet(data)
    roomy = Shelf(shelf.root / "roomy")
    expected = train(recipe, roomy, QUIET)
    written: list[Path] = []

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def write(path: Path, content: bytes) -> None:
        written.append(path)
        with monkeypatch.context() as patch:
            if len(written) > number:
                patch.setattr("os.fsync", full)
            write_bytes(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(f"lossproof.{writer}.write_bytes", write)
        with pytest.raises(OSError, match=r"cannot be written \(No space left on device\); run"):
            train(recipe, shelf, QUIET)
    assert shelf.ids() == []
    assert not [name for name in leftovers(shelf) if name.endswith(".tmp")]
    assert train(recipe, shelf, QUIET) == expected
    assert shelf.weights(expected).read_bytes() == roomy.weights(expected).read_bytes()


def test_a_loss_that_is_not_finite_from_the_start(data: str, shelf: Shelf) -> None:
    schedule = Schedule(learning_rate=1e30, batch_size=4, epochs=2)
    with pytest.raises(ValueError, match="there is no checkpoint yet"):
        train(segnet(data, schedule=schedule), shelf, QUIET)
    assert leftovers(shelf) == []


def test_a_checkpoint_that_is_damaged(data: str, shelf: Shelf) -> None:
    recipe = segnet(data)
    path = open_job(recipe, shelf, QUIET).folder / "checkpoint.safetensors"
    path.parent.mkdir(parents=True)
    path.write_text("words")
    with pytest.raises(ValueError, match=r"cannot be read .*; remove it to start anew"):
        train(recipe, shelf, QUIET)
    path.unlink()
    assert shelf.contains(train(recipe, shelf, QUIET))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"threads": 0}, "threads is 0"),
        ({"torch_threads": -1}, "torch_threads -1"),
        ({"checkpoint_seconds": 61.0}, "checkpoint_seconds is 61; above 0 to 60"),
    ],
)
def test_conditions_that_are_not_allowed(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Conditions(**fields)


def test_a_device_that_is_not_there(
    data: str, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(ValueError, match="device 'cuda' is not there; cpu is allowed"):
        train(segnet(data), shelf, replace(QUIET, device="cuda"))
