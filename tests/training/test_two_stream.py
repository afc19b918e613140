"""Streams that are trained by themselves: their own score, and how their files open together."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torchvision.models import resnet18  # type: ignore[import-untyped,unused-ignore]

from lossproof.models import open_model
from lossproof.models.flow import optical_flow
from lossproof.training import (
    Augmentation,
    Compression,
    Schedule,
    Shelf,
    in_full,
    preset,
    stream_views,
    train,
)
from lossproof.training.job import open_job
from lossproof.training.loops.two_stream import TwoStreamTraining, start_stream
from lossproof.training.validation import validation_score

from .conftest import QUIET
from .worlds import H264_40, two_stream, write_actions

LONG = Schedule(learning_rate=0.05, batch_size=4, epochs=12, validate_every=12)


@pytest.fixture
def data(tmp_path: Path) -> str:
    return write_actions(tmp_path / "world")


@pytest.mark.parametrize("stream", ["spatial", "motion"])
def test_a_stream_learns_and_is_scored_by_itself(stream: str, data: str, shelf: Shelf) -> None:
    card = shelf.card(train(two_stream(data, stream=stream, schedule=LONG), shelf, QUIET))
    assert card.score_name == f"top1_{stream}"
    assert card.score == 1
    assert card.laps[-1].loss < 0.15 < card.laps[0].loss
    assert card.network_settings["stream"] == stream
    assert ("stack" in card.network_settings) == (stream == "motion")


def test_two_ids_are_fused_with_no_settings_given(data: str, shelf: Shelf) -> None:
    spatial = train(two_stream(data), shelf, QUIET)
    wide = {"stream": "motion", "backbone": "small", "width": 0.5, "side": 48, "stack": 3}
    motion = train(two_stream(data, settings=wide), shelf, QUIET)
    job = open_job(two_stream(data), shelf, QUIET)
    clip = job.arrivals.source(job.validation[0])

    def opened(spec: str) -> Any:
        return open_model(in_full(shelf, spec), task="action", num_classes=2, threads=1)

    model = opened(f"{spatial},motion={motion}")
    assert model.name.startswith("two_stream backbone=small width=0.25+0.5 side=32+48 stack=3 (")
    (fused,), (one,), (other,) = (
        opened(spec).predict([clip]) for spec in (f"{spatial},motion={motion}", spatial, motion)
    )
    np.testing.assert_array_equal(fused.spatial, one.spatial)
    np.testing.assert_array_equal(fused.motion, other.motion)
    assert fused.fusion is not None
    assert (one.motion, one.fusion, other.spatial) == (None, None, None)


def test_the_validation_score_is_that_of_the_opened_model(data: str, shelf: Shelf) -> None:
    recipe = two_stream(data, stream="motion", compression=H264_40)
    job = open_job(replace(recipe, parent=train(recipe, shelf, QUIET)), shelf, QUIET)
    network = start_stream(job).eval()
    codec = job.recipe.compression.codecs()[0]
    clips = [job.arrivals.frames(sample, codec) for sample in job.validation]
    spec = f"two_stream:{job.parent}"
    answers = open_model(spec, task="action", num_classes=2, threads=1).predict(clips)
    labels = [job.dataset.read_target(sample).label for sample in job.validation]
    right = [int(a.motion.argmax()) == label for a, label in zip(answers, labels, strict=True)]
    found = validation_score(job, network, torch.device("cpu"))
    assert found == pytest.approx(np.mean(right))


def test_a_stream_that_the_parent_does_not_have(data: str, shelf: Shelf, tmp_path: Path) -> None:
    parent = train(two_stream(data, stream="motion", epochs=1), shelf, QUIET)
    child = two_stream(data, parent=parent)
    with pytest.raises(ValueError, match="trained with stream motion, but stream spatial is given"):
        train(child, shelf, QUIET)
    plain = tmp_path / "plain.safetensors"
    save_file(load_file(shelf.weights(parent)), plain)
    with pytest.raises(ValueError, match=r"has no spatial stream; stream=motion is allowed"):
        train(replace(child, parent=str(plain)), shelf, QUIET)
    # The stream is the parent's where the recipe does not say.
    kept = shelf.card(train(replace(child, settings={}, method="recalibrate"), shelf, QUIET))
    assert kept.network_settings["stream"] == "motion"


def test_weights_of_colour_begin_a_stream(
    data: str, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {"stream": "motion", "backbone": "resnet18", "start": "imagenet", "side": 32, "stack": 2}
    asked = []

    def tensors(name: str) -> dict[str, torch.Tensor]:
        asked.append(name)
        return {key: torch.full_like(t, 0.5) for key, t in resnet18().state_dict().items()}

    monkeypatch.setattr("lossproof.training.loops.two_stream.imagenet_tensors", tensors)
    network = start_stream(open_job(two_stream(data, settings=own), shelf, QUIET))
    assert asked == ["resnet18"]
    first, *_ = network.parameters()
    assert first.shape[1] == 4
    assert (first == 0.5).all()
    with pytest.raises(ValueError, match="start is imagenet and backbone small, which has no"):
        TwoStreamTraining(start="imagenet", backbone="small")
    with pytest.raises(ValueError, match=r"backbone is vgg16 and width 0\.5; width 1 is allowed"):
        TwoStreamTraining(width=0.5)


def test_a_backbone_without_batch_normalisation_is_not_recalibrated(
    data: str, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())
    plain.append(torch.nn.Linear(3, 2))
    monkeypatch.setattr("lossproof.models.two_stream.build_backbone", lambda *_, **__: plain)
    parent = train(two_stream(data, epochs=1), shelf, QUIET)
    recipe = two_stream(data, parent=parent, method="recalibrate", compression=H264_40)
    with pytest.raises(ValueError, match="TwoStream has no batch normalisation to recalibrate"):
        train(recipe, shelf, QUIET)


def test_flow_is_computed_once_for_each_pair_and_level(
    data: str, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def counted(pair: Any, **options: Any) -> Any:
        asked.append(1)
        return optical_flow(pair, **options)

    monkeypatch.setattr(stream_views, "optical_flow", counted)
    both = Compression(codec="h264", levels=(23, 45))
    recipe = two_stream(data, stream="motion", compression=both)
    # What leaves memory goes to the disk, where the next run finds it.
    for _ in range(2):
        feed = open_job(recipe, shelf, replace(QUIET, memory_bytes=20_000)).feed()
        for epoch in range(6):
            list(feed.batches(epoch, range(feed.steps_per_epoch)))
    assert len(asked) <= 12 * 3 * 2 + 12  # a few were still in memory when the first run ended
    assert len(asked) > 12 * 3


def test_the_source_is_seen_at_the_same_place(data: str, shelf: Shelf) -> None:
    augmentation = Augmentation(flip=True, crop=(32, 32))
    for stream in ("spatial", "motion"):
        recipe = two_stream(data, stream=stream, augmentation=augmentation)
        lossy = replace(recipe, compression=H264_40)
        feed = open_job(lossy, shelf, QUIET).feed(with_source=True)
        plain = open_job(recipe, shelf, QUIET).feed()
        for index in range(8):
            example = feed.example(1, index)
            assert np.array_equal(example.source, plain.example(1, index).frames)
            assert not np.array_equal(example.source, example.frames)


def test_augmentation_before_the_codec(data: str, shelf: Shelf) -> None:
    before = Augmentation(flip=True, crop=(32, 32), order="before codec")
    recipe = two_stream(data, stream="motion", augmentation=before, compression=H264_40)
    batch = next(open_job(recipe, shelf, QUIET).feed(with_source=True).batches(0, range(1)))
    assert batch.images.shape == batch.sources.shape == (4, 4, 32, 32)
    assert not torch.equal(batch.images, batch.sources)


@pytest.mark.parametrize(
    ("name", "stream"),
    [
        ("small", "spatial"),
        ("small_motion", "motion"),
        ("paper", "spatial"),
        ("paper_motion", "motion"),
    ],
)
def test_presets_fit_the_family(name: str, stream: str) -> None:
    recipe = preset("two_stream", name, data="ucf101:here")
    own = TwoStreamTraining(**recipe.settings)
    assert own.stream == stream
    if name.startswith("paper"):
        schedule = recipe.schedule
        assert (schedule.learning_rate, schedule.momentum) == (1e-3, 0.9)
        assert (schedule.batch_size, schedule.epochs) == (12, 500)
        assert 2 * own.network.stack == 20


def test_a_job_of_an_archive_holds_some_of_its_clips_out(shared: Path, shelf: Shelf) -> None:
    data = f"frame_clips:{shared / 'action/ucf101_10class_3frame'}"
    job = open_job(preset("two_stream", "small_motion", data=data), shelf, QUIET)
    assert (len(job.training), len(job.validation)) == (3497, 388)
    labels = {job.dataset.read_target(sample).label for sample in job.validation}
    assert labels == set(range(10))
    example = job.feed().example(0, 5)
    assert example.frames.shape == (64, 64, 4)


def test_real_clips_become_batches(shared: Path, shelf: Shelf) -> None:
    recipe = preset(
        "two_stream",
        "small_motion",
        data=f"clips:{shared / 'action/surv_fight'}",
        validation="test",
        limit=3,
        compression=Compression(codec="h264", levels=(40,), frame_size=(128, 96)),
    )
    feed = open_job(recipe, shelf, QUIET).feed()
    (batch,) = feed.batches(0, range(1))
    assert batch.images.shape == (3, 4, 64, 64)
    assert batch.images.abs().max() > 0
