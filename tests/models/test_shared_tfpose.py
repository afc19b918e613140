"""A real network for poses on real pictures, where they lie beside the repository."""

from pathlib import Path

import cv2
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from lossproof.models import Model, open_model
from lossproof.predictions import Poses

REPOSITORY = Path(__file__).parents[2]
NETWORK = "pose/tfpose_mobilenet_v2_small/tfpose_mobilenet_v2_small_368x432.onnx"


def opened(shared: Path, settings: str = "") -> Model:
    spec = f"{REPOSITORY / 'examples' / 'tfpose.toml'}:{shared / NETWORK}{settings}"
    return open_model(spec, task="pose", num_classes=1, threads=1)


def results(image: int, poses: Poses) -> list[dict[str, object]]:
    """As COCO's result files have them."""
    return [
        {
            "image_id": image,
            "category_id": 1,
            "keypoints": [float(value) for value in person.ravel()],
            "score": float(score),
        }
        for person, score in zip(poses.keypoints, poses.scores, strict=True)
    ]


@pytest.fixture(scope="module")
def truth(shared: Path) -> COCO:
    folder = shared / "pose" / "coco_mini_keypoints"
    return COCO(folder / "annotations" / "person_keypoints_val2017.json")


def scored(truth: COCO, shared: Path, model: Model) -> COCOeval:
    """COCO's own evaluation on the pictures that have a labelled person."""
    folder = shared / "pose" / "coco_mini_keypoints" / "val2017"
    paths = {int(path.stem): path for path in sorted(folder.glob("*.jpg"))}
    found = []
    for image, path in paths.items():
        frame = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
        found += results(image, *model.predict([frame]))
    evaluation = COCOeval(truth, truth.loadRes(found), "keypoints")
    evaluation.params.imgIds = list(paths)
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return evaluation


def test_it_is_as_good_as_its_card_says(truth: COCO, shared: Path) -> None:
    """The card's own figures, OKS AP 0.107 and AP50 0.258, came from a simpler grouping."""
    ap, ap50 = scored(truth, shared, opened(shared)).stats[:2]
    assert ap > 0.107 - 0.01
    assert ap50 > 0.258 - 0.01
