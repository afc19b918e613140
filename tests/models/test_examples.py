"""The models in examples/: what a user's file of a few lines answers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from lossproof.models import Model, open_model
from lossproof.records import Frame

from .networks import save

EXAMPLES = Path(__file__).parents[2] / "examples"
FASTESTDET = EXAMPLES / "fastestdet.py"
CONSTANT_DEPTH = EXAMPLES / "constant_depth.py"


def fixed_network(path: Path, values: np.ndarray) -> Path:
    """An ONNX network that answers ``values`` and adds 0 times its input's mean."""
    nodes = [
        helper.make_node("ReduceMean", ["input.1"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["nothing"]),
        helper.make_node("Add", ["values", "nothing"], ["758"]),
    ]
    graph = helper.make_graph(
        nodes,
        "fixed",
        [helper.make_tensor_value_info("input.1", TensorProto.FLOAT, [1, 3, 352, 352])],
        [helper.make_tensor_value_info("758", TensorProto.FLOAT, list(values.shape))],
        [
            numpy_helper.from_array(values, "values"),
            numpy_helper.from_array(np.zeros((), np.float32), "zero"),
        ],
    )
    return save(path, graph)


def cells() -> np.ndarray:
    """A dog (16) twice in nearly the same place and a person (0) upon it; nothing elsewhere."""
    values = np.zeros((1, 85, 22, 22), np.float32)
    for row, column, label, objectness in ((10, 5, 16, 1.0), (10, 6, 16, 0.5), (10, 6, 0, 0.25)):
        place = (row + 1 if label == 0 else row, column)
        # Sizes of a half; offsets that bring all three to the same centre.
        offset = np.arctanh([(5.5 - place[1]) / 1.01, (10.5 - place[0]) / 1.01])
        values[0, :5, place[0], place[1]] = (objectness, *offset, 0, 0)
        values[0, 5 + label, place[0], place[1]] = 1
    return values


def fastestdet(weights: Path, *, settings: str = "") -> Model:
    spec = f"{FASTESTDET}:load,weights={weights}{settings}"
    return open_model(spec, task="detection", num_classes=80)


def test_fastestdet_worked_by_hand(tmp_path: Path) -> None:
    weights = fixed_network(tmp_path / "fixed.onnx", cells())
    (found,) = fastestdet(weights).predict([np.zeros((110, 220, 3), np.uint8)])
    # Of the two dogs the surer one stays, the person is of another class. Half of the picture
    # around (5.5, 10.5) cells of 22, which are 10 by 5 pixels.
    assert found["labels"].tolist() == [16, 0]
    np.testing.assert_allclose(found["scores"], [1, 0.25**0.6], rtol=1e-5)
    np.testing.assert_allclose(found["boxes"], [[0, 25, 110, 80]] * 2, atol=0.5)


def test_fastestdet_may_find_nothing(tmp_path: Path, frames: list[Frame]) -> None:
    nothing = fixed_network(tmp_path / "none.onnx", np.zeros((1, 85, 22, 22), np.float32))
    for found in fastestdet(nothing).predict(frames):
        assert [found[name].shape for name in ("boxes", "scores", "labels")] == [(0, 4), (0,), (0,)]


def test_fastestdets_hash_is_of_its_weights(tmp_path: Path) -> None:
    one = fixed_network(tmp_path / "one.onnx", cells())
    other = fixed_network(tmp_path / "other.onnx", cells() + 1)
    assert fastestdet(one).weights != fastestdet(other).weights
    name = fastestdet(one, settings=",score=0.5").name
    assert name == "fastestdet score=0.5 weights=one.onnx"


def test_constant_depth(frames: list[Frame]) -> None:
    model = open_model(f"{CONSTANT_DEPTH}:load,metres=1.5", task="depth", num_classes=0)
    for frame, depth in zip(frames, model.predict(frames), strict=True):
        assert depth.dtype == np.float32
        np.testing.assert_array_equal(depth, np.full(frame.shape[:2], 1.5))
    with pytest.raises(ValueError, match=r"metres is -1\.0; a number above 0 is allowed"):
        open_model(f"{CONSTANT_DEPTH}:load,metres=-1", task="depth", num_classes=0)


def coco128(folder: Path) -> Iterator[tuple[str, Frame, np.ndarray]]:
    """Each picture's name and pixels, and its labels: class, centre and size over the picture's."""
    labels = folder / "object_detection" / "labels" / "val2017"
    for path in sorted((folder / "images" / "val2017").glob("*.jpg")):
        text = labels / f"{path.stem}.txt"
        rows = np.loadtxt(text, ndmin=2) if text.is_file() else np.empty((0, 5))
        yield path.stem, cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB), rows


def truth(stem: str, frame: Frame, rows: np.ndarray) -> list[dict[str, Any]]:
    scale = np.tile(frame.shape[1::-1], 2)
    found = []
    for label, *box in rows.tolist():
        centre_and_size = np.array(box) * scale
        width, height = centre_and_size[2:]
        left, top = centre_and_size[:2] - (width / 2, height / 2)
        found.append(
            {
                "image_id": int(stem),
                "category_id": int(label),
                "bbox": [left, top, width, height],
                "area": width * height,
                "iscrowd": 0,
            }
        )
    return found


def answers(stem: str, found: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    boxes = found["boxes"].astype(float)
    boxes[:, 2:] -= boxes[:, :2]
    return [
        {"image_id": int(stem), "category_id": int(label), "bbox": box, "score": float(score)}
        for label, box, score in zip(found["labels"], boxes.tolist(), found["scores"], strict=True)
    ]


def coco_ap(
    images: list[int], annotations: list[dict[str, Any]], results: list[dict[str, Any]]
) -> np.ndarray:
    """AP and AP50 as pycocotools has them."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    reference = COCO()
    reference.dataset = {
        "info": {},
        "images": [{"id": number} for number in images],
        "categories": [{"id": label} for label in range(80)],
        "annotations": [{**entry, "id": 1 + at} for at, entry in enumerate(annotations)],
    }
    reference.createIndex()
    scored = COCOeval(reference, reference.loadRes(results), "bbox")
    scored.evaluate()
    scored.accumulate()
    scored.summarize()
    return np.array(scored.stats[:2])


def test_fastestdet_has_its_published_accuracy_on_real_pictures(shared: Path) -> None:
    weights = shared / "detection" / "fastestdet" / "FastestDet.onnx"
    folder = shared / "detection" / "coco128"
    if not (weights.is_file() and folder.is_dir()):
        pytest.skip(f"needs {weights} and {folder}")
    model = fastestdet(weights)
    images: list[int] = []
    annotations: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for stem, frame, rows in coco128(folder):
        images.append(int(stem))
        annotations += truth(stem, frame, rows)
        results += answers(stem, model.predict([frame])[0])
    assert len(images) == 128
    np.testing.assert_allclose(coco_ap(images, annotations, results), [0.183, 0.337], atol=0.01)


def test_the_examples_need_only_opencv_numpy_and_onnx_runtime() -> None:
    for path in (FASTESTDET, CONSTANT_DEPTH):
        lines = path.read_text().splitlines()
        imported = {line.split()[1] for line in lines if line.startswith(("import ", "from "))}
        assert imported <= {"hashlib", "pathlib", "cv2", "numpy", "onnxruntime"}
