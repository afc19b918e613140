"""RAFT: torchvision's own answer, weights from a file, and weights that cannot be had."""

import urllib.error
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torchvision.models.optical_flow import Raft_Small_Weights, raft_small

from lossproof.models import open_model
from lossproof.models.flow import FlowMethod, optical_flow
from lossproof.models.raft import raft_flow
from lossproof.records import Clip


def untrained() -> torch.nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        return raft_small(weights=None).eval()


@pytest.fixture(scope="module")
def method(tmp_path_factory: pytest.TempPathFactory) -> FlowMethod:
    path = tmp_path_factory.mktemp("raft") / "raft.safetensors"
    save_file(untrained().state_dict(), path)
    return FlowMethod("raft_small", weights=path)


def noise(*shape: int) -> Clip:
    return np.random.default_rng(2).integers(0, 256, (*shape, 3), dtype=np.uint8)


def test_it_is_torchvisions_answer(method: FlowMethod) -> None:
    clip = noise(2, 128, 136)
    first, second = torch.from_numpy(clip).permute(0, 3, 1, 2)
    images = Raft_Small_Weights.C_T_V2.transforms()(first[None], second[None])
    with torch.inference_mode():
        wanted = untrained()(*images)[-1][0].permute(1, 2, 0).numpy()
    flow = raft_flow(clip, method=method)
    assert np.abs(wanted).max() > 0
    np.testing.assert_allclose(flow[0], wanted, rtol=1e-3, atol=1e-3 * np.abs(wanted).max())


def test_any_size_and_no_flow_of_one_frame(method: FlowMethod) -> None:
    clip = noise(2, 33, 47)
    flow = optical_flow(clip, method=method)
    assert flow.shape == (1, 33, 47, 2)
    assert np.isfinite(flow).all()
    assert optical_flow(clip[:1], method=method).shape == (0, 33, 47, 2)


def test_the_two_stream_network_takes_it(method: FlowMethod, tmp_path: Path) -> None:
    assert method.weights is not None
    told = "two_stream,backbone=resnet18,num_frames=1,flow=raft_small"
    moved = tmp_path / "moved.safetensors"
    moved.write_bytes(method.weights.read_bytes())
    plain, one, same = (
        open_model(spec, task="action", num_classes=3, threads=1)
        for spec in (told, *(f"{told},flow_weights={path}" for path in (method.weights, moved)))
    )
    assert (one.name, one.weights) == (same.name, same.weights)
    assert one.weights != plain.weights
    assert one.weights.startswith("untrained")
    (answer,) = one.predict([noise(2, 20, 30)])
    assert answer.motion.shape == (3,)


def test_weights_that_do_not_fit(tmp_path: Path) -> None:
    save_file({"a": torch.zeros(1)}, tmp_path / "a.safetensors")
    method = FlowMethod("raft_small", weights=tmp_path / "a.safetensors")
    with pytest.raises(ValueError, match="do not fit the network"):
        optical_flow(noise(2, 16, 16), method=method)


@pytest.mark.parametrize("name", ["raft", "raft_small"])
def test_weights_that_cannot_be_fetched(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise urllib.error.URLError("no route")

    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", unreachable)
    message = f"weights of {name} cannot be had .*fetch https://.*pth on .* as flow_weights; dis, "
    with pytest.raises(ValueError, match=message):
        optical_flow(noise(2, 16, 16), method=FlowMethod(name))


def test_only_raft_has_weights() -> None:
    with pytest.raises(ValueError, match=r"dis has no weights, but 'a' was given; .* for raft and"):
        FlowMethod("dis", weights=Path("a"))
