"""Faster R-CNN: boxes in the picture, weights of COCO for other classes, settings."""

import urllib.error
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torchvision.models import resnet50
from torchvision.models.detection import (
    FasterRCNN,
    FasterRCNN_ResNet50_FPN_Weights,
    fasterrcnn_mobilenet_v3_large_320_fpn,
)
from torchvision.models.detection._utils import overwrite_eps
from torchvision.models.detection.backbone_utils import _resnet_fpn_extractor
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor
from torchvision.ops import FrozenBatchNorm2d

from lossproof.models import Model, open_model
from lossproof.models.coco_classes import coco_outputs
from lossproof.models.faster_rcnn_network import FasterRcnnSettings, build_faster_rcnn
from lossproof.models.faster_rcnn_weights import for_classes, load_file
from lossproof.models.weights_file import save_weights
from lossproof.predictions import Detections
from lossproof.records import Frame

ARCH = "faster_rcnn_mobilenet_v3_320"
VOC = (
    *("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow"),
    *("diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa"),
    *("train", "tvmonitor"),
)
COCO_NAMES = FasterRCNN_ResNet50_FPN_Weights.COCO_V1.meta["categories"]


def opened(
    spec: str = f"{ARCH},min_size=64", *, classes: Sequence[str] = VOC, num_classes: int = 20
) -> Model:
    return open_model(
        spec, task="detection", num_classes=num_classes, classes=tuple(classes), threads=1
    )


def lively(network: torch.nn.Module) -> torch.nn.Module:
    """Untrained networks are sure of nothing; this makes some classes likelier than others."""
    draw = torch.Generator().manual_seed(1)
    for name, parameter in network.roi_heads.box_predictor.named_parameters():
        scale = 0.2 if name.endswith("weight") else 1.0
        parameter.data.normal_(std=scale, generator=draw)
    return network.eval()


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    """For VOC's 20 classes."""
    return lively(build_faster_rcnn(ARCH, 20, FasterRcnnSettings(min_size=64)))


@pytest.fixture(scope="module")
def weights(network: torch.nn.Module, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("voc") / "voc.safetensors"
    save_weights(path, network, arch=ARCH, num_classes=20, notes={"classes": VOC})
    return path


def run(network: torch.nn.Module, frame: Frame) -> dict[str, np.ndarray]:
    image = torch.from_numpy(frame).permute(2, 0, 1) / 255
    with torch.inference_mode():
        (answer,) = network([image])
    return {name: values.numpy() for name, values in answer.items()}


def test_detections_are_torchvisions_with_labels_from_0(
    network: torch.nn.Module, weights: Path, frames: list[Frame]
) -> None:
    found: list[Detections] = opened(f"{ARCH}:{weights},min_size=64").predict(frames)
    for frame, detections in zip(frames, found, strict=True):
        wanted = run(network, frame)
        assert len(detections.scores) > 3
        np.testing.assert_allclose(detections.boxes, wanted["boxes"], atol=1e-3)
        np.testing.assert_allclose(detections.scores, wanted["scores"], atol=1e-5)
        np.testing.assert_array_equal(detections.labels, wanted["labels"] - 1)
        assert detections.labels.min() >= 0
        assert detections.labels.max() < 20


@pytest.mark.parametrize("size", [(33, 47), (101, 20), (64, 64)])
def test_boxes_lie_in_pictures_of_any_size(weights: Path, size: tuple[int, int]) -> None:
    frame = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    (found,) = opened(f"{ARCH}:{weights},min_size=64").predict([frame])
    height, width = size
    assert len(found.boxes) == len(found.scores) == len(found.labels) > 0
    assert (found.boxes >= 0).all()
    # torchvision scales boxes back in float32.
    assert (found.boxes <= np.array([width, height, width, height]) + 1e-3).all()
    assert (found.boxes[:, :2] <= found.boxes[:, 2:]).all()


def coco_network() -> torch.nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        built = fasterrcnn_mobilenet_v3_large_320_fpn(
            weights=None, weights_backbone=None, min_size=64, box_score_thresh=0.05
        )
    return lively(built)


class Restricted(torch.nn.Module):
    """The 91 logits and boxes, of which all but the kept ones are taken away, one by one."""

    def __init__(self, predictor: FastRCNNPredictor, kept: Sequence[int]) -> None:
        super().__init__()
        self.predictor = predictor
        self.kept = list(kept)

    def forward(self, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        logits, boxes = self.predictor(features)
        boxes = boxes.reshape(len(boxes), -1, 4)
        return logits[:, self.kept], boxes[:, self.kept].flatten(1)


def test_coco_weights_give_the_same_boxes_and_scores_for_vocs_classes(
    frames: list[Frame], tmp_path: Path
) -> None:
    path = tmp_path / "coco.safetensors"
    coco = coco_network()
    save_weights(path, coco, arch=ARCH, num_classes=90)
    found = opened(f"{ARCH}:{path},min_size=64").predict(frames[2:3])[0]
    kept = [0, *coco_outputs(VOC)]
    coco.roi_heads.box_predictor = Restricted(coco.roi_heads.box_predictor, kept)
    wanted = run(coco, frames[2])
    assert len(found.scores) > 3
    np.testing.assert_allclose(found.boxes, wanted["boxes"], atol=1e-3)
    np.testing.assert_allclose(found.scores, wanted["scores"], atol=1e-5)
    np.testing.assert_array_equal(found.labels, wanted["labels"] - 1)


def test_torchvisions_resnet_is_normalised_as_torchvision_does(tmp_path: Path) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        body = resnet50(weights=None, norm_layer=FrozenBatchNorm2d)
        theirs = FasterRCNN(_resnet_fpn_extractor(body, 3), num_classes=91).eval()
        for module in theirs.modules():
            if isinstance(module, FrozenBatchNorm2d):
                module.running_var.uniform_(1e-4, 3e-2)
                module.weight.fill_(0.1)
    path = tmp_path / "coco.safetensors"
    save_file({key: value.contiguous() for key, value in theirs.state_dict().items()}, path)
    ours = build_faster_rcnn("faster_rcnn", 2)
    load_file(ours, path, arch="faster_rcnn", classes=["person", "car"])
    overwrite_eps(theirs, 0.0)
    image = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        wanted, found = theirs.backbone(image), ours.eval().backbone(image)
    for name, features in wanted.items():
        assert (found[name] - features).abs().max() <= 1e-4 * features.abs().max()


def test_vocs_classes_are_coco_outputs_of_the_same_meaning() -> None:
    names = [COCO_NAMES[place] for place in coco_outputs(VOC)]
    differing = {voc: coco for voc, coco in zip(VOC, names, strict=True) if voc != coco}
    assert differing == {
        "aeroplane": "airplane",
        "diningtable": "dining table",
        "motorbike": "motorcycle",
        "pottedplant": "potted plant",
        "sofa": "couch",
        "tvmonitor": "tv",
    }


def test_rows_of_the_head_worked_by_hand() -> None:
    head = "roi_heads.box_predictor"
    tensors = {
        f"{head}.cls_score.weight": torch.arange(91.0)[:, None],
        f"{head}.cls_score.bias": torch.arange(91.0),
        f"{head}.bbox_pred.weight": torch.arange(364.0)[:, None],
        f"{head}.bbox_pred.bias": torch.arange(364.0),
        "other": torch.zeros(2),
    }
    # COCO's bicycle is output 2 and its person 1.
    mapped = for_classes(tensors, ["bicycle", "person"])
    assert mapped[f"{head}.cls_score.bias"].tolist() == [0, 2, 1]
    assert mapped[f"{head}.cls_score.weight"].ravel().tolist() == [0, 2, 1]
    boxes = [0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7]
    assert mapped[f"{head}.bbox_pred.bias"].tolist() == boxes
    assert mapped[f"{head}.bbox_pred.weight"].ravel().tolist() == boxes
    assert mapped["other"] is tensors["other"]
    assert for_classes({"a": torch.zeros(1)}, ["person"]).keys() == {"a"}


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        (("person", "dragon"), r"COCO has no class dragon; it has person, bicycle, "),
        ((), "the dataset names no classes; COCO weights are mapped by their names"),
    ],
)
def test_classes_that_coco_does_not_have(
    classes: tuple[str, ...], message: str, frames: list[Frame], tmp_path: Path
) -> None:
    path = tmp_path / "coco.safetensors"
    save_weights(path, coco_network(), arch=ARCH, num_classes=90)
    model = opened(f"{ARCH}:{path},min_size=64", classes=classes, num_classes=2)
    with pytest.raises(ValueError, match=message):
        model.predict(frames[:1])


def test_weights_for_other_classes_or_networks(weights: Path, frames: list[Frame]) -> None:
    model = opened(f"{ARCH}:{weights}", classes=("a", "b"), num_classes=2)
    with pytest.raises(ValueError, match=r"cls_score\.bias has shape \(21,\) instead of \(3,\)"):
        model.predict(frames[:1])
    with pytest.raises(ValueError, match=f"have arch '{ARCH}'; 'faster_rcnn' is allowed"):
        opened(f"faster_rcnn:{weights}").predict(frames[:1])


def test_pretrained_weights_that_cannot_be_fetched(
    monkeypatch: pytest.MonkeyPatch, frames: list[Frame]
) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise urllib.error.URLError("no route")

    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", unreachable)
    model = opened(f"{ARCH},pretrained=true")
    with pytest.raises(ValueError, match=r"cannot be had .*fetch https://.*\.pth on another mach"):
        model.predict(frames[:1])


def test_pretrained_weights_are_those_of_coco(
    monkeypatch: pytest.MonkeyPatch, frames: list[Frame], tmp_path: Path
) -> None:
    coco = coco_network()
    state = coco.state_dict()
    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", lambda *_, **__: state)
    path = tmp_path / "coco.safetensors"
    save_weights(path, coco, arch=ARCH, num_classes=90)
    fetched = opened(f"{ARCH},min_size=64,pretrained=true")
    given = opened(f"{ARCH}:{path},min_size=64")
    assert not fetched.weights.startswith("untrained")
    for one, other in zip(fetched.predict(frames), given.predict(frames), strict=True):
        np.testing.assert_array_equal(one.boxes, other.boxes)
        np.testing.assert_array_equal(one.scores, other.scores)
        np.testing.assert_array_equal(one.labels, other.labels)


def test_no_score_is_below_the_threshold(weights: Path, frames: list[Frame]) -> None:
    all_of, some = (
        opened(f"{ARCH}:{weights},min_size=64,threshold={least}").predict(frames[:1])[0]
        for least in ("0", "0.2")
    )
    assert all_of.scores.min() < 0.2 < some.scores.min()
    assert len(some.scores) > 0


def test_the_seed_and_the_number_of_classes_decide_an_untrained_network() -> None:
    before = torch.get_rng_state()
    one, same, other = (build_faster_rcnn(ARCH, n).state_dict() for n in (3, 3, 4))
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert len(other["roi_heads.box_predictor.cls_score.bias"]) == 5


@pytest.mark.parametrize(
    ("arch", "side"),
    [("faster_rcnn", 800), ("faster_rcnn_mobilenet_v3", 800), (ARCH, 320)],
)
def test_the_usual_size_of_the_input(arch: str, side: int) -> None:
    for spec, wanted in ((arch, side), (f"{arch},min_size=96", 96)):
        transform = opened(spec)._network().transform
        images, _ = transform([torch.zeros(3, 40, 50)])
        assert min(images.image_sizes[0]) == wanted


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (f"{ARCH},threshold=2", r"threshold '2' is out of range; numbers from 0 to 1 are allowed"),
        (f"{ARCH},min_size=8", r"min_size '8' is out of range; whole numbers from 32 to 4096 are"),
        (f"{ARCH},nms=0.5", r"has no setting 'nms'; its settings: threshold, min_size, pretrained"),
        (f"{ARCH}:a.safetensors,pretrained=true", r"is given weights and pretrained=true; one of"),
    ],
)
def test_settings_that_cannot_be(spec: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        opened(spec)


def test_names_and_hashes_follow_settings_and_weights(weights: Path) -> None:
    specs = [
        ARCH,
        f"{ARCH},threshold=0.2",
        f"{ARCH},pretrained=true",
        f"{ARCH},pretrained=true,threshold=0.2",
        f"{ARCH}:{weights}",
        f"{ARCH}:{weights},threshold=0.2",
        "faster_rcnn_mobilenet_v3,pretrained=true",
    ]
    models = [opened(spec) for spec in specs]
    assert len({model.weights for model in models}) == len(specs)
    assert models[1].name == f"{ARCH} threshold=0.2"
