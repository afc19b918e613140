"""A real network on real pictures: as pycocotools has it, and as its data card says."""

from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest

from lossproof.metrics import detection
from lossproof.predictions import Detections
from lossproof.targets import DetectionTarget
from tests.metrics.coco_reference import box_scores
from tests.metrics.stacking import stacked

SIDE, CELLS, NUM_CLASSES = 352, 22, 80


def test_fastestdet_scores_as_pycocotools_and_the_data_card_say(shared: Path) -> None:
    folder = shared / "detection"
    network = folder / "fastestdet" / "FastestDet.onnx"
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    pictures = sorted((folder / "coco128" / "images" / "val2017").glob("*.jpg"))
    pairs = [_pair(session, path) for path in pictures]
    found = detection.summarise(stacked([detection.sample_stat(*pair) for pair in pairs]))
    for name, expected in box_scores(pairs).items():
        assert found[name].item() == pytest.approx(expected, abs=1e-9, nan_ok=True), name
    assert found["ap"].item() == pytest.approx(0.183, abs=0.002)
    assert found["ap50"].item() == pytest.approx(0.337, abs=0.003)


def _pair(session: onnxruntime.InferenceSession, path: Path) -> tuple[Detections, DetectionTarget]:
    frame = cv2.imread(str(path))
    size = np.array(frame.shape[1::-1])
    small = cv2.resize(frame, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    given = small.astype(np.float32).transpose(2, 0, 1)[None] / 255
    answer = session.run(None, {"input.1": given})[0][0].reshape(85, -1)
    scores = answer[0] ** 0.6 * answer[5:].max(axis=0) ** 0.4
    rows, columns = np.divmod(np.arange(CELLS**2), CELLS)
    centres = (np.stack([columns, rows]) + np.tanh(answer[1:3])) / CELLS
    sides = 1 / (1 + np.exp(-answer[3:5]))
    boxes = np.concatenate([centres - sides / 2, centres + sides / 2]).T * np.tile(size, 2)
    kept = _suppressed(boxes, scores, answer[5:].argmax(axis=0))
    return (
        Detections(boxes[kept].astype(np.float32), scores[kept], answer[5:].argmax(axis=0)[kept]),
        _target(path, size),
    )


def _suppressed(boxes: np.ndarray, scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    corners = np.hstack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]])
    kept = cv2.dnn.NMSBoxesBatched(corners.tolist(), scores.tolist(), labels.tolist(), 0.01, 0.45)
    return np.asarray(kept, int)


def _target(path: Path, size: np.ndarray) -> DetectionTarget:
    text = path.parents[2] / "object_detection" / "labels" / path.parent.name / f"{path.stem}.txt"
    lines = text.read_text().split("\n") if text.exists() else []
    values = np.array([line.split() for line in lines if line], float).reshape(-1, 5)
    centres, sides = values[:, 1:3] * size, values[:, 3:5] * size
    none = np.zeros(len(values), bool)
    return DetectionTarget(
        boxes=np.hstack([centres - sides / 2, centres + sides / 2]).astype(np.float32),
        labels=values[:, 0].astype(np.int64),
        areas=sides.prod(axis=1).astype(np.float32),
        crowd=none,
        difficult=none,
        num_classes=NUM_CLASSES,
        frame_size=(int(size[0]), int(size[1])),
    )
