"""Networks of torch as models: what their names promise."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from lossproof.models import open_model
from lossproof.models.segnet import SegNet, SegNetSettings
from lossproof.models.torch_model import seeded
from lossproof.models.weights_file import save_weights
from lossproof.records import Frame


def test_seeded_draws_of_several_threads_do_not_mix() -> None:
    def draws(seed: int) -> torch.Tensor:
        with seeded(seed):
            return torch.cat([torch.rand(10) for _ in range(50)])

    alone = [draws(seed) for seed in range(8)]
    with ThreadPoolExecutor(8) as pool:
        for one, together in zip(alone, pool.map(draws, range(8)), strict=True):
            assert torch.equal(one, together)


def test_weights_that_change_after_the_model_was_opened(
    frames: list[Frame], tmp_path: Path
) -> None:
    path, other = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    for seed, file in enumerate((path, other)):
        network = SegNet(3, SegNetSettings(width=0.1), seed=seed)
        save_weights(file, network, arch="segnet", num_classes=3, settings={"width": 0.1})
    model = open_model(f"segnet:{path}", task="segmentation", num_classes=3)
    shutil.copy(other, path)
    with pytest.raises(ValueError, match=r"a\.safetensors' were changed after they were opened"):
        model.predict(frames[:1])
    again = open_model(f"segnet:{path}", task="segmentation", num_classes=3)
    assert again.predict(frames[:1])[0].shape == frames[0].shape[:2]
