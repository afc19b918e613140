"""The two-stream network: what each stream sees, what fusion is, and which files make it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from lossproof.models import Model, open_model
from lossproof.models.clip_inputs import normalised_flow, square_flow, square_frames, without_mean
from lossproof.models.flow import FlowMethod, optical_flow
from lossproof.models.flow_cache import FlowCache
from lossproof.models.fusion import fused_logits
from lossproof.models.stream_settings import TwoStreamSettings, of_streams
from lossproof.models.two_stream import TwoStream, build_two_stream, stacked
from lossproof.models.weights_file import save_weights
from lossproof.records import Clip

SMALL = TwoStreamSettings(backbone="resnet18", num_frames=2, stack=2)
TOLD = "backbone=resnet18,num_frames=2,stack=2"


def opened(spec: str, *, told: str = TOLD, num_classes: int = 3, **options: Any) -> Model:
    whole = f"{spec},{told}" if told else spec
    return open_model(whole, task="action", num_classes=num_classes, threads=1, **options)


@pytest.fixture(scope="module")
def network() -> TwoStream:
    return build_two_stream(3, of_streams(SMALL), seed=8).eval()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, network: TwoStream) -> dict[str, Path]:
    """Weights of both streams in one file, and of each in its own."""
    folder = tmp_path_factory.mktemp("weights")
    paths = {name: folder / f"{name}.safetensors" for name in ("both", "spatial", "motion")}
    save_weights(paths["both"], network, arch="two_stream", num_classes=3)
    tensors = load_file(paths["both"])
    for name in ("spatial", "motion"):
        own = {key: tensor for key, tensor in tensors.items() if key.startswith(f"{name}.")}
        save_file(own, paths[name])
    return paths


def logits(stream: torch.nn.Module, images: np.ndarray) -> np.ndarray:
    with torch.inference_mode():
        return stream(torch.from_numpy(images)).numpy().mean(axis=0)


def test_each_stream_is_its_network_on_what_the_paper_says(
    network: TwoStream, files: dict[str, Path], clips: list[Clip]
) -> None:
    clip = np.concatenate([clips[0], clips[1], clips[2]])
    (answer,) = opened(f"two_stream:{files['both']}").predict([clip])
    spatial = logits(network.spatial, square_frames(clip, number=2, side=224))
    fields = normalised_flow(square_flow(optical_flow(clip), side=224))
    # 7 fields have 6 stacks of two; the middles of their halves begin at 1 and at 4.
    stacks = np.stack([np.concatenate([fields[at], fields[at + 1]]) for at in (1, 4)])
    motion = logits(network.motion, stacks)
    np.testing.assert_allclose(answer.spatial, spatial, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(answer.motion, motion, rtol=1e-3, atol=1e-4)
    np.testing.assert_array_equal(
        answer.fusion, fused_logits(answer.spatial, answer.motion, weight=0.5)
    )


@pytest.mark.parametrize(
    ("order", "wanted"), [("xyxy", [0, 10, 1, 11, 2, 12]), ("xxyy", [0, 1, 2, 10, 11, 12])]
)
def test_the_order_of_the_channels(order: str, wanted: list[int]) -> None:
    """x of the fields is 0, 1, 2 and y is 10, 11, 12."""
    fields = torch.tensor([[0, 10], [1, 11], [2, 12]]).float()[:, :, None, None]
    settings = TwoStreamSettings(stack=3, flow_order=order)
    assert stacked(fields, settings).squeeze().tolist() == wanted


@pytest.mark.parametrize(("num_frames", "repeats"), [(1, 0), (2, 1), (3, 2)])
def test_short_clips(
    network: TwoStream, files: dict[str, Path], clips: list[Clip], num_frames: int, repeats: int
) -> None:
    clip = clips[0][:num_frames]
    (answer,) = opened(f"two_stream:{files['motion']}").predict([clip])
    fields = normalised_flow(square_flow(optical_flow(clip), side=224))
    if num_frames == 1:
        assert not fields.any()
    pair = np.concatenate([fields[0], fields[-1]])[None]
    np.testing.assert_allclose(answer.motion, logits(network.motion, pair), rtol=1e-3, atol=1e-4)


def test_one_file_for_both_is_two_files_for_each(files: dict[str, Path], clips: list[Clip]) -> None:
    together = opened(f"two_stream:{files['both']}")
    apart = opened(f"two_stream:{files['spatial']},motion={files['motion']}")
    for one, other in zip(together.predict(clips), apart.predict(clips), strict=True):
        for name in ("spatial", "motion", "fusion"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert together.name == apart.name == f"two_stream {TOLD.replace(',', ' ')}"


@pytest.mark.parametrize(("has", "lacks"), [("spatial", "motion"), ("motion", "spatial")])
def test_one_stream_alone(files: dict[str, Path], clips: list[Clip], has: str, lacks: str) -> None:
    alone = opened(f"two_stream:{files[has]}")
    (answer,) = alone.predict(clips[:1])
    (both,) = opened(f"two_stream:{files['both']}").predict(clips[:1])
    assert alone.name.startswith(f"two_stream {has} only backbone=resnet18")
    np.testing.assert_array_equal(getattr(answer, has), getattr(both, has))
    assert getattr(answer, lacks) is None
    assert answer.fusion is None


def test_the_hash_covers_both_files_and_not_where_they_lie(
    files: dict[str, Path], tmp_path: Path
) -> None:
    spatial, motion = files["spatial"], files["motion"]
    wanted = opened(f"two_stream:{spatial},motion={motion}")
    moved = tmp_path / "moved.safetensors"
    moved.write_bytes(motion.read_bytes())
    same = opened(f"two_stream:{spatial},motion={moved}")
    assert (same.name, same.weights) == (wanted.name, wanted.weights)
    other = tmp_path / "other.safetensors"
    tensors = load_file(motion)
    save_file({**tensors, "motion.fc.bias": tensors["motion.fc.bias"] + 1}, other)
    hashes = {
        opened(spec, told=told).weights
        for spec in (
            f"two_stream:{spatial},motion={motion}",
            f"two_stream:{spatial},motion={other}",
            f"two_stream:{spatial}",
            f"two_stream:{motion}",
            "two_stream",
        )
        for told in (TOLD, f"{TOLD},flow=tvl1")
    }
    assert len(hashes) == 10


def test_weights_that_cannot_be(files: dict[str, Path], tmp_path: Path) -> None:
    strange = tmp_path / "strange.safetensors"
    save_file({"spatial.a": torch.zeros(1), "fc.bias": torch.zeros(1)}, strange)
    words, pickle = tmp_path / "words.safetensors", tmp_path / "a.pth"
    for path in (words, pickle):
        path.write_text("words, not tensors")
    spatial, motion = files["spatial"], files["motion"]
    for spec, message in (
        (f"two_stream,motion={motion}", r"without the spatial stream's weights; .*alone, two_str"),
        (f"two_stream:{motion},motion={motion}", r"have no tensors spatial\.\*; they are needed"),
        (f"two_stream:{spatial},motion={spatial}", r"have no tensors motion\.\*; they are needed"),
        (f"two_stream:{strange}", r"1 tensors such as \['fc.bias'\]; names spatial\.\* and"),
        ("two_stream:no.safetensors", r"weights 'no.safetensors' does not exist"),
        (f"two_stream:{spatial},motion=no.safetensors", r"weights 'no.safetensors' does not"),
        (f"two_stream:{spatial},motion={pickle}", r"a\.pth' are a pickle; safetensors are allowed"),
        (f"two_stream:{words}", r"words\.safetensors' cannot be read as safetensors"),
    ):
        with pytest.raises(ValueError, match=message):
            opened(spec)


@pytest.mark.parametrize(
    ("told", "num_classes", "message"),
    [
        ("backbone=resnet18", 3, r"motion.conv1.weight has shape \(64, 4, 7, 7\) instead of"),
        (TOLD.replace("18", "50"), 3, r"both.safetensors' do not fit the network in \d+ tensors"),
        (TOLD, 4, "have num_classes '3'; '4' is allowed"),
    ],
)
def test_weights_for_another_network(
    files: dict[str, Path], clips: list[Clip], told: str, num_classes: int, message: str
) -> None:
    model = opened(f"two_stream:{files['both']}", told=told, num_classes=num_classes)
    with pytest.raises(ValueError, match=message):
        model.predict(clips)


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ("colour=1", r"no setting 'colour'; .*fusion_weight, motion, flow_weights \(files\)"),
        ("flow=horn", r"flow 'horn' is not known; dis, farneback, tvl1, raft, raft_small are"),
        ("backbone=vgg11", r"backbone 'vgg11' is not known; vgg16, resnet18, resnet50, resnet101"),
        ("fusion_weight=1.5", r"fusion_weight '1.5' is out of range; numbers from 0 to 1 are"),
        ("stack=0", r"stack '0' is out of range; whole numbers from 1"),
        ("flow_weights=raft.safetensors", r"dis has no weights, but 'raft.safetensors' was given"),
        ("flow=raft,flow_weights=no.safetensors", r"weights 'no.safetensors' does not exist"),
    ],
)
def test_settings_that_cannot_be(told: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        opened("two_stream", told=told)


def test_the_weight_of_fusion_and_the_mean_of_flow(
    network: TwoStream, files: dict[str, Path], clips: list[Clip]
) -> None:
    clip = clips[1]
    told = f"{TOLD},fusion_weight=0.25,subtract_mean=true"
    (answer,) = opened(f"two_stream:{files['both']}", told=told).predict([clip])
    fields = normalised_flow(square_flow(without_mean(optical_flow(clip)), side=224))
    wanted = logits(network.motion, np.concatenate([fields[0], fields[0]])[None])
    np.testing.assert_allclose(answer.motion, wanted, rtol=1e-3, atol=1e-4)
    np.testing.assert_array_equal(
        answer.fusion, fused_logits(answer.spatial, answer.motion, weight=0.25)
    )


def test_flow_is_computed_once_from_the_clip_as_received(
    monkeypatch: pytest.MonkeyPatch, clips: list[Clip]
) -> None:
    asked = []

    def counted(clip: Clip, *, method: FlowMethod) -> np.ndarray:
        asked.append((clip.shape, method.name))
        return optical_flow(clip, method=method)

    monkeypatch.setattr("lossproof.models.two_stream.FLOWS", FlowCache(compute=counted))
    for told in (TOLD, TOLD, f"{TOLD},flow=farneback"):
        opened("two_stream", told=told).predict(clips[:1])
    assert asked == [((3, 36, 40, 3), "dis"), ((3, 36, 40, 3), "farneback")]


def test_a_seed_decides_the_weights_and_nothing_else_is_drawn() -> None:
    before = torch.get_rng_state()
    one, same, other = (
        build_two_stream(3, of_streams(SMALL), seed=seed).state_dict() for seed in (4, 4, 5)
    )
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(one[name], same[name]) for name in one)
    for name in ("spatial.conv1.weight", "motion.conv1.weight"):
        assert not torch.equal(one[name], other[name])


def test_pictures_and_clips_without_frames(clips: list[Clip]) -> None:
    model = opened("two_stream")
    for wrong in (clips[0][0], clips[0][:0]):
        with pytest.raises(ValueError, match=r"is given an array of shape .*; clips \(time, heig"):
            model.predict([wrong])


def test_logits_that_are_no_numbers(
    files: dict[str, Path], clips: list[Clip], tmp_path: Path
) -> None:
    tensors = load_file(files["spatial"])
    tensors["spatial.fc.bias"] = torch.full((3,), torch.nan)
    save_file(tensors, tmp_path / "nan.safetensors")
    with pytest.raises(ValueError, match="logits hold NaN; numbers are allowed"):
        opened(f"two_stream:{tmp_path / 'nan.safetensors'}").predict(clips[:1])


def written(folder: Path, stream: str, *, classes: tuple[str, ...] = (), **changes: Any) -> Path:
    """A file of one stream as training writes it, with what it was trained with."""
    own: dict[str, Any] = {"stream": stream, "backbone": "small", "width": 0.25, "side": 32}
    own = {**own, **({"stack": 2, "flow_order": "xxyy"} if stream == "motion" else {}), **changes}
    network = build_two_stream(3, of_streams(TwoStreamSettings(**own)), seed=3)
    path = folder / f"{'_'.join(map(str, own.values()))}{len(classes)}.safetensors"
    notes = {"classes": classes} if classes else {}
    save_weights(path, network, arch="two_stream", num_classes=3, settings=own, notes=notes)
    return path


def test_each_stream_has_the_settings_of_its_file(tmp_path: Path, clips: list[Clip]) -> None:
    spatial = written(tmp_path, "spatial")
    motion = written(tmp_path, "motion", side=48, width=0.5)
    fused = opened(f"two_stream:{spatial},motion={motion}", told="")
    alone = [opened(f"two_stream:{path}", told="") for path in (spatial, motion)]
    assert [one.name for one in (*alone, fused)] == [
        "two_stream spatial only backbone=small width=0.25 side=32",
        "two_stream motion only backbone=small width=0.5 side=48 stack=2 flow_order=xxyy",
        "two_stream backbone=small width=0.25+0.5 side=32+48 stack=2 flow_order=xxyy",
    ]
    (answer,), (one,), (other,) = (model.predict(clips[:1]) for model in (fused, *alone))
    np.testing.assert_array_equal(answer.spatial, one.spatial)
    np.testing.assert_array_equal(answer.motion, other.motion)
    settings = TwoStreamSettings(stream="spatial", backbone="small", width=0.25, side=32)
    network = build_two_stream(3, of_streams(settings), seed=3).eval()
    wanted = logits(network.spatial, square_frames(clips[0], number=25, side=32))
    np.testing.assert_allclose(one.spatial, wanted, rtol=1e-3, atol=1e-4)
    assert len({model.weights for model in (fused, *alone)}) == 3


def test_settings_that_are_not_the_files(tmp_path: Path) -> None:
    spatial, motion = written(tmp_path, "spatial"), written(tmp_path, "motion")
    for told, message in (
        ("side=64", r"spatial.*were trained with side 32, but side 64 is given; leave it away"),
        ("stack=3", r"motion.*were trained with stack 2, but stack 3 is given"),
        ("backbone=resnet18", r"trained with backbone small, but backbone resnet18 is given"),
        ("stream=motion", r"trained with stream spatial, but stream motion is given"),
    ):
        with pytest.raises(ValueError, match=message):
            opened(f"two_stream:{spatial},motion={motion}", told=told)
    with pytest.raises(ValueError, match=r"backbone is vgg16 and width 0\.5; width 1 is allowed"):
        opened("two_stream", told="width=0.5")


def test_one_stream_of_a_file_with_both(files: dict[str, Path], clips: list[Clip]) -> None:
    (both,) = opened(f"two_stream:{files['both']}").predict(clips[:1])
    one = opened(f"two_stream:{files['both']}", told=f"{TOLD},stream=motion")
    (answer,) = one.predict(clips[:1])
    assert one.name.startswith("two_stream motion only backbone=resnet18")
    assert one.weights != opened(f"two_stream:{files['both']}").weights
    np.testing.assert_array_equal(answer.motion, both.motion)
    assert (answer.spatial, answer.fusion) == (None, None)
    with pytest.raises(ValueError, match=r"have no tensors motion\.\*; stream=spatial is allowed"):
        opened(f"two_stream:{files['spatial']}", told="stream=motion")


def test_streams_of_other_classes(tmp_path: Path) -> None:
    spatial = written(tmp_path, "spatial", classes=("bowling", "diving", "rowing"))
    same = written(tmp_path, "motion", classes=("bowling", "diving", "rowing"))
    other = written(tmp_path, "motion", side=40, classes=("bowling", "diving", "running"))
    opened(f"two_stream:{spatial},motion={same}", told="")
    with pytest.raises(
        ValueError, match=r"have classes .*rowing.* and .*running.*; streams of the"
    ):
        opened(f"two_stream:{spatial},motion={other}", told="")


def test_a_stream_by_itself_is_called_like_its_network() -> None:
    settings = TwoStreamSettings(stream="motion", backbone="small", stack=2, side=32)
    network = build_two_stream(3, of_streams(settings)).eval()
    stack = torch.rand(2, 4, 32, 32, generator=torch.Generator().manual_seed(1))
    assert torch.equal(network(stack), network.motion(stack))
