"""A torch network as a model: built when it is first needed, run on batches of equal frames."""

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, final

import torch
from torch import nn

from lossproof.models.batches import batches
from lossproof.models.denormals import without_denormals
from lossproof.models.model import Wanted, named_with
from lossproof.models.once import Once
from lossproof.models.weights_file import read_metadata, refuse_pickle
from lossproof.models.weights_hash import check_unchanged, content_digests, weights_hash
from lossproof.records import UNTRAINED, Frames, Setting
from lossproof.settings import spelled

_TURN = threading.Lock()
_DRAWING = threading.RLock()
_BATCH_SIZE_ON_GPU = 8
_TASKS_WITH_CLASSES = ("segmentation", "detection", "action")


Run = Callable[[Any, Sequence[Any], torch.device], Sequence[Any]]
"""From frames or clips of one shape, as they were prepared, to one prediction each, by a network on
its device."""


def _as_they_are(frames: Frames) -> Any:
    return frames


@dataclass(frozen=True, kw_only=True)
class Blueprint:
    """An architecture as it is wanted.

    ``version`` changes when the same weights would give other predictions: layers, normalisation,
    resizing. ``build`` makes the network, from the weights file it is given or, without one,
    untrained from its seed. ``prepare`` is what may be done to a frame or clip while other networks
    have their turn, by default nothing. ``others`` are further files that decide the predictions.
    ``settings`` and ``usual`` are the architecture's settings as they are and as they are by
    default. ``comes_with`` names weights that are had without a file.
    """

    arch: str
    version: str
    build: Callable[[Path | None], nn.Module]
    run: Run
    prepare: Callable[[Frames], Any] = _as_they_are
    others: tuple[Path, ...] = ()
    settings: Mapping[str, Setting] = field(default_factory=dict)
    usual: Mapping[str, Setting] = field(default_factory=dict)
    comes_with: str | None = None

    @property
    def name(self) -> str:
        """With the settings that are not as usual: ``openpose threshold=0.2``."""
        chosen = {key: value for key, value in self.settings.items() if value != self.usual[key]}
        return named_with(self.arch, {key: spelled(value) for key, value in chosen.items()})


def open_torch(blueprint: Blueprint, weights: Path | None, wanted: Wanted) -> "TorchModel":
    """The model of a blueprint.

    Raises ValueError for weights that are a pickle or not there, and for those of classes where the
    data names none.
    """
    if weights is not None and wanted.num_classes == 0 and wanted.task in _TASKS_WITH_CLASSES:
        _refuse_classes(weights)
    return TorchModel(blueprint, weights, wanted)


def _refuse_classes(weights: Path) -> None:
    """Raises ValueError for weights that tell classes apart."""
    content_digests([weights], kind="weights")  # says so where the file is not there
    number = read_metadata(weights).get("num_classes", "0")
    if number != "0":
        raise ValueError(
            f"weights {str(weights)!r} are for {number} classes, and the data names none; "
            f"data that names {number} is allowed: of a folder of pictures, a classes.txt in it "
            f"with {number} names, one on each line (see docs/labels.md)"
        )


def _built(blueprint: Blueprint, weights: Path | None, contents: Mapping[Path, str]) -> nn.Module:
    """Raises ValueError where a file is no longer what the model is known as."""
    network = without_denormals(blueprint.build(weights)).eval().requires_grad_(False)
    check_unchanged(contents)
    return network


def _contents(blueprint: Blueprint, weights: Path | None) -> Mapping[Path, str]:
    """The files that decide the predictions, and their digests."""
    files = [*([] if weights is None else [weights]), *blueprint.others]
    for file in files:
        refuse_pickle(file)
    return dict(zip(files, content_digests(files, kind="weights"), strict=True))


def _hash(blueprint: Blueprint, digests: Iterable[str], wanted: Wanted, *, trained: bool) -> str:
    settings = dict(blueprint.settings)
    if trained or blueprint.comes_with is not None:
        return weights_hash(blueprint.version, settings, blueprint.comes_with, *digests)
    told = f"{UNTRAINED}: {wanted.num_classes} classes, seed 0, {blueprint.version}"
    return ", ".join([told, *([str(settings)] if settings else []), *digests])


def _name(blueprint: Blueprint, weights: Path | None) -> str:
    """With what the weights files tell of their training: ``segnet (retrained on jpeg 10)``."""
    files = [*([] if weights is None else [weights]), *blueprint.others]
    told = [title for file in files if (title := read_metadata(file).get("title"))]
    return f"{blueprint.name} ({' + '.join(dict.fromkeys(told))})" if told else blueprint.name


@final
class TorchModel:
    """Frames or clips to predictions; threads take turns with it.

    On the CPU frames go through one by one: that is as quick as in batches, and a prediction then
    cannot depend on the frames beside it. ``threads`` is torch's own setting for the process, set
    while predicting and then put back.
    """

    def __init__(self, blueprint: Blueprint, weights: Path | None, wanted: Wanted) -> None:
        contents = _contents(blueprint, weights)
        trained = weights is not None
        self.weights = _hash(blueprint, contents.values(), wanted, trained=trained)
        self.name = _name(blueprint, weights)
        device = self._device = torch_device(wanted.device)
        self.batch_size = 1 if device.type == "cpu" else _BATCH_SIZE_ON_GPU
        self._network = Once(lambda: _built(blueprint, weights, contents).to(device))
        self._prepare = blueprint.prepare
        self._run = blueprint.run
        self._threads = wanted.threads

    def predict(self, frames: Sequence[Frames]) -> list[Any]:
        """One prediction per frame. Raises ValueError when weights or frames do not fit."""
        network = self._network()
        predictions: dict[int, Any] = {}
        for places in batches(frames, size=self.batch_size):
            prepared = [self._prepare(frames[place]) for place in places]
            with _threads(self._threads), torch.inference_mode():
                answer = self._run(network, prepared, self._device)
            predictions.update(zip(places, answer, strict=True))
        return [predictions[place] for place in range(len(frames))]


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


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Networks built inside begin from ``seed``; torch's global generator is as before after it.

    It is the whole process's, so threads take turns.
    """
    with _DRAWING, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


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
