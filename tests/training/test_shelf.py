"""The shelf: what is trained opens like any other model, and its card says where it is from."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lossproof.datasets import fingerprint, open_dataset
from lossproof.digests import file_digest
from lossproof.models import open_model
from lossproof.settings import spelled
from lossproof.training import Shelf, in_full, train, weights_of
from lossproof.training.card import Card, Lap, from_json, to_json

from .cards import plain_card
from .conftest import QUIET
from .worlds import (
    JPEG_5,
    SIZE,
    depth_gan,
    faster_rcnn,
    openpose,
    segnet,
    write_depth,
    write_people,
    write_segmentation,
    write_shapes,
)


@pytest.fixture(params=["segnet", "depth_gan"])
def trained(request: pytest.FixtureRequest, tmp_path: Path, shelf: Shelf) -> str:
    if request.param == "segnet":
        recipe = segnet(write_segmentation(tmp_path / "world"), compression=JPEG_5, preset="small")
    else:
        recipe = depth_gan(write_depth(tmp_path / "world"), compression=JPEG_5, preset="small")
    return train(recipe, shelf, QUIET)


def test_it_opens_by_arch_and_path(trained: str, shelf: Shelf) -> None:
    arch, path, settings = weights_of(shelf, trained)
    card = shelf.card(trained)
    task = {"segnet": "segmentation", "depth_gan": "depth"}[arch]
    model = open_model(f"{arch}:{path}", task=task, num_classes=card.num_classes)
    frame = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    assert model.predict([frame])[0].shape == frame.shape[:2]
    given = "".join(f",{name}={spelled(value)}" for name, value in settings.items())
    again = open_model(f"{arch}:{path}{given}", task=task, num_classes=card.num_classes)
    np.testing.assert_array_equal(model.predict([frame])[0], again.predict([frame])[0])


def test_a_detector_opens_as_it_was_built(tmp_path: Path, shelf: Shelf) -> None:
    recipe = faster_rcnn(
        write_shapes(tmp_path / "world"), family="faster_rcnn_mobilenet_v3", compression=JPEG_5
    )
    arch, path, settings = weights_of(shelf, train(recipe, shelf, QUIET))
    assert arch == "faster_rcnn_mobilenet_v3"
    usual = {"norm": "batch", "pyramid": "usual"}
    assert settings.items() <= {**recipe.settings, **usual}.items()
    model = open_model(f"{arch}:{path}", task="detection", num_classes=2)
    transform = model._network().transform  # type: ignore[attr-defined]
    assert (transform.min_size, transform.max_size) == ((48,), 64)
    assert model.name == "faster_rcnn_mobilenet_v3 (trained on jpeg 5)"
    (found,) = model.predict([np.zeros((48, 64, 3), np.uint8)])
    assert found.boxes.shape[1] == 4


def test_weights_for_other_classes_are_refused(trained: str, shelf: Shelf) -> None:
    arch, path, _ = weights_of(shelf, trained)
    if arch == "segnet":
        model = open_model(f"{arch}:{path}", task="segmentation", num_classes=19)
        with pytest.raises(ValueError, match="num_classes '11'; '19' is allowed"):
            model.predict([np.zeros((32, 32, 3), np.uint8)])
    else:
        with pytest.raises(ValueError, match="depth_gan is for depth"):
            open_model(f"{arch}:{path}", task="segmentation", num_classes=19)


def test_the_card_says_where_it_is_from(trained: str, shelf: Shelf, tmp_path: Path) -> None:
    card = shelf.card(trained)
    assert card.id == trained
    assert card.weights == file_digest(shelf.weights(trained))
    assert (card.recipe["compression"]["codec"], card.recipe["compression"]["levels"]) == (
        "jpeg",
        [5],
    )
    assert card.recipe["seed"] == 0
    assert card.recipe["preset"] == "small"
    assert card.machine["packages"]["torch"]
    assert card.duration_seconds > 0
    assert len(card.laps) == 2
    assert math.isfinite(card.score)
    if card.arch == "segnet":
        dataset = open_dataset(f"camvid:{tmp_path / 'world'}")
        assert card.data == fingerprint(dataset.samples("train"))
        assert card.validation_data == fingerprint(dataset.samples("val"))
        assert (card.num_training, card.num_validation) == (12, 4)


def test_only_what_is_finished_is_there(trained: str, shelf: Shelf) -> None:
    assert shelf.ids() == [trained]
    assert sorted(path.name for path in (shelf.root / "models" / trained).iterdir()) == [
        "card.json",
        "model.safetensors",
    ]
    assert not shelf.workplace(trained).exists()


def test_a_copy_of_the_data_is_the_same_model(tmp_path: Path, shelf: Shelf) -> None:
    one = segnet(write_segmentation(tmp_path / "one"), epochs=1)
    other = replace(one, data=write_segmentation(tmp_path / "other"))
    assert train(one, shelf, QUIET) == train(other, shelf, QUIET)


@pytest.mark.parametrize("model", ["0123456789ab", "../../etc", "", "segnet"])
def test_models_that_are_not_there(model: str, shelf: Shelf) -> None:
    for ask in (shelf.card, shelf.weights, lambda name: weights_of(shelf, name)):
        with pytest.raises(ValueError, match=r"is not in .*shelf; known ids: none"):
            ask(model)


def test_what_looks_like_an_id_is_looked_for_here(trained: str, shelf: Shelf) -> None:
    assert str(shelf.weights(trained)) in in_full(shelf, trained)
    assert in_full(shelf, "segnet") == "segnet"
    with pytest.raises(ValueError, match=f"'{trained[:-1]}' is not in .*known ids: {trained}"):
        in_full(shelf, trained[:-1])


@pytest.mark.parametrize("text", ["", "{}", '{"format": 9}', '{"format": 1}', "[]"])
def test_cards_that_are_damaged(text: str, shelf: Shelf) -> None:
    folder = shelf.root / "models" / "0123456789ab"
    folder.mkdir(parents=True)
    (folder / "card.json").write_text(text)
    with pytest.raises(ValueError, match=r"card\.json' cannot be read"):
        shelf.card("0123456789ab")


def test_a_card_in_json_and_back() -> None:
    card = Card(
        id="0123456789ab",
        arch="segnet",
        num_classes=2,
        classes=("a", "b"),
        network_settings={"width": 0.5},
        recipe={"compression": {"levels": [5, None]}},
        family_settings={},
        parent=None,
        parent_weights=None,
        weights="w",
        data="d",
        validation_data="v",
        num_training=3,
        num_validation=1,
        score_name="miou",
        score=math.nan,
        laps=(Lap(3, 0.5, 0.25), Lap(6, 0.25)),
        duration_seconds=1.5,
    )
    text = json.dumps(to_json(card), allow_nan=False)
    back = from_json(json.loads(text))
    assert math.isnan(back.score)
    assert back.laps[0] == card.laps[0]
    assert math.isnan(back.laps[1].score)
    assert replace(back, score=0.0, laps=()) == replace(card, score=0.0, laps=())


def test_openpose_opens_with_what_it_was_built_with(tmp_path: Path, shelf: Shelf) -> None:
    """Width, stages and height are the file's; the threshold can be given beside them."""
    recipe = openpose(write_people(tmp_path / "world"), epochs=1)
    arch, path, settings = weights_of(shelf, train(recipe, shelf, QUIET))
    assert settings == {"width": 0.125, "stages": 2, "batch_norm": True, "box_size": 96}
    frame = np.zeros((96, 96, 3), np.uint8)
    plain = open_model(f"{arch}:{path}", task="pose", num_classes=1)
    lower = open_model(f"{arch}:{path},threshold=0.05", task="pose", num_classes=1)
    assert plain.name == "openpose (trained on source)"
    assert lower.name == "openpose threshold=0.05 (trained on source)"
    assert plain.weights != lower.weights
    for model in (plain, lower):
        assert model.predict([frame])[0].keypoints.shape[1:] == (17, 3)
    other = open_model(f"{arch}:{path},stages=3", task="pose", num_classes=1)
    with pytest.raises(ValueError, match="trained with stages 2, but stages 3 is given"):
        other.predict([frame])


def test_ids_become_files_and_all_else_stays(tmp_path: Path) -> None:
    one, other, lacking = "0123456789ab", "ba9876543210", "000000000000"
    for model, arch in ((one, "two_stream"), (other, "two_stream")):
        put_card(tmp_path, model, arch)
    file, motion = (tmp_path / "models" / model / "model.safetensors" for model in (one, other))
    for spec, wanted in (
        (one, f"two_stream:{file}"),
        (f"{one},motion={other}", f"two_stream:{file},motion={motion}"),
        (f"{one},num_frames=5,motion={other}", f"two_stream:{file},num_frames=5,motion={motion}"),
        (f"{one},motion=a.safetensors", f"two_stream:{file},motion=a.safetensors"),
        (f"two_stream:b.safetensors,motion={other}", f"two_stream:b.safetensors,motion={motion}"),
        (f"{one},motion={lacking}", f"two_stream:{file},motion={lacking}"),
        ("openpose,threshold=0.2", "openpose,threshold=0.2"),
        ("a,b.py:load", "a,b.py:load"),
    ):
        assert in_full(Shelf(tmp_path), spec) == wanted


def put_card(store: Path, model: str, arch: str) -> None:
    shelf = Shelf(store)
    shelf.unfinished(model).mkdir(parents=True)
    shelf.put(plain_card(id=model, arch=arch))
