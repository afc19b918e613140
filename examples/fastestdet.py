"""FastestDet (github.com/dog-qiuqiu/FastestDet, BSD-3), 80 classes of COCO, as your own model.

lossproof sweep ... --model examples/fastestdet.py:load,weights=FastestDet.onnx
"""

import hashlib
from pathlib import Path

import cv2
import numpy as np
import onnxruntime


class FastestDet:
    name = "fastestdet"

    def __init__(self, weights: bytes, score: float) -> None:
        self.version = hashlib.sha256(weights).hexdigest()  # Other weights, other results.
        self.score = score
        self.session = onnxruntime.InferenceSession(weights, providers=["CPUExecutionProvider"])

    def predict(self, frames: list[np.ndarray]) -> list[dict[str, np.ndarray]]:
        return [self.detect(frame) for frame in frames]

    def detect(self, frame: np.ndarray) -> dict[str, np.ndarray]:
        # The network takes the whole picture as a square, blue first.
        square = cv2.resize(frame, (352, 352), interpolation=cv2.INTER_AREA)[..., ::-1]
        image = square.transpose(2, 0, 1)[None].astype(np.float32) / 255
        (maps,) = self.session.run(None, {"input.1": image})
        # One row for each of 22x22 cells: objectness, offset of the centre, size, 80 classes.
        cells = maps[0].reshape(85, -1).T
        rows, columns = np.divmod(np.arange(len(cells)), 22)
        centres = (np.stack([columns, rows], axis=1) + np.tanh(cells[:, 1:3])) / 22
        sizes = 1 / (1 + np.exp(-cells[:, 3:5]))
        scores = cells[:, 0] ** 0.6 * cells[:, 5:].max(axis=1) ** 0.4
        labels = cells[:, 5:].argmax(axis=1)
        corners = [centres - sizes / 2, centres + sizes / 2]
        boxes = np.concatenate(corners, axis=1) * np.tile(frame.shape[1::-1], 2)
        tall = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
        kept = cv2.dnn.NMSBoxesBatched(tall, scores, labels, self.score, 0.45)
        kept = np.array(kept, np.int64)
        return {
            "boxes": boxes[kept].astype(np.float32),
            "scores": scores[kept],
            "labels": labels[kept],
        }


def load(weights: str, score: str = "0.01") -> FastestDet:
    return FastestDet(Path(weights).expanduser().read_bytes(), float(score))
