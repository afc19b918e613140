"""OpenPose: its layers and names as published, its preprocessing, its weights on disk."""

import urllib.error
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
import torchvision
from safetensors.torch import save_file

from lossproof.models import open_model
from lossproof.models import openpose as room
from lossproof.models.normalisation import IMAGENET
from lossproof.models.openpose import (
    TO_HALF,
    OpenPose,
    OpenPoseSettings,
    StageMaps,
    build_openpose,
    imagenet_front,
    scaled_size,
)
from lossproof.models.weights_file import save_weights
from lossproof.records import Frame

from .drawn_people import PLACES, drawn, standing


@pytest.fixture(scope="module")
def network() -> OpenPose:
    return build_openpose(None).eval()


def published_names() -> set[str]:
    """The layers of the published body model, written down from its description."""
    names = {f"conv{stage}_{place}" for stage in (1, 2) for place in (1, 2)}
    names |= {f"conv3_{place}" for place in (1, 2, 3, 4)}
    names |= {"conv4_1", "conv4_2", "conv4_3_CPM", "conv4_4_CPM"}
    for branch in ("L1", "L2"):
        names |= {f"conv5_{place}_CPM_{branch}" for place in range(1, 6)}
        names |= {
            f"Mconv{place}_stage{stage}_{branch}" for stage in range(2, 7) for place in range(1, 8)
        }
    return names


def test_layers_have_the_published_names(network: OpenPose) -> None:
    wanted = {f"{name}.{kind}" for name in published_names() for kind in ("weight", "bias")}
    assert len(wanted) == 2 * 92
    assert set(network.state_dict()) == wanted


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("conv4_2", (512, 512, 3, 3)),
        ("conv4_3_CPM", (256, 512, 3, 3)),
        ("conv4_4_CPM", (128, 256, 3, 3)),
        ("conv5_1_CPM_L1", (128, 128, 3, 3)),
        ("conv5_4_CPM_L2", (512, 128, 1, 1)),
        ("conv5_5_CPM_L1", (38, 512, 1, 1)),
        ("conv5_5_CPM_L2", (19, 512, 1, 1)),
        # 128 features, 38 fields and 19 heat maps.
        ("Mconv1_stage2_L1", (128, 185, 7, 7)),
        ("Mconv5_stage6_L2", (128, 128, 7, 7)),
        ("Mconv6_stage3_L1", (128, 128, 1, 1)),
        ("Mconv7_stage6_L1", (38, 128, 1, 1)),
        ("Mconv7_stage6_L2", (19, 128, 1, 1)),
    ],
)
def test_layers_have_the_published_shapes(
    network: OpenPose, name: str, shape: tuple[int, ...]
) -> None:
    assert network.state_dict()[f"{name}.weight"].shape == shape


def test_it_has_the_published_number_of_parameters(network: OpenPose) -> None:
    assert sum(parameter.numel() for parameter in network.parameters()) == 52_311_446


def test_the_front_is_vgg19s() -> None:
    """Ten layers with torchvision's weights give what torchvision gives before its next pooling."""
    vgg = torchvision.models.vgg
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        features = vgg.make_layers(vgg.cfgs["E"])
    network = OpenPose().eval()
    theirs = [layer for layer in features if isinstance(layer, torch.nn.Conv2d)]
    seen: list[torch.Tensor] = []
    front = [name for layers in room._FRONT for name, *_ in layers]
    for name, layer in zip(front[:10], theirs, strict=False):
        network.get_submodule(name).load_state_dict(layer.state_dict())
    network.conv4_3_CPM.register_forward_hook(lambda _, given, __: seen.append(given[0]))
    images = torch.randn(1, 3, 32, 48, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        network(images)
        # conv4_2 is the tenth convolution, at place 21; its activation follows it.
        torch.testing.assert_close(seen[0], features[:23](images))


def test_the_front_sees_the_same_frame_as_torchvisions(tmp_path: Path) -> None:
    """Blue first and in [-0.5, 0.5) it says what VGG19 says of its own pixels, off the border."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        vgg = torchvision.models.vgg19(num_classes=1).eval()
    torch.save(vgg.state_dict(), tmp_path / "vgg19.pth")
    network = OpenPose(OpenPoseSettings(stages=1)).eval()
    imagenet_front(network, weights=tmp_path / "vgg19.pth")
    seen: list[torch.Tensor] = []
    network.conv4_3_CPM.register_forward_hook(lambda _, given, __: seen.append(given[0]))
    frame = np.random.default_rng(0).integers(0, 256, (152, 160, 3), dtype=np.uint8)
    with torch.inference_mode():
        network(TO_HALF.batch([frame]))
        wanted = vgg.features[:23](IMAGENET.batch([frame]))
    middle = (..., slice(6, -6), slice(6, -6))
    torch.testing.assert_close(seen[0][middle], wanted[middle], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("state", [{}, {"features.0.weight": torch.zeros(64, 3, 5, 5)}])
def test_imagenet_weights_of_another_network(
    state: dict[str, torch.Tensor], tmp_path: Path
) -> None:
    torch.save(state, tmp_path / "other.pth")
    network = OpenPose(OpenPoseSettings(stages=1))
    with pytest.raises(ValueError, match=r"lack features\.0\.weight .*torchvision's vgg19 is"):
        imagenet_front(network, weights=tmp_path / "other.pth")


def test_imagenet_weights_that_cannot_be_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise urllib.error.URLError("no route")

    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", unreachable)
    with pytest.raises(
        ValueError, match=r"of VGG19 cannot be had .*fetch https://.*vgg19.*\.pth on"
    ):
        imagenet_front(OpenPose(OpenPoseSettings(stages=1)))


def test_a_narrow_network_of_few_stages() -> None:
    """Every layer's channels but those of colours and maps; normalisation where it is wanted."""
    network = OpenPose(OpenPoseSettings(width=0.25, stages=2, batch_norm=True))
    shapes = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    assert shapes["conv1_1.weight"] == (16, 3, 3, 3)
    assert shapes["Mconv1_stage2_L1.weight"] == (32, 32 + 57, 7, 7)
    assert shapes["Mconv7_stage2_L2.weight"] == (19, 32, 1, 1)
    assert shapes["conv4_2_norm.running_mean"] == (128,)
    assert not [name for name in shapes if "stage3" in name]
    lasts = ("conv5_5_CPM_L1", "conv5_5_CPM_L2", "Mconv7_stage2_L1", "Mconv7_stage2_L2")
    assert not [name for name in shapes if name.startswith(tuple(f"{last}_norm" for last in lasts))]
    assert len(network(torch.zeros(1, 3, 16, 16))) == 2


def test_the_file_says_what_it_is_made_of(tmp_path: Path) -> None:
    path = tmp_path / "narrow.safetensors"
    stored = {"width": 0.0625, "stages": 2, "batch_norm": True, "box_size": 64}
    network = OpenPose(OpenPoseSettings(width=0.0625, stages=2, batch_norm=True, box_size=64))
    save_weights(path, network, arch="openpose", num_classes=1, settings=stored)
    loaded = build_openpose(path, given={"threshold": "0.05"}, seed=1)
    torch.testing.assert_close(loaded.state_dict(), network.state_dict())
    assert loaded.settings == OpenPoseSettings(0.05, 0.05, 64, 0.0625, 2, batch_norm=True)
    with pytest.raises(ValueError, match=r"trained with width 0\.0625, but width 0\.5 is given"):
        build_openpose(path, given={"width": "0.5"})


def test_stages_are_fed_with_fields_heat_maps_and_features(network: OpenPose) -> None:
    given: list[torch.Tensor] = []
    hook = network.Mconv1_stage4_L2.register_forward_hook(lambda _, x, __: given.append(x[0]))
    features: list[torch.Tensor] = []
    other = network.conv5_1_CPM_L1.register_forward_hook(lambda _, x, __: features.append(x[0]))
    with torch.inference_mode():
        stages = network(torch.zeros(1, 3, 16, 24))
    hook.remove()
    other.remove()
    assert len(stages) == 6
    assert all(one.fields.shape == (1, 38, 2, 3) for one in stages)
    assert all(one.heatmaps.shape == (1, 19, 2, 3) for one in stages)
    third = stages[2]
    torch.testing.assert_close(
        given[0], torch.cat([third.fields, third.heatmaps, features[0]], dim=1)
    )


PREFIXES = {"": "{}", "parts": "model0.{}", "branches": "model1_1.{}", "stages": "model6_2.{}"}


@pytest.mark.parametrize("prefix", PREFIXES.values())
def test_weights_of_conversions_load_by_their_names(
    network: OpenPose, tmp_path: Path, prefix: str
) -> None:
    tensors = {prefix.format(name): tensor for name, tensor in network.state_dict().items()}
    save_file(tensors, tmp_path / "body.safetensors")
    loaded = build_openpose(tmp_path / "body.safetensors", seed=1)
    for name, tensor in network.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], tensor)


def test_its_own_weights_are_read_as_they_were_saved(
    network: OpenPose, frames: list[Frame], tmp_path: Path
) -> None:
    path = tmp_path / "own.safetensors"
    save_weights(path, network, arch="openpose", num_classes=1)
    torch.testing.assert_close(build_openpose(path, seed=1).state_dict(), network.state_dict())
    model = open_model(f"openpose:{path},box_size=32", task="pose", num_classes=1, threads=1)
    assert model.name == "openpose box_size=32"
    other = open_model(f"openpose:{path},threshold=0.2", task="pose", num_classes=1)
    assert len({model.weights, other.weights}) == 2
    (poses,) = model.predict(frames[:1])
    assert poses.keypoints.shape[1:] == (17, 3)
    untrained = open_model("openpose", task="pose", num_classes=1)
    assert untrained.weights.startswith("untrained: ")


def test_weights_that_do_not_fit(network: OpenPose, tmp_path: Path) -> None:
    tensors = dict(network.state_dict())
    del tensors["conv1_1.bias"]
    save_file(tensors, tmp_path / "a.safetensors")
    with pytest.raises(ValueError, match=r"1 tensors: conv1_1\.bias is missing"):
        build_openpose(tmp_path / "a.safetensors")
    save_file(network.state_dict(), tmp_path / "b.safetensors", metadata={"arch": "segnet"})
    with pytest.raises(ValueError, match="have arch 'segnet'; 'openpose' is allowed"):
        build_openpose(tmp_path / "b.safetensors")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("threshold=2", "openpose threshold '2' is out of range; numbers from 0 to 1 are allowed"),
        ("box_size=8", "openpose box_size '8' is out of range; whole numbers from 32"),
        ("thresh=0.1", "openpose has no setting 'thresh'; its settings: threshold, limb_threshold"),
    ],
)
def test_settings_that_are_none(settings: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        open_model(f"openpose,{settings}", task="pose", num_classes=1)


class Seen(OpenPose):
    """In place of the network: keeps the images, and sees the people who are drawn for it."""

    def __init__(self, people: np.ndarray, size: tuple[int, int]) -> None:
        super().__init__(OpenPoseSettings(box_size=size[1], width=0.01, stages=1))
        self.maps = drawn(people, size)
        self.images = torch.empty(0)

    def forward(self, images: torch.Tensor) -> list[StageMaps]:
        self.images = images
        number = len(images)
        fields, heatmaps = (
            torch.from_numpy(maps)[None].expand(number, -1, -1, -1)
            for maps in (self.maps.fields, self.maps.heatmaps)
        )
        return [StageMaps(fields, heatmaps)]


def test_frames_are_scaled_padded_and_exchanged_and_poses_brought_back() -> None:
    """A frame of 500x200 becomes 460x184, and 464x184 with grey at the right."""
    frame = np.random.default_rng(0).integers(0, 256, (200, 500, 3), dtype=np.uint8)
    person = standing(150, 10, height=160)
    network = Seen(person[None], (460, 184))
    poses = room.predict_poses(network, [frame, frame], torch.device("cpu"))
    scaled = cv2.resize(frame, (460, 184), interpolation=cv2.INTER_CUBIC)
    wanted = scaled[..., ::-1].transpose(2, 0, 1).astype(np.float32) / 256 - 0.5
    assert network.images.shape == (2, 3, 184, 464)
    np.testing.assert_allclose(network.images[1, :, :, :460], wanted, atol=1e-6)
    assert (network.images[..., 460:] == 0).all()
    brought = (person[PLACES] + 0.5) * (500 / 460, 200 / 184) - 0.5
    for one in poses:
        assert one.keypoints.shape == (1, 17, 3)
        np.testing.assert_allclose(one.keypoints[0, :, :2], brought, atol=0.55)
        assert one.scores[0] > 1


@pytest.mark.parametrize(
    ("size", "scaled"), [((640, 480), (491, 368)), ((368, 368), (368, 368)), ((1, 900), (1, 368))]
)
def test_the_height_is_the_boxs(size: tuple[int, int], scaled: tuple[int, int]) -> None:
    assert scaled_size(size, 368) == scaled
