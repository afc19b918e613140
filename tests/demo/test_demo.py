"""The demo from its start to its page, on a world of few samples and with few iterations."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from lossproof.console import demonstrated
from lossproof.console.demonstrated import Show, Stage, run_demo, show_stages
from lossproof.demo.studies import demo_studies, first_half
from lossproof.models.own_settings import own_settings
from lossproof.models.zoo import ZOO, made_of, weights_file
from lossproof.report.page.contents import Picture, contents_of
from lossproof.runs.sweep import Machine
from lossproof.settings import spelled
from lossproof.studies import Study
from lossproof.tinytown.making import make
from lossproof.training.families import family_of
from tests.report.page.made import put, sweep

PNG = b"\x89PNG\r\n\x1a\n"
TASKS = ("segmentation", "depth", "detection", "pose", "action")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tinytown") / "world"
    make(folder, size=8, workers=1)
    return folder


def test_the_paper_s_five_tables_in_their_order() -> None:
    studies = demo_studies()
    assert tuple(study.task for study in studies) == TASKS
    assert [study.comparisons[0].table for study in studies] == [1, 2, 3, 4, 5]
    assert {study.models["baseline"] for study in studies} == set(ZOO)


@pytest.mark.parametrize("study", demo_studies(), ids=TASKS)
def test_the_first_half_trains_nothing(study: Study) -> None:
    half = first_half(study)
    assert half.trainings == ()
    assert half.measured == study.measured[:1]
    assert [one.after for one in half.comparisons] == [{}]


@pytest.mark.parametrize("study", demo_studies(), ids=TASKS)
def test_what_is_retrained_is_made_as_its_parent(study: Study) -> None:
    assert study.trainings
    for recipe in (training.recipe for training in study.trainings):
        assert recipe.parent
        family = family_of(recipe.family)
        given = {name: spelled(value) for name, value in recipe.settings.items()}
        own = own_settings(family.settings, given, weights_file(recipe.parent))
        assert made_of(recipe.parent).items() <= family.network_settings(own).items()


@pytest.mark.skipif(not os.environ.get("LOSSPROOF_SLOW"), reason="LOSSPROOF_SLOW=1 runs it")
def test_from_the_start_to_the_page_with_a_break(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    show = Show(tmp_path / "demo", f"tinytown:{town}", Machine(threads=1), limit=2)
    begun = run_demo(show)
    assert [next(begun).name for _ in range(7)][-2:] == [f"{task}, retrained" for task in TASKS[:2]]
    begun.close()
    kept = written(show.folder)
    assert len(kept) == 10
    names = [stage.name for stage in run_demo(show)]
    assert written(show.folder).items() >= kept.items()
    assert names[0] == "depth, before"
    assert sorted(names[:5]) == sorted(f"{task}, before" for task in TASKS)
    assert names[5:10] == [f"{task}, retrained" for task in TASKS]
    page = show.folder / "report.html"
    assert page.stat().st_size > 100_000
    assert sorted(path.name for path in show.folder.glob("figure_*.png")) == [
        f"figure_{number}_{task}.png" for number, task in enumerate(TASKS, start=1)
    ]
    told = capsys.readouterr().out
    assert str(page) in told.replace("\n", "")
    for task in TASKS:
        assert f"{task.capitalize()}, " in told
    models = written(show.folder)
    assert len(models) == 28
    list(run_demo(show))
    assert written(show.folder) == models


def test_sweeps_of_other_tasks_in_its_store_do_not_end_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, sweep())
    pictures = tuple(Picture("", "", PNG + task.encode(), task) for task in ("fidelity", "depth"))
    contents = replace(contents_of(tmp_path), pictures=pictures)
    for name in ("prepare", "_run"):
        monkeypatch.setattr(demonstrated, name, lambda *words, **more: None)
    monkeypatch.setattr(demonstrated, "_contents", lambda *words: contents)
    show = Show(tmp_path, "tinytown:nowhere", Machine(threads=1))
    assert [stage.name for stage in run_demo(show)][-1] == "figures and page"
    assert [path.name for path in tmp_path.glob("figure_*")] == ["figure_2_depth.png"]
    assert (tmp_path / "figure_2_depth.png").read_bytes() == PNG + b"depth"


def written(folder: Path) -> dict[Path, int]:
    """When each network was."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*.safetensors")}


def test_what_each_part_took_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    show_stages([Stage("depth, before", 3.4), Stage("figures and page", 10.2)])
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1:] == [["depth,", "before", "3"], ["figures", "and", "page", "10"], ["all", "14"]]
