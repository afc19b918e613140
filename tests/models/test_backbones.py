"""Backbones of any number of channels, and motion networks that begin from colour."""

import pytest
import torch
from torchvision.models import mobilenet_v3_large  # type: ignore[import-untyped,unused-ignore]

from lossproof.models.backbones import (
    Backbone,
    build_backbone,
    check_backbone,
    cross_modality,
    first_convolution,
    imagenet_tensors,
    start_from_colour,
)
from lossproof.models.torch_model import seeded


def built(name: Backbone = "resnet18", **options: int) -> torch.nn.Module:
    with seeded(options.pop("seed", 0)):
        return build_backbone(name, **{"num_classes": 3, **options}).eval()


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("resnet18", "conv1"),
        ("resnet50", "conv1"),
        ("mobilenet_v3_large", "features.0.0"),
        ("vgg16", "features.0"),
        ("small", "features.0"),
    ],
)
def test_logits_of_any_number_of_channels(name: Backbone, place: str) -> None:
    network = built(name, channels=20)
    found, layer = first_convolution(network)
    assert found == place
    assert layer.in_channels == 20
    with torch.inference_mode():
        assert network(torch.zeros(2, 20, 64, 64)).shape == (2, 3)


def test_mobilenet_is_torchvisions_and_its_averages_follow_a_short_training() -> None:
    ours, theirs = built("mobilenet_v3_large"), mobilenet_v3_large(num_classes=3).eval()
    theirs.load_state_dict(ours.state_dict())
    images = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        assert torch.equal(ours(images), theirs(images))
    norms = [layer for layer in ours.modules() if isinstance(layer, torch.nn.BatchNorm2d)]
    assert {layer.momentum for layer in norms} == {0.1}


def test_only_the_first_layer_is_another() -> None:
    colour, motion = built().state_dict(), built(channels=20).state_dict()
    others = [name for name in colour if colour[name].shape != motion[name].shape]
    assert colour.keys() == motion.keys()
    assert others == ["conv1.weight"]


def test_cross_modality_worked_by_hand() -> None:
    weight = torch.tensor([1.0, 2.0, 6.0]).reshape(1, 3, 1, 1)
    torch.testing.assert_close(cross_modality(weight, 4), torch.full((1, 4, 1, 1), 3.0))


def test_a_motion_network_begins_from_colour() -> None:
    colour, motion = built(num_classes=1000, seed=1), built(channels=20, seed=2)
    before = {name: tensor.clone() for name, tensor in motion.state_dict().items()}
    start_from_colour(motion, colour.state_dict())
    # Motion of one value everywhere is what the colours' network sees as grey, 20/3 times.
    grey = torch.rand(1, 1, 32, 32, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(
        motion.conv1(grey.repeat(1, 20, 1, 1)), 20 / 3 * colour.conv1(grey.repeat(1, 3, 1, 1))
    )
    given, after = colour.state_dict(), motion.state_dict()
    for name, tensor in after.items():
        if name.startswith("fc."):
            assert torch.equal(tensor, before[name])
        elif name != "conv1.weight":
            assert torch.equal(tensor, given[name])


@pytest.mark.parametrize("change", ["lacks", "other shape", "other backbone"])
def test_weights_of_something_else(change: str) -> None:
    tensors = dict(built().state_dict())
    if change == "lacks":
        del tensors["bn1.weight"]
    elif change == "other shape":
        tensors["layer1.0.conv1.weight"] = torch.zeros(1)
    else:
        tensors = {}
    with pytest.raises(ValueError, match=r"weights lack \d+ of the backbone's tensors, .* allowed"):
        start_from_colour(built(channels=4), tensors)


@pytest.mark.parametrize(("width", "last"), [(1.0, 256), (0.25, 64), (0.01, 3)])
def test_a_small_network_of_any_width(width: float, last: int) -> None:
    network = build_backbone("small", num_classes=5, channels=4, width=width).eval()
    assert network.classifier.in_features == 16 * last
    assert len([part for part in network.modules() if isinstance(part, torch.nn.BatchNorm2d)]) == 4
    with torch.inference_mode():
        assert network(torch.zeros(2, 4, 33, 47)).shape == (2, 5)


def test_a_width_of_what_has_but_one() -> None:
    check_backbone("small", width=0.5)
    with pytest.raises(
        ValueError, match=r"backbone is resnet18 and width 0\.5; width 1 is allowed"
    ):
        check_backbone("resnet18", width=0.5)


def test_weights_without_counts_of_batches() -> None:
    """torchvision's older files have none."""
    tensors = built(seed=1).state_dict()
    given = {name: one for name, one in tensors.items() if not name.endswith("num_batches_tracked")}
    assert len(given) < len(tensors)
    network = built(seed=2)
    start_from_colour(network, given)
    assert torch.equal(network.bn1.weight, given["bn1.weight"])


def test_imagenet_weights_that_cannot_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*_: object, **__: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", offline)
    with pytest.raises(
        ValueError, match=r"of resnet18 cannot be had \(no network\); fetch https://"
    ):
        imagenet_tensors("resnet18")
    with pytest.raises(ValueError, match="backbone small has no ImageNet weights; vgg16, resnet18"):
        imagenet_tensors("small")
    state = built(seed=3).state_dict()
    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", lambda *_, **__: state)
    assert imagenet_tensors("resnet18") is state
