"""The study files of the repository: each is read, and its names hold together."""

from pathlib import Path

import pytest

from lossproof.studies import Study
from lossproof.studies.file import read_study

FOLDER = Path(__file__).parents[1] / "studies"
FILES = sorted(FOLDER.rglob("*.py"))


@pytest.fixture(params=FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def path(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture
def study(path: Path) -> Study:
    return read_study(path)


def test_its_name_is_its_files(path: Path, study: Study) -> None:
    small = "small_" if path.parent.name == "small" else ""
    assert study.name == f"{small}{path.stem}"


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
