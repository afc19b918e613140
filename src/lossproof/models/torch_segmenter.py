"""A torch network that gives logits per pixel, as a model."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from lossproof.models.batches import batches
from lossproof.models.first_max import first_max
from lossproof.models.normalisation import IMAGENET, Normalisation
from lossproof.models.once import Once
from lossproof.records import ClassMap, Frame

_TURN = threading.Lock()


@final
@dataclass(kw_only=True)
class TorchSegmenter:
    """Frames to class maps, each of its frame's size; threads take turns with it.

    ``build`` makes the network, weights in it; it maps normalised images (B, 3, H, W) to logits
    (B, num_classes, H, W). On the CPU frames go through one by one: that is as quick as in batches,
    and a prediction then cannot depend on the frames beside it. ``trained`` is False for a network
    whose weights are still those of its initialisation. ``threads`` is torch's own setting for the
    process, set while predicting and then put back.
    """

    name: str
    weights: str
    trained: bool
    build: Callable[[], nn.Module]
    device: str = "cpu"
    threads: int | None = None
    normalisation: Normalisation = IMAGENET
    batch_size: int = field(init=False)

    def __post_init__(self) -> None:
        self._device = torch_device(self.device)
        self._network = Once(self._load)
        self.batch_size = 1 if self._device.type == "cpu" else 8

    def predict(self, frames: Sequence[Frame]) -> list[ClassMap]:
        """One class map (H, W) per frame. Raises ValueError when weights or frames do not fit."""
        network = self._network()
        class_maps: dict[int, ClassMap] = {}
        with _threads(self.threads), torch.inference_mode():
            for places in batches(frames, size=self.batch_size):
                images = np.stack([self.normalisation.planes(frames[place]) for place in places])
                logits = network(torch.from_numpy(images).to(self._device))
                class_maps.update(zip(places, _class_maps(logits), strict=True))
        return [class_maps[place] for place in range(len(frames))]

    def _load(self) -> nn.Module:
        return self.build().eval().requires_grad_(False).to(self._device)


def torch_device(name: str) -> torch.device:
    """The torch device called ``name``. Raises ValueError when it is unknown or not there."""
    try:
        device = torch.device(name)
    except RuntimeError:
        raise ValueError(f"device {name!r} is unknown; cpu, cuda or cuda:N are allowed") from None
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise ValueError(
            f"device {name!r} is not there; {torch.cuda.device_count()} CUDA devices are"
        )
    return device


def _class_maps(logits: Float[Tensor, "b c h w"]) -> list[ClassMap]:
    if logits.device.type == "cpu":
        return [first_max(of_one) for of_one in logits.numpy()]
    if logits.isnan().any():
        raise ValueError("the network's logits hold NaN; numbers are allowed")
    return list(logits.argmax(dim=1).to(torch.int32).cpu().numpy())


@contextlib.contextmanager
def _threads(number: int | None) -> Iterator[None]:
    """Predict on so many threads. The number is the whole process's, so networks take turns."""
    with _TURN:
        before = torch.get_num_threads()
        torch.set_num_threads(number or before)
        try:
            yield
        finally:
            torch.set_num_threads(before)
