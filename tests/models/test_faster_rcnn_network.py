"""Faster R-CNN's parts: torchvision's network layer by layer, and settings that files remember."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torchvision.models import detection, mobilenet_v3_large, resnet50
from torchvision.ops import FrozenBatchNorm2d

from lossproof.models import open_model
from lossproof.models.faster_rcnn_network import (
    FasterRcnnSettings,
    build_faster_rcnn,
    draw_regions,
    freeze_below,
    usual_settings,
)
from lossproof.models.faster_rcnn_weights import load_file, load_imagenet
from lossproof.models.torch_model import seeded
from lossproof.models.weights_file import save_weights
from lossproof.records import Frame

MOBILE = "faster_rcnn_mobilenet_v3_320"
BUILDERS: Mapping[str, Callable[..., nn.Module]] = {
    "faster_rcnn": detection.fasterrcnn_resnet50_fpn,
    "faster_rcnn_mobilenet_v3": detection.fasterrcnn_mobilenet_v3_large_fpn,
    MOBILE: detection.fasterrcnn_mobilenet_v3_large_320_fpn,
}
NARROW = FasterRcnnSettings(width=0.25, min_size=64, max_size=96, anchor_size=8)


def untrained(arch: str, **changes: Any) -> nn.Module:
    with seeded(0):
        return BUILDERS[arch](weights=None, weights_backbone=None, num_classes=4, **changes)


@pytest.mark.parametrize("arch", BUILDERS)
def test_it_is_torchvisions_network(arch: str) -> None:
    """The same tensors from the same seed, and the same word on the same picture."""
    ours, theirs = build_faster_rcnn(arch, 3).eval(), untrained(arch).eval()
    wanted = theirs.state_dict()
    found = ours.state_dict()
    assert list(found) == list(wanted)
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)
    for name in ("min_size", "max_size"):
        assert getattr(ours.transform, name) == getattr(theirs.transform, name)
    for network in (ours, theirs):  # the usual size takes seconds
        network.transform.min_size = (64,)
    image = torch.rand(3, 50, 70, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        (one,), (other,) = ours([image]), theirs([image])
    assert len(other["scores"]) > 0
    assert all(torch.equal(one[name], other[name]) for name in other)


@pytest.mark.parametrize("arch", BUILDERS)
def test_a_fine_pyramid_begins_at_a_fourth_of_the_size(arch: str) -> None:
    network = build_faster_rcnn(arch, 3, replace(NARROW, pyramid="fine")).eval()
    with torch.inference_mode():
        maps = network.backbone(torch.rand(1, 3, 64, 96))
    sizes = [tuple(one.shape[-2:]) for one in maps.values()]
    assert sizes == [(16, 24), (8, 12), (4, 6), (2, 3), (1, 2)]
    sides = network.rpn.anchor_generator.sizes
    assert sides == ((8,), (16,), (32,), (64,), (128,))


@pytest.mark.parametrize("arch", ["faster_rcnn", MOBILE])
@pytest.mark.parametrize("stages", [0, 3, 6])
def test_what_learns_is_what_learns_in_torchvision(
    arch: str, stages: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = (resnet50 if arch == "faster_rcnn" else mobilenet_v3_large)(weights=None)
    monkeypatch.setattr(
        "torchvision.models._api.load_state_dict_from_url", lambda *_, **__: body.state_dict()
    )
    most = min(stages, 5) if arch == "faster_rcnn" else stages
    theirs = BUILDERS[arch](weights=None, trainable_backbone_layers=most, num_classes=4)
    ours = build_faster_rcnn(arch, 3, FasterRcnnSettings(norm="frozen"))
    load_imagenet(ours, arch=arch)
    freeze_below(ours, arch=arch, trainable_stages=stages)
    learn = {name: value.requires_grad for name, value in theirs.named_parameters()}
    assert {name: value.requires_grad for name, value in ours.named_parameters()} == learn
    backbone = theirs.backbone.body.state_dict()
    for name, value in ours.backbone.body.state_dict().items():
        assert torch.equal(value, backbone[name])


def test_imagenet_weights_that_cannot_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise OSError("no route")

    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", unreachable)
    with pytest.raises(ValueError, match=r"IMAGENET1K_V1 of .* cannot be had \(no route\); fetch"):
        load_imagenet(build_faster_rcnn(MOBILE, 3), arch=MOBILE)


def as_published(network: nn.Module) -> dict[str, Tensor]:
    """Under the names that layers had when torchvision's COCO weights were made."""
    return {
        re.sub(r"(_blocks\.\d)\.0\.", r"\1.", name).replace("conv.0.0.", "conv."): tensor
        for name, tensor in network.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }


@pytest.mark.parametrize("norm", ["batch", "frozen"])
def test_files_as_old_as_torchvisions_are_read_as_torchvision_does(
    norm: Any, tmp_path: Path
) -> None:
    with seeded(3):
        source = untrained("faster_rcnn")
    old = as_published(source)
    assert "backbone.fpn.inner_blocks.0.weight" in old
    assert "rpn.head.conv.weight" in old
    save_file(old, tmp_path / "old.safetensors")
    ours = build_faster_rcnn("faster_rcnn", 3, FasterRcnnSettings(norm=norm), seed=8)
    load_file(ours, tmp_path / "old.safetensors", arch="faster_rcnn", classes=("a", "b", "c"))
    theirs = untrained("faster_rcnn")
    theirs.load_state_dict(old, strict=False)
    wanted = theirs.state_dict()
    for name, value in ours.state_dict().items():
        assert torch.equal(value, wanted[name])


def test_weights_with_learnt_statistics_can_be_frozen(tmp_path: Path) -> None:
    learnt = build_faster_rcnn(MOBILE, 3, NARROW)
    save_weights(tmp_path / "a.safetensors", learnt, arch=MOBILE, num_classes=3)
    frozen = build_faster_rcnn(MOBILE, 3, FasterRcnnSettings(width=0.25, norm="frozen"), seed=5)
    load_file(frozen, tmp_path / "a.safetensors", arch=MOBILE, classes=("a", "b", "c"))
    kinds = {type(layer) for layer in frozen.modules()}
    assert FrozenBatchNorm2d in kinds
    assert nn.BatchNorm2d not in kinds
    wanted = learnt.state_dict()
    assert all(torch.equal(value, wanted[name]) for name, value in frozen.state_dict().items())


@pytest.mark.parametrize("arch", BUILDERS)
def test_narrow_networks_and_small_anchors(arch: str) -> None:
    narrow, full = build_faster_rcnn(arch, 3, NARROW), build_faster_rcnn(arch, 3)
    sizes = [sum(value.numel() for value in one.parameters()) for one in (narrow, full)]
    assert sizes[0] < sizes[1] / 5
    assert narrow.backbone.out_channels == 64
    assert narrow.rpn.anchor_generator.sizes[0][0] == 8
    assert [size for sizes in full.rpn.anchor_generator.sizes for size in sizes][:1] == [32]
    draw_regions(narrow, 7)
    assert narrow.roi_heads.fg_bg_sampler.batch_size_per_image == 7


def test_a_file_remembers_what_its_network_is(tmp_path: Path, frames: list[Frame]) -> None:
    path = tmp_path / "a.safetensors"
    own = {"width": 0.25, "min_size": 64, "max_size": 96, "anchor_size": 8, "norm": "frozen"}
    network = build_faster_rcnn(MOBILE, 3, FasterRcnnSettings(**own))  # type: ignore[arg-type]
    save_weights(path, network, arch=MOBILE, num_classes=3, settings=own)  # type: ignore[arg-type]
    model = open_model(f"{MOBILE}:{path}", task="detection", num_classes=3, threads=1)
    found = model._network()  # type: ignore[attr-defined]
    assert (found.transform.min_size, found.transform.max_size) == ((64,), 96)
    assert found.rpn.anchor_generator.sizes == network.rpn.anchor_generator.sizes
    assert len(model.predict(frames[:1])) == 1
    other = open_model(f"{MOBILE}:{path},min_size=96", task="detection", num_classes=3)
    with pytest.raises(ValueError, match="trained with min_size 64, but min_size 96 is given"):
        other.predict(frames[:1])


def test_the_usual_settings_are_each_builders() -> None:
    assert (usual_settings(MOBILE).min_size, usual_settings(MOBILE).max_size) == (320, 640)
    assert usual_settings("faster_rcnn") == FasterRcnnSettings()
