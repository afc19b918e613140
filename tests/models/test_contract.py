"""What every model promises: each entry of the table, and each form a spec may have."""

import re
from collections.abc import Callable, Sequence
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lossproof.models import MODELS, Model, open_model
from lossproof.records import Clip, Frame, Frames

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


QUICK = {
    **{name: f"{name},min_size=32" for name in MODELS if name.startswith("faster_rcnn")},
    "openpose": "openpose,box_size=32",
    "two_stream": "two_stream,backbone=resnet18,num_frames=1",
}
"""Settings with which large networks answer soon enough for a test."""

FORMS: dict[str, Callable[[Path], str]] = {
    **{name: lambda _, name=name: QUICK.get(name, name) for name in MODELS},
    "toml": _onnx,
    "toml:onnx": _onnx_with_weights,
    "py:function": _user,
}
TASKS = {name: entry.task for name, entry in MODELS.items()}
SEGMENTERS = [name for name in FORMS if TASKS.get(name, "segmentation") == "segmentation"]


@pytest.fixture(params=FORMS)
def spec(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return FORMS[request.param](tmp_path)


def task_of(spec: str) -> str:
    return TASKS.get(spec.partition(",")[0], "segmentation")


@pytest.fixture
def given(spec: str, frames: list[Frame], clips: list[Clip]) -> list[Frames]:
    """What a model of the task is given: pictures, or clips."""
    return [*clips] if task_of(spec) == "action" else [*frames]


def opened(spec: str, **options: int) -> Model:
    task = task_of(spec)
    return open_model(spec, task=task, **{"num_classes": NUM_CLASSES, "threads": 1, **options})


@pytest.mark.parametrize("spec", SEGMENTERS, indirect=True)
def test_class_maps_are_in_order(spec: str, frames: list[Frame]) -> None:
    model = opened(spec)
    predictions = model.predict(frames)
    assert [p.shape for p in predictions] == [f.shape[:2] for f in frames]
    assert all(np.issubdtype(p.dtype, np.integer) for p in predictions)
    assert all(p.min() >= 0 and p.max() < NUM_CLASSES for p in predictions)


@pytest.mark.parametrize("spec", SEGMENTERS, indirect=True)
def test_class_maps_do_not_depend_on_the_number_of_threads(spec: str, frames: list[Frame]) -> None:
    one, two = (opened(spec, threads=number).predict(frames) for number in (1, 2))
    assert_same(one, two)


def test_a_prediction_is_the_same_in_any_company(spec: str, given: list[Frames]) -> None:
    model = opened(spec)
    together = model.predict(given)
    assert_same(together, model.predict(given[::-1])[::-1])
    alone = [prediction for frame in given for prediction in model.predict([frame])]
    assert_same(together, alone)


def assert_same(one: Sequence[Any], other: Sequence[Any]) -> None:
    for first, second in zip(one, other, strict=True):
        for a, b in zip(arrays(first), arrays(second), strict=True):
            np.testing.assert_array_equal(a, b)


def arrays(prediction: Any) -> list[Any]:
    """The arrays of a prediction: itself, or the fields of a value."""
    return list(vars(prediction).values()) if is_dataclass(prediction) else [prediction]


def test_frames_stay_as_they_are_and_none_give_none(spec: str, given: list[Frames]) -> None:
    before = [frame.copy() for frame in given]
    model = opened(spec)
    model.predict(given)
    assert all((frame == copy).all() for frame, copy in zip(given, before, strict=True))
    assert len(model.predict([])) == 0


def test_name_hash_and_batch_size(spec: str) -> None:
    one, other = opened(spec), opened(spec, threads=2)
    assert one.name
    assert (one.name, one.weights) == (other.name, other.weights)
    assert re.fullmatch("[0-9a-f]{32}|untrained: .*", one.weights)
    assert one.batch_size >= 1


def test_the_random_generators_are_left_alone(spec: str, given: list[Frames]) -> None:
    state, numpy_state = torch.get_rng_state(), np.random.get_state()[1].copy()
    opened(spec).predict(given[:1])
    assert torch.equal(state, torch.get_rng_state())
    assert (numpy_state == np.random.get_state()[1]).all()
