"""Training of Faster R-CNN: what it starts from, what it is shown, and that it learns to detect."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from lossproof.models.faster_rcnn_network import build_faster_rcnn
from lossproof.models.weights_file import save_weights
from lossproof.training import Augmentation, Compression, Recipe, Schedule, Shelf, preset, train
from lossproof.training.families import family_of
from lossproof.training.job import Job, open_job
from lossproof.training.loops.faster_rcnn import (
    FasterRcnn320Training,
    FasterRcnnTraining,
    start_faster_rcnn,
)
from lossproof.training.validation import _stacked, _stats

from .conftest import QUIET
from .worlds import DETECTOR, faster_rcnn, write_shapes

MOBILE = "faster_rcnn_mobilenet_v3_320"
WIDE = {"min_size": 48, "max_size": 64, "regions": 16}


@pytest.fixture
def data(tmp_path: Path) -> str:
    return write_shapes(tmp_path / "world")


def job_of(recipe: Recipe, shelf: Shelf) -> Job:
    return open_job(recipe, shelf, QUIET)


def ap50(job: Job) -> float:
    """Of the job's network, on its validation split."""
    network = job.family.build(job).eval()
    with torch.inference_mode():
        stats = list(_stats(job, network, torch.device("cpu")))
    return float(job.task.summarise(_stacked(stats), None)["ap50"][0])


def test_it_learns_to_detect_shapes(tmp_path: Path, shelf: Shelf) -> None:
    data = write_shapes(tmp_path / "shapes", num_training=24, num_validation=12)
    recipe = faster_rcnn(
        data,
        schedule=Schedule(
            learning_rate=0.02, batch_size=4, epochs=15, drop_every=66, validate_every=15
        ),
        augmentation=Augmentation(flip=True),
        settings={**DETECTOR, "width": 0.25},
    )
    before = ap50(job_of(recipe, shelf))
    parent = train(recipe, shelf, QUIET)
    assert before < 0.05
    assert ap50(job_of(replace(recipe, parent=parent), shelf)) > 0.5


def test_pictures_of_several_sizes_are_a_batch(data: str, shelf: Shelf, tmp_path: Path) -> None:
    Image.new("RGB", (50, 70)).save(tmp_path / "world" / "images" / "train" / "0.png")
    card = shelf.card(train(faster_rcnn(data, epochs=1), shelf, QUIET))
    assert card.damaged == {}
    feed = job_of(faster_rcnn(data), shelf).feed()
    batches = list(feed.batches(0, range(feed.steps_per_epoch)))
    shapes = {tuple(image.shape) for batch in batches for image in batch.images}
    assert shapes == {(3, 48, 64), (3, 70, 50)}


def test_labels_begin_after_the_background_and_boxes_are_those_of_the_frame(
    data: str, shelf: Shelf
) -> None:
    halved = Compression(frame_size=(32, 24))
    full = job_of(faster_rcnn(data), shelf).feed()
    small = job_of(faster_rcnn(data, compression=halved), shelf).feed()
    for one, other in zip(full.batches(0, range(3)), small.batches(0, range(3)), strict=True):
        assert all(image.shape == (3, 24, 32) for image in other.images)
        assert all(image.min() >= 0 and image.max() <= 1 for image in one.images)
        for found, half in zip(one.targets, other.targets, strict=True):
            torch.testing.assert_close(found["boxes"], 2 * half["boxes"])
            assert torch.equal(found["labels"], half["labels"])
            assert set(found["labels"].tolist()) <= {1, 2}


def test_the_box_of_a_red_square_is_red(data: str, shelf: Shelf) -> None:
    recipe = faster_rcnn(data, augmentation=Augmentation(flip=True, crop=(48, 40)))
    feed = job_of(recipe, shelf).feed()
    seen = 0
    for batch in feed.batches(0, range(feed.steps_per_epoch)):
        for image, target in zip(batch.images, batch.targets, strict=True):
            for (left, top, right, bottom), label in zip(
                target["boxes"].round().int().tolist(), target["labels"].tolist(), strict=True
            ):
                red, _, blue = image[:, top:bottom, left:right].mean(dim=(1, 2))
                assert (red > blue) == (label == 1)
                seen += 1
    assert seen > 5


def with_coco_classes(folder: Path, classes: Sequence[str]) -> None:
    (folder / "classes.txt").write_text("".join(f"{name}\n" for name in classes))


def test_a_coco_parent_is_mapped_to_the_classes(data: str, shelf: Shelf, tmp_path: Path) -> None:
    with_coco_classes(tmp_path / "world", ("stop sign", "frisbee"))
    coco = build_faster_rcnn(MOBILE, 90, seed=4)
    path = tmp_path / "coco.safetensors"
    save_weights(path, coco, arch=MOBILE, num_classes=90)
    settings = {**WIDE, "norm": "frozen", "trainable_stages": 3}
    recipe = faster_rcnn(data, family=MOBILE, parent=str(path), settings=settings, epochs=1)
    network = start_faster_rcnn(job_of(recipe, shelf))
    found = network.roi_heads.box_predictor.cls_score.bias
    # COCO's stop sign is output 13 and its frisbee 34.
    assert torch.equal(found, coco.roi_heads.box_predictor.cls_score.bias[[0, 13, 34]])
    weights = shelf.weights(train(recipe, shelf, QUIET))
    child = replace(recipe, parent=str(weights), settings={"regions": 16})
    again = start_faster_rcnn(job_of(child, shelf)).state_dict()
    stem = "backbone.body.0.0.weight"
    assert torch.equal(again[stem], coco.state_dict()[stem])
    last = "roi_heads.box_head.fc6.weight"
    assert not torch.equal(again[last], coco.state_dict()[last])


def test_a_coco_parent_for_classes_that_coco_lacks(data: str, shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "coco.safetensors"
    save_weights(path, build_faster_rcnn(MOBILE, 90), arch=MOBILE, num_classes=90)
    recipe = faster_rcnn(data, family=MOBILE, parent=str(path), settings=WIDE)
    with pytest.raises(ValueError, match="COCO has no class square, disc; it has person"):
        train(recipe, shelf, QUIET)


def test_parents_of_other_classes_or_architectures(data: str, shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "voc.safetensors"
    save_weights(path, build_faster_rcnn(MOBILE, 20), arch=MOBILE, num_classes=20)
    recipe = faster_rcnn(data, family=MOBILE, parent=str(path), settings=WIDE)
    with pytest.raises(ValueError, match=r"cls_score\.bias has shape \(21,\) instead of \(3,\)"):
        train(recipe, shelf, QUIET)
    with pytest.raises(ValueError, match=f"have arch '{MOBILE}'; 'faster_rcnn' is allowed"):
        train(replace(recipe, family="faster_rcnn"), shelf, QUIET)


@pytest.mark.parametrize("start", ["imagenet", "coco"])
def test_torchvisions_weights_begin_the_network(
    start: str, data: str, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_coco_classes(tmp_path / "world", ("stop sign", "frisbee"))
    coco = build_faster_rcnn(MOBILE, 90, seed=4)
    body = {f"features.{name}": t for name, t in coco.backbone.body.state_dict().items()}
    state = body if start == "imagenet" else coco.state_dict()
    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", lambda *_, **__: state)
    recipe = faster_rcnn(data, family=MOBILE, settings={**WIDE, "start": start})
    found = start_faster_rcnn(job_of(recipe, shelf)).state_dict()
    wanted = coco.state_dict()
    same = {name for name, t in found.items() if torch.equal(t, wanted[name])}
    layer = "rpn.head.bbox_pred.weight"
    assert "backbone.body.16.0.weight" in same
    assert (layer in same) == (start == "coco")


def test_starts_that_do_not_fit_a_narrow_network() -> None:
    with pytest.raises(ValueError, match=r"start is imagenet and width 0\.5; .* width 1 alone"):
        FasterRcnnTraining(start="imagenet", width=0.5)
    with pytest.raises(ValueError, match="regions 1 is out of range; whole numbers from 4"):
        FasterRcnn320Training(regions=1)


def test_frozen_stages_do_not_learn(data: str, shelf: Shelf) -> None:
    recipe = faster_rcnn(data, family=MOBILE, settings={**DETECTOR, "trainable_stages": 3})
    before = start_faster_rcnn(job_of(recipe, shelf)).state_dict()
    child = replace(recipe, parent=train(recipe, shelf, QUIET))
    after = start_faster_rcnn(job_of(child, shelf)).state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert "backbone.body.6.block.0.0.weight" not in changed
    assert "backbone.body.7.block.0.0.weight" in changed


def test_the_usual_input_is_that_of_the_architecture() -> None:
    for name, sides in ((MOBILE, (320, 640)), ("faster_rcnn_mobilenet_v3", (800, 1333))):
        settings = family_of(name).settings()
        assert (settings.min_size, settings.max_size) == sides


@pytest.mark.parametrize("kind", ["paper", "small"])
@pytest.mark.parametrize("family", ["faster_rcnn", "faster_rcnn_mobilenet_v3", MOBILE])
def test_settings_of_the_presets_are_the_families(
    family: str, kind: str, data: str, shelf: Shelf
) -> None:
    job = job_of(preset(family, kind, data=data, validation="val"), shelf)
    assert job.settings.start == ("imagenet" if kind == "paper" else "seed")
    assert np.isfinite(job.settings.clip)
