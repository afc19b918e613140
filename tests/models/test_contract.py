"""What every model promises: each entry of the table, and each form a spec may have."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from lossproof.models import MODELS, Model, open_model
from lossproof.records import Frame

from .networks import write_declaration, write_network, write_user_file

NUM_CLASSES = 3


def _onnx(folder: Path) -> str:
    write_network(folder / "tiny.onnx")
    return str(write_declaration(folder / "tiny.toml", top='weights = "tiny.onnx"'))


def _onnx_with_weights(folder: Path) -> str:
    declaration = write_declaration(folder / "tiny.toml")
    return f"{declaration}:{write_network(folder / 'tiny.onnx')}"


def _user(folder: Path) -> str:
    return f"{write_user_file(folder / 'mine.py')}:load"


FORMS: dict[str, Callable[[Path], str]] = {
    **{name: lambda _, name=name: name for name in MODELS},
    "toml": _onnx,
    "toml:onnx": _onnx_with_weights,
    "py:function": _user,
}
TASKS = {name: entry.task for name, entry in MODELS.items()}
SEGMENTERS = [name for name in FORMS if TASKS.get(name, "segmentation") == "segmentation"]


@pytest.fixture(params=FORMS)
def spec(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return FORMS[request.param](tmp_path)


def opened(spec: str, **options: int) -> Model:
    task = TASKS.get(spec, "segmentation")
    return open_model(spec, task=task, **{"num_classes": NUM_CLASSES, "threads": 1, **options})


@pytest.mark.parametrize("spec", SEGMENTERS, indirect=True)
def test_class_maps_are_in_order(spec: str, frames: list[Frame]) -> None:
    model = opened(spec)
    predictions = model.predict(frames)
    assert [p.shape for p in predictions] == [f.shape[:2] for f in frames]
    assert all(np.issubdtype(p.dtype, np.integer) for p in predictions)
    assert all(p.min() >= 0 and p.max() < NUM_CLASSES for p in predictions)


def test_a_prediction_is_the_same_in_any_company(spec: str, frames: list[Frame]) -> None:
    together = opened(spec).predict(frames)
    backwards = opened(spec, threads=2).predict(frames[::-1])[::-1]
    alone = [prediction for frame in frames for prediction in opened(spec).predict([frame])]
    for one, other, third in zip(together, backwards, alone, strict=True):
        np.testing.assert_array_equal(one, other)
        np.testing.assert_array_equal(one, third)


def test_frames_stay_as_they_are_and_none_give_none(spec: str, frames: list[Frame]) -> None:
    before = [frame.copy() for frame in frames]
    model = opened(spec)
    model.predict(frames)
    assert all((frame == copy).all() for frame, copy in zip(frames, before, strict=True))
    assert len(model.predict([])) == 0


def test_name_hash_and_batch_size(spec: str) -> None:
    one, other = opened(spec), opened(spec, threads=2)
    assert one.name
    assert (one.name, one.weights) == (other.name, other.weights)
    assert re.fullmatch("[0-9a-f]{32}|untrained: .*", one.weights)
    assert one.batch_size >= 1


def test_the_random_generators_are_left_alone(spec: str, frames: list[Frame]) -> None:
    state, numpy_state = torch.get_rng_state(), np.random.get_state()[1].copy()
    opened(spec).predict(frames[:1])
    assert torch.equal(state, torch.get_rng_state())
    assert (numpy_state == np.random.get_state()[1]).all()
