"""Evidence that is measured when it is asked for."""

from pathlib import Path

import pytest

from lossproof.codecs import make_codec
from lossproof.codecs.webp import WebP
from lossproof.decisions.evidence import NothingMeasured
from lossproof.decisions.measured import Measured, arm_of
from lossproof.runs.engines import make_engine
from lossproof.runs.partly import Partly
from lossproof.runs.run import Conditions
from lossproof.runs.sweep import Machine, Point, Work
from lossproof.store import Store
from tests.fakes import frames_predicted, write_model, write_world

POINTS = tuple(
    Point(codec) for codec in (make_codec("source"), make_codec("jpeg", 50), make_codec("webp", 50))
)


@pytest.fixture
def evidence(tmp_path: Path) -> Measured:
    return measured(tmp_path)


def measured(tmp_path: Path, *, batch_size: int = 1) -> Measured:
    work = Work(
        task="segmentation",
        data=write_world(tmp_path / "world", num_samples=5),
        models=(write_model(tmp_path / "model", batch_size=batch_size),),
        points=POINTS,
        split=None,
        limit=None,
        seed=0,
    )
    conditions = Conditions(engine=make_engine("serial", workers=1), machine=Machine(1))
    return Measured(Partly(work, Store(tmp_path / "store"), conditions))


def test_pairs_are_of_the_samples_of_a_look(evidence: Measured) -> None:
    jpeg, _ = evidence.arms
    evidence.look([jpeg], [3, 1])
    source, arrived = evidence.pair(jpeg, [3, 1])
    assert source.sample_ids == arrived.sample_ids == evidence.source([3, 1]).sample_ids
    assert (source.num_samples, evidence.passes) == (2, 4)


@pytest.mark.parametrize(("batch_size", "passes"), [(1, 4), (4, 8)])
def test_passes_are_what_the_model_was_given(tmp_path: Path, batch_size: int, passes: int) -> None:
    """One that takes several together is given whole batches, as in a sweep."""
    evidence = measured(tmp_path, batch_size=batch_size)
    jpeg, _ = evidence.arms
    evidence.look([jpeg], [3, 1])
    evidence.look([jpeg], [1])
    assert evidence.passes == passes == frames_predicted(tmp_path / "model")


def test_an_arm_that_fails_on_every_sample_leaves_the_others(
    evidence: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: WebP, frames: object) -> bytes:
        raise ValueError("the encoder is broken")

    monkeypatch.setattr(WebP, "encode", fail)
    jpeg, webp = evidence.arms
    evidence.look([jpeg, webp], range(5))
    assert evidence.pair(jpeg, range(5))[1].num_samples == 5
    with pytest.raises(NothingMeasured, match="webp at quality 50 could not be measured on any of"):
        evidence.pair(webp, range(5))
    assert {one.reason for one in evidence.failures} == {"the encoder is broken"}


def test_the_title_has_the_settings_that_are_not_usual() -> None:
    usual, full = (
        arm_of(Point(make_codec("jpeg", 100, **chosen), (320, 240)))
        for chosen in ({}, {"subsampling": "4:4:4", "optimize": True})
    )
    assert usual.title == "jpeg at quality 100, 320x240"
    assert full.title == "jpeg:subsampling=4:4:4,optimize=true at quality 100, 320x240"
    assert (usual.settings, usual.curve == full.curve) == ((), False)
