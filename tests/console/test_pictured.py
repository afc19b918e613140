"""A report draws its pictures anew where data and model are still what they were."""

from pathlib import Path

import pytest

from lossproof.codecs import make_codec
from lossproof.console.pictured import with_pictures
from lossproof.records import Labels
from lossproof.report.page.contents import Contents, contents_of
from lossproof.report.rows import no_progress
from lossproof.runs.engines import make_engine
from lossproof.runs.run import Conditions, run
from lossproof.runs.sweep import Machine, Point, Sweep
from lossproof.store import Store
from tests.fakes import write_model, write_world


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sweep from a folder of its own, with a name of the data that only holds from there."""
    return swept(tmp_path, monkeypatch, "camvid:world")


def swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: str, labels: Labels = "dataset"
) -> Path:
    write_world(tmp_path / "world", num_samples=6)
    monkeypatch.chdir(tmp_path)
    sweep = Sweep(
        task="segmentation",
        data=(data,),
        models=(write_model(tmp_path / "model"),),
        points=tuple(Point(make_codec("jpeg", level)) for level in (95, 50, 5)),
        labels=labels,
    )
    engine = make_engine("serial", workers=1)
    run(sweep, Store(tmp_path / "store"), Conditions(engine=engine, machine=Machine()))
    monkeypatch.chdir("/")
    return tmp_path / "store"


def pictured(store: Path, number: int, said: list[str]) -> Contents:
    return with_pictures(
        contents_of(store), store, number=number, say=said.append, progress=no_progress
    )


def test_the_samples_that_lose_most_are_drawn(store: Path) -> None:
    said: list[str] = []
    found = pictured(store, 2, said)
    assert not said
    assert len(found.pictures) == 1
    worst = [sample for sample, _ in found.breaking[0].damages[:2]]
    assert [one.sample for one in found.gallery] == worst
    assert [view.level for view in found.gallery[0].views] == [None, 95, 50, 5]
    assert [view.damage for view in found.gallery[0].views][:2] == [0.0, 0.0]


def test_pictures_that_nobody_has_labelled_are_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    found = pictured(swept(tmp_path, monkeypatch, "pictures:world/test", "model"), 2, said)
    assert not said
    assert len(found.pictures) == 1
    worst = [sample for sample, _ in found.breaking[0].damages[:2]]
    assert [one.sample for one in found.gallery] == worst


def test_none_are_asked_for(store: Path) -> None:
    found = pictured(store, 0, [])
    assert (found.pictures, found.gallery) == ((), ())
    with pytest.raises(ValueError, match="--pictures is -1; 0 or more are allowed"):
        pictured(store, -1, [])


def test_data_that_changed_are_not_drawn(store: Path) -> None:
    write_world(store.parent / "world", num_samples=6, seed=1)
    said: list[str] = []
    assert not pictured(store, 2, said).gallery
    assert said == [
        "no pictures of nearest on camvid test: the data is another now than when it was measured"
    ]


def test_a_model_that_is_gone_is_named(store: Path) -> None:
    (store.parent / "model" / "nearest.py").unlink()
    said: list[str] = []
    assert not pictured(store, 2, said).pictures
    assert len(said) == 1
    assert said[0].startswith("no pictures of nearest on camvid test: ")
