"""The scores of pycocotools for the same predictions and targets."""

import contextlib
import io
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from lossproof.predictions import Detections, Poses
from lossproof.targets import DetectionTarget, PoseTarget

BOX_SCORES = (
    *("ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large"),
    *("ar1", "ar10", "ar100", "ar_small", "ar_medium", "ar_large"),
)
# The second and third of pycocotools' recalls are at one threshold, which nobody reports.
POSE_SCORES = (
    *("oks_ap", "oks_ap50", "oks_ap75", "oks_ap_medium", "oks_ap_large"),
    *("oks_ar", None, None, "oks_ar_medium", "oks_ar_large"),
)


def box_scores(pairs: Sequence[tuple[Detections, DetectionTarget]]) -> dict[str, float]:
    """By name, with NaN where pycocotools says -1, and ``ap/INDEX`` of each class."""
    evaluation = box_evaluation(pairs)
    run(evaluation)
    found = dict(zip(BOX_SCORES, _missing(evaluation.stats), strict=True))
    precision = evaluation.eval["precision"][..., 0, -1]
    per_class = {f"ap/{k}": precision[..., k].mean() for k in range(precision.shape[2])}
    return found | {name: _missing(value).item() for name, value in per_class.items()}


def pose_scores(pairs: Sequence[tuple[Poses, PoseTarget]]) -> dict[str, float]:
    evaluation = pose_evaluation(pairs)
    run(evaluation)
    found = zip(POSE_SCORES, _missing(evaluation.stats), strict=True)
    return {name: value for name, value in found if name}


def box_evaluation(pairs: Sequence[tuple[Detections, DetectionTarget]]) -> COCOeval:
    num_classes = pairs[0][1].num_classes
    truths, answers = [], []
    for image, (prediction, target) in enumerate(pairs, 1):
        truths += _boxes(image, target.boxes, target.labels, target.areas, target.crowd)
        sides = prediction.boxes.astype(float)
        areas = (sides[:, 2] - sides[:, 0]) * (sides[:, 3] - sides[:, 1])
        nobody = np.zeros(len(areas), bool)
        some = _boxes(image, prediction.boxes, prediction.labels, areas, nobody)
        answers += [
            one | {"score": float(s)} for one, s in zip(some, prediction.scores, strict=True)
        ]
    return _evaluation(truths, answers, len(pairs), num_classes, "bbox")


def pose_evaluation(pairs: Sequence[tuple[Poses, PoseTarget]]) -> COCOeval:
    truths, answers = [], []
    for image, (prediction, target) in enumerate(pairs, 1):
        labels = np.zeros(len(target.areas), int)
        people = _boxes(image, target.boxes, labels, target.areas, target.crowd)
        for one, points in zip(people, target.keypoints, strict=True):
            labelled = int((points[:, 2] > 0).sum())
            truths.append(
                one | {"keypoints": points.astype(float).ravel(), "num_keypoints": labelled}
            )
        for points, score in zip(prediction.keypoints, prediction.scores, strict=True):
            answers.append(_answer(image, points.astype(float), float(score)))
    return _evaluation(truths, answers, len(pairs), 1, "keypoints")


def _answer(image: int, points: np.ndarray, score: float) -> dict[str, Any]:
    width, height = np.ptp(points[:, :2], axis=0)
    area = float(width * height)
    return {
        "image_id": image,
        "category_id": 1,
        "score": score,
        "area": area,
        "iscrowd": 0,
        "keypoints": points.ravel(),
    }


def _boxes(
    image: int, boxes: np.ndarray, labels: np.ndarray, areas: np.ndarray, crowd: np.ndarray
) -> Iterator[dict[str, Any]]:
    for (x1, y1, x2, y2), label, area, many in zip(
        boxes.astype(float).tolist(), labels, areas, crowd, strict=True
    ):
        yield {
            "image_id": image,
            "category_id": int(label) + 1,
            "iscrowd": int(many),
            "bbox": [x1, y1, x2 - x1, y2 - y1],
            "area": float(area),
        }


def _evaluation(
    truths: list[dict[str, Any]],
    answers: list[dict[str, Any]],
    images: int,
    classes: int,
    kind: str,
) -> COCOeval:
    with contextlib.redirect_stdout(io.StringIO()):
        return COCOeval(
            _index(truths, images, classes), _index(answers, images, classes), iouType=kind
        )


def _index(annotations: list[dict[str, Any]], images: int, classes: int) -> COCO:
    coco = COCO()
    coco.dataset = {
        "images": [{"id": image} for image in range(1, images + 1)],
        "categories": [{"id": label} for label in range(1, classes + 1)],
        "annotations": [one | {"id": number} for number, one in enumerate(annotations, 1)],
    }
    coco.createIndex()
    return coco


def run(evaluation: COCOeval) -> None:
    """Evaluate, accumulate and summarise, silently."""
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()


def _missing(values: Any) -> np.ndarray:
    return np.where(np.asarray(values) < 0, np.nan, values)
