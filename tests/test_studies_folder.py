"""The study files of the repository: each is read, and its names hold together."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from lossproof.console.paper import compared_in
from lossproof.models.own_settings import own_settings
from lossproof.runs.engines import make_engine
from lossproof.runs.run import Conditions as Measuring
from lossproof.runs.sweep import Machine
from lossproof.settings import spelled
from lossproof.studies import Conditions, Study, run_study
from lossproof.studies.file import read_study
from lossproof.studies.record import load_all
from lossproof.studies.study import limited
from lossproof.tinytown.making import make
from lossproof.training import Conditions as TrainingConditions
from lossproof.training.families import family_of
from tests.tinytown.stand_in import ARTIST
from tests.training.worlds import write_actions, write_shapes

SLOW = pytest.mark.skipif(not os.environ.get("LOSSPROOF_SLOW"), reason="LOSSPROOF_SLOW=1 runs it")
FOLDER = Path(__file__).parents[1] / "studies"
FILES = sorted(FOLDER.rglob("*.py"))


def write_town(folder: Path) -> str:
    make(folder, size=4, holds="stills", workers=1, artist=ARTIST)
    return f"tinytown:{folder}"


@pytest.fixture(params=FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def path(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture
def study(path: Path) -> Study:
    return read_study(path)


def test_its_name_is_its_files(path: Path, study: Study) -> None:
    place = path.relative_to(FOLDER).with_suffix("")
    assert study.name == "_".join(place.parts)


def test_its_docstring_gives_the_command(path: Path) -> None:
    place = path.relative_to(FOLDER.parent)
    assert f"    lossproof study {place} --data " in path.read_text()


def test_every_training_is_used(study: Study) -> None:
    parents = {one.recipe.parent for one in study.trainings}
    used = {name for spec in study.models.values() for name in spec.split("{")}
    words = {part.partition("}")[0] for part in used}
    assert {one.name for one in study.trainings} <= parents | words


def test_every_model_is_measured(study: Study) -> None:
    assert {name for one in study.measured for name in one.models} == set(study.models)


def test_the_five_tables_are_there() -> None:
    tables = {
        (path.parent.name == "small", comparison.table)
        for path in FILES
        for comparison in read_study(path).comparisons
        if comparison.table
    }
    assert tables == {(small, table) for small in (False, True) for table in range(1, 6)}


def test_its_recipes_have_settings_that_their_families_allow(study: Study) -> None:
    for training in study.trainings:
        recipe = training.recipe
        given = {name: spelled(value) for name, value in recipe.settings.items()}
        assert own_settings(family_of(recipe.family).settings, given, None)


def test_studies_that_share_models_have_the_same_recipes() -> None:
    """So that a second study in a store does not train them again."""
    shared = (
        ("cross_quality.py", "mixed_quality.py"),
        ("cross_quality.py", "tuned_retraining.py"),
        ("small/table_5_action.py", "spatial_only.py"),
    )
    for first, second in shared:
        whole, part = (
            {one.name: one.recipe for one in read_study(FOLDER / name, "rgbd:x").trainings}
            for name in (first, second)
        )
        both = whole.keys() & part.keys()
        assert len(both) >= 6
        assert all(whole[name] == part[name] for name in both)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("small/table_3_detection.py", write_shapes),
        ("spatial_only.py", write_actions),
        ("small/mobile_networks.py", write_actions),
        pytest.param("mixed_quality.py", write_town, marks=SLOW),
    ],
)
def test_some_are_run_in_short(name: str, write: Callable[[Path], str], tmp_path: Path) -> None:
    """From the first training to the tables, on a world of small pictures."""
    torch.set_num_threads(1)
    study = limited(read_study(FOLDER / name, write(tmp_path / "world")), 3)
    conditions = Conditions(
        training=TrainingConditions(threads=1, torch_threads=1),
        measuring=Measuring(engine=make_engine("serial", workers=1), machine=Machine(threads=1)),
    )
    record = run_study(study, tmp_path / "store", conditions)
    assert {entry.model for entry in record.entries} == set(study.models)
    for compared in compared_in(load_all(tmp_path / "store"), tmp_path / "store"):
        methods = {line.method for line in compared.lines}
        assert methods == {"before", *compared.comparison.after}
