"""Training from bitstreams against pictures held in memory, and what its parts cost alone."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from benchmarks.ratio import Amount, Ratio, take_turns
from benchmarks.sweeps import CAMVID, SHARED
from lossproof.training import Compression, Conditions, Shelf, preset
from lossproof.training.family import Batch
from lossproof.training.feed import Feed
from lossproof.training.job import Job, open_job
from lossproof.training.journal import channels_last
from lossproof.training.label_free import few_images, recalibrate
from lossproof.training.loops.segnet import start_segnet, weights_of_classes
from lossproof.training.losses import class_loss
from lossproof.training.optimisers import sgd_or_adam

FRAME_SIZE = (240, 180)
THREADS = os.cpu_count() or 1
JPEG = Compression(codec="jpeg", levels=(10,), frame_size=FRAME_SIZE)
IN_MEMORY = Compression(frame_size=FRAME_SIZE)
CPU = torch.device("cpu")


def measure(amount: Amount) -> Iterator[Ratio]:
    """Nothing without the real data beside the checkout."""
    if not SHARED.is_dir():
        print(f"| left out: training needs {SHARED} | | | | |")
        return
    with tempfile.TemporaryDirectory() as folder:
        yield from _measure(Path(folder), amount.repeats)


def _measure(folder: Path, repeats: int) -> Iterator[Ratio]:
    job, raw = (_job(folder, compression) for compression in (JPEG, IN_MEMORY))
    first, network = start_segnet(job), channels_last(start_segnet(job))
    feed, raw_feed = job.feed(), raw.feed()
    batches = _batches(feed)
    found = take_turns(
        repeats,
        bitstreams=lambda: _epoch(job, network, feed),
        memory=lambda: _epoch(raw, network, raw_feed),
        network=lambda: _steps(job, network, batches),
        channels_first=lambda: _steps(job, first, batches),
        feed=lambda: _batches(feed),
        recalibration=lambda: recalibrate(network, few_images(feed, _unseen), device=CPU),
        forward=lambda: _forward(network, batches),
    )
    what = f"narrow SegNet, {len(job.training)} CamVid pictures at 240x180, JPEG 10"
    one = str(found)
    yield Ratio(
        f"{what}: an epoch from bitstreams / from memory",
        found.ratio("bitstreams", "memory"),
        "at most",
        1.10,
        one,
    )
    yield Ratio(
        f"{what}: the network alone / the data side alone",
        found.ratio("network", "feed"),
        "at least",
        5.0,
        one,
    )
    yield Ratio(
        f"{what}: the network with channels first / last",
        found.ratio("channels_first", "network"),
        "at least",
        1.0,
        one,
    )
    yield Ratio(
        f"{what}: recalibration / an epoch's forward passes",
        found.ratio("recalibration", "forward"),
        "at most",
        1.0,
        one,
    )


def _unseen(step: int, total: int, loss: float) -> None:
    """Nobody looks on."""


def _job(folder: Path, compression: Compression) -> Job:
    recipe = replace(preset("segnet", "small", data=CAMVID), compression=compression)
    return open_job(recipe, Shelf(folder), Conditions(threads=THREADS))


def _batches(feed: Feed) -> list[Batch]:
    return list(feed.batches(0, range(feed.steps_per_epoch)))


def _epoch(job: Job, network: nn.Module, feed: Feed) -> None:
    _steps(job, network, feed.batches(0, range(feed.steps_per_epoch)))


def _steps(job: Job, network: nn.Module, batches: Iterator[Batch] | Sequence[Batch]) -> None:
    """The loop of ``train_segnet`` without its journal."""
    optimiser = sgd_or_adam(network, job.recipe.schedule)
    weights = torch.from_numpy(weights_of_classes(job))
    network.train()
    for batch in batches:
        loss = class_loss(network(batch.images), batch.targets, weights)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def _forward(network: nn.Module, batches: Sequence[Batch]) -> None:
    network.eval()
    with torch.inference_mode():
        for batch in batches:
            network(batch.images)
