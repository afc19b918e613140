"""The task's own score of a network on the validation split, at the recipe's compression."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Shaped
from torch import nn

from lossproof.errors import AnswerIsNone
from lossproof.ragged import Ragged
from lossproof.records import Frames, Sample, Stat
from lossproof.resizing import frame_size_of
from lossproof.training.job import Job


class _Arrived(NamedTuple):
    frames: Frames
    target: Any


def validation_score(job: Job, network: nn.Module, device: torch.device) -> float:
    """The task's headline score, measured as a sweep does: predictions at the target's own size.

    Of several levels each sample always has the same one. Samples that are damaged are left out and
    noted in the job's ``damaged``. The network is left in the mode that it was in. Raises
    ValueError when no sample can be read, and AnswerIsNone.
    """
    training = network.training
    network.eval()
    with torch.inference_mode(), exact(network):
        stats = list(_stats(job, network, device))
    network.train(training)
    if not stats:
        first = job.validation[0].id
        raise ValueError(
            f"all {len(job.validation)} validation samples failed, first {first}: "
            f"{job.damaged[first]}"
        )
    return float(job.task.summarise(_stacked(stats), None)[job.task.headline][0])


@contextmanager
def exact(network: nn.Module) -> Iterator[None]:
    """Inside, a network that Accelerate runs in mixed precision runs in 32 bits."""
    mixed = vars(network).pop("forward", None)
    try:
        yield
    finally:
        if mixed is not None:
            vars(network)["forward"] = mixed


def _stats(job: Job, network: nn.Module, device: torch.device) -> Iterator[Stat]:
    for arrived in _arrived(job):
        yield job.task.sample_stat(_answer(job, network, arrived, device), arrived.target)


def _answer(job: Job, network: nn.Module, arrived: _Arrived, device: torch.device) -> Any:
    """What the network says, as the metric takes it. Raises AnswerIsNone."""
    try:
        (prediction,) = job.family.predict(network, [arrived.frames], device)
        fitted = job.task.fit(prediction, frame_size_of(arrived.frames), arrived.target)
        job.task.validate(fitted, arrived.target)
    except ValueError as error:
        raise AnswerIsNone(str(error)) from error
    return fitted


def _arrived(job: Job) -> Iterator[_Arrived]:
    codecs = job.recipe.compression.codecs()

    def read(place: int, sample: Sample) -> _Arrived | None:
        try:
            frames = job.arrivals.frames(sample, codecs[place % len(codecs)])
            return _Arrived(frames, job.dataset.read_target(sample))
        except ValueError as error:
            job.damaged[sample.id] = " ".join(str(error).split())
            return None

    block = 4 * job.conditions.threads
    with ThreadPoolExecutor(job.conditions.threads, thread_name_prefix="validation") as pool:
        for start in range(0, len(job.validation), block):
            some = enumerate(job.validation[start : start + block], start)
            for arrived in pool.map(lambda pair: read(*pair), some):
                if arrived is not None:
                    yield arrived


def _stacked(stats: Sequence[Stat]) -> dict[str, Shaped[np.ndarray, "..."] | Ragged]:
    """Statistics of samples together, as ``Stat`` says."""
    return {name: _together([stat[name] for stat in stats]) for name in stats[0]}


def _together(values: Sequence[Any]) -> Any:
    return Ragged.join(values) if isinstance(values[0], Ragged) else np.stack(values)
