"""SegNet: its parts against torchvision's VGG16, its sizes, its weights on disk."""

import urllib.error
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision

from lossproof.models import open_model
from lossproof.models.segnet import SegNet, SegNetSettings, imagenet_encoder
from lossproof.models.weights_file import save_weights
from lossproof.records import Frame


@pytest.fixture(scope="module")
def network() -> SegNet:
    return SegNet(11).eval()


@pytest.fixture(scope="module")
def vgg() -> torchvision.models.VGG:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        features = torchvision.models.vgg16_bn(num_classes=1).eval()
        for layer in features.features:
            if isinstance(layer, torch.nn.BatchNorm2d):
                layer.running_mean.normal_(std=0.1)
                layer.running_var.uniform_(0.5, 1.5)
    return features


def count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def test_it_has_the_published_number_of_parameters(
    network: SegNet, vgg: torchvision.models.VGG
) -> None:
    assert count(network.encoder) == count(vgg.features) == 14_723_136
    # Published as 29.4 to 29.5 million, by the number of classes.
    assert count(network) == pytest.approx(29.45e6, rel=2e-3)


@pytest.mark.parametrize("size", [(32, 32), (33, 47), (36, 50), (63, 32)])
def test_logits_have_the_images_size(network: SegNet, size: tuple[int, int]) -> None:
    with torch.inference_mode():
        assert network(torch.zeros(2, 3, *size)).shape == (2, 11, *size)


def test_weights_of_classes_that_nobody_named_say_what_is_needed(tmp_path: Path) -> None:
    file = tmp_path / "own.safetensors"
    save_weights(file, SegNet(2, SegNetSettings(width=0.1)), arch="segnet", num_classes=2)
    with pytest.raises(ValueError, match=r"are for 2 classes, .* classes\.txt in it with 2 names"):
        open_model(f"segnet:{file}", task="segmentation", num_classes=0)
    assert open_model(f"segnet:{file}", task="segmentation", num_classes=2)


@pytest.mark.parametrize("size", [(31, 40), (40, 7), (1, 1)])
def test_small_images_are_padded_with_their_border(network: SegNet, size: tuple[int, int]) -> None:
    image = torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(0))
    height, width = size
    rows = torch.arange(max(32, height)).clamp(max=height - 1)
    columns = torch.arange(max(32, width)).clamp(max=width - 1)
    padded = image[:, :, rows][..., columns]
    with torch.inference_mode():
        found, whole = network(image), network(padded)
    assert found.shape[2:] == size
    torch.testing.assert_close(found, whole[..., :height, :width])


def test_the_encoder_is_vggs(network: SegNet, vgg: torchvision.models.VGG, tmp_path: Path) -> None:
    torch.save(vgg.state_dict(), tmp_path / "vgg.pth")
    own = SegNet(2).eval()
    imagenet_encoder(own, weights=tmp_path / "vgg.pth")
    images = torch.randn(1, 3, 32, 48, generator=torch.Generator().manual_seed(0))
    values = images
    with torch.inference_mode():
        for stage in own.encoder:
            values = torch.nn.functional.max_pool2d(stage(values), 2)
        torch.testing.assert_close(values, vgg.features(images))
    # The rest stays as the seed made it.
    torch.testing.assert_close(own.decoder.state_dict(), SegNet(2).decoder.state_dict())


def test_values_go_back_to_where_pooling_took_them_from() -> None:
    """With every stage an identity, each 2x2 maximum stays in place and all else is zero."""
    network = SegNet(2).eval()
    network.encoder = torch.nn.ModuleList([torch.nn.Identity()] * 5)
    network.decoder = torch.nn.ModuleList([torch.nn.Identity()] * 5)
    network.classifier = torch.nn.Identity()
    images = torch.rand(1, 3, 35, 64, generator=torch.Generator().manual_seed(0)) + 1
    peak = torch.zeros_like(images)
    for channel in range(3):
        for column in (0, 32):
            block = images[0, channel, :32, column : column + 32]
            row, place = divmod(int(block.argmax()), 32)
            peak[0, channel, row, column + place] = block.max()
    torch.testing.assert_close(network(images), peak)


def test_gradients_reach_every_parameter() -> None:
    network = SegNet(3)
    images = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    torch.nn.functional.cross_entropy(network(images), torch.zeros(2, 32, 32).long()).backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
    assert network.encoder[0][0][0].weight.grad.abs().sum() > 0


def test_a_seed_decides_the_weights_and_nothing_else_is_drawn() -> None:
    before = torch.get_rng_state()
    one, same, other = (SegNet(2, seed=seed).state_dict() for seed in (4, 4, 5))
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(one["classifier.weight"], other["classifier.weight"])
    kernel = one["decoder.0.0.0.weight"]
    assert kernel.std().item() == pytest.approx((2 / (512 * 9)) ** 0.5, rel=0.01)


@pytest.mark.parametrize("content", [None, [1, 2], {"features.0.weight": torch.zeros(1)}])
def test_imagenet_weights_that_are_none(tmp_path: Path, content: object) -> None:
    path = tmp_path / "vgg.pth"
    if content is None:
        path.write_text("words")
    else:
        torch.save(content, path)
    with pytest.raises(ValueError, match=r"a state dict"):
        imagenet_encoder(SegNet(2), weights=path)


def test_imagenet_weights_that_cannot_be_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise urllib.error.URLError("no route")

    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", unreachable)
    with pytest.raises(ValueError, match=r"cannot be had .*fetch https://.*vgg16_bn.*\.pth on"):
        imagenet_encoder(SegNet(2))


def test_saved_weights_predict_as_before(
    network: SegNet, frames: list[Frame], tmp_path: Path
) -> None:
    path = tmp_path / "mine.safetensors"
    seeded = SegNet(11, seed=9).eval()
    save_weights(path, seeded, arch="segnet", num_classes=11)
    model = open_model(f"segnet:{path}", task="segmentation", num_classes=11, threads=1)
    untrained = open_model("segnet", task="segmentation", num_classes=11)
    assert untrained.weights.startswith("untrained")
    assert not model.weights.startswith("untrained")
    assert model.weights != untrained.weights
    # torchvision's own normalisation as the reference.
    to_tensor = torchvision.transforms.functional.to_tensor
    weights = torchvision.models.VGG16_BN_Weights.IMAGENET1K_V1.transforms()
    image = torchvision.transforms.functional.normalize(
        to_tensor(frames[2]), weights.mean, weights.std
    )
    with torch.inference_mode():
        wanted = seeded(image[None])[0].argmax(dim=0).numpy()
    assert (model.predict(frames)[2] == wanted).mean() > 0.999


def test_untrained_networks_for_other_classes_have_other_hashes() -> None:
    hashes = {
        open_model("segnet", task="segmentation", num_classes=number).weights
        for number in (2, 3, 3)
    }
    assert len(hashes) == 2


@pytest.mark.parametrize("suffix", ["pt", "pth"])
def test_pickles_are_refused_with_the_way_out(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"mine.{suffix}"
    torch.save({}, path)
    with pytest.raises(
        ValueError, match=r"are a pickle; safetensors are allowed, convert with: py"
    ):
        open_model(f"segnet:{path}", task="segmentation", num_classes=3)


def test_threads_are_put_back(frames: list[Frame]) -> None:
    before = torch.get_num_threads()
    predictions = open_model("segnet", task="segmentation", num_classes=2, threads=2).predict(
        frames[:1]
    )
    assert torch.get_num_threads() == before
    assert np.shape(predictions) == (1, 36, 40)


@pytest.mark.parametrize("kernel", [3, 7])
def test_segnet_basic_has_four_stages_of_one_convolution(kernel: int) -> None:
    network = SegNet(5, SegNetSettings(layout="basic", kernel=kernel, width=0.25)).eval()
    shapes = {name: tuple(value.shape) for name, value in network.named_parameters()}
    kernels = [shape for shape in shapes.values() if len(shape) == 4]
    assert kernels == [(16, 3, kernel, kernel), *[(16, 16, kernel, kernel)] * 7, (5, 16, 1, 1)]
    with torch.inference_mode():
        assert network(torch.rand(1, 3, 45, 67)).shape == (1, 5, 45, 67)


def test_an_even_kernel_is_refused() -> None:
    with pytest.raises(ValueError, match="kernel is 4; odd numbers are allowed"):
        SegNetSettings(kernel=4)
