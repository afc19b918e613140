"""Modules beside the user's own file: each model has its own, whatever they are called."""

import importlib
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import lossproof.models.user  # noqa: F401 - what is imported with it is not a model's
from lossproof.models import Model, open_model

from .test_user import with_predict


class Beside:
    """Opens ``mine.py`` of a folder, with modules beside it."""

    def __init__(self, tmp_path: Path) -> None:
        self._root = tmp_path

    def __call__(self, folder: str, text: str = "", **modules: str) -> Model:
        for name, content in {"mine": text, **modules}.items():
            if content:
                path = self._root / folder / f"{name.replace('__', '/')}.py"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content)
        spec = f"{self._root / folder / 'mine.py'}:load"
        return open_model(spec, task="segmentation", num_classes=3)


@pytest.fixture
def beside(tmp_path: Path) -> Beside:
    return Beside(tmp_path)


def said_by(model: Model) -> object:
    return model.predict([np.zeros((4, 4, 3), np.uint8)])[0]


HELPED = "from helper_of_mine import VALUE\n" + with_predict("return [VALUE] * len(frames)")


def test_modules_of_one_name_beside_two_models_are_two(beside: Beside) -> None:
    modules = dict(sys.modules)
    one = beside("v1", HELPED, helper_of_mine="VALUE = 1")
    two = beside("v2", HELPED, helper_of_mine="VALUE = 2")
    again = beside("v1")
    assert [said_by(model) for model in (one, two, again, one)] == [1, 2, 1, 1]
    assert sys.modules == modules


@pytest.mark.parametrize("first", ["", "import helper_of_mine\n"])
def test_modules_imported_late_are_those_beside(beside: Beside, first: str) -> None:
    text = first + with_predict("import helper_of_mine as it; return [it.VALUE] * len(frames)")
    modules, path = dict(sys.modules), list(sys.path)
    one = beside("v1", text, helper_of_mine="VALUE = 1")
    two = beside("v2", text, helper_of_mine="VALUE = 2")
    assert [said_by(model) for model in (one, two, one, two)] == [1, 2, 1, 2]
    assert sys.modules == modules
    assert sys.path == path


def test_parts_of_packages_and_folders_of_their_own_are_found_late(beside: Beside) -> None:
    text = (
        "import sys\nfrom pathlib import Path\nimport pack\n"
        "sys.path.insert(0, str(Path(__file__).parent / 'inner'))\n"
        + with_predict("import pack.part, deep; return [(pack.part.VALUE, deep.VALUE)]")
    )
    made = []
    for number in (1, 2):
        value = f"VALUE = {number}"
        parts = {"pack____init__": "# a package", "pack__part": value, "inner__deep": value}
        made.append(beside(f"v{number}", text, **parts))
    path = list(sys.path)
    assert [said_by(model) for model in (*made, *made)] == [(1, 1), (2, 2)] * 2
    assert sys.path == path
    assert not {"pack", "pack.part", "deep"} & set(sys.modules)


def test_what_looks_for_its_module_finds_its_own(beside: Beside) -> None:
    text = "import pickle\nfrom helper_of_mine import Net\n" + with_predict(
        "return [pickle.loads(pickle.dumps((Net(), self)))[0].value]"
    )
    helper = "from dataclasses import dataclass\n@dataclass\nclass Net:\n    value: 'int' = {}\n"
    one = beside("v1", text, helper_of_mine=helper.format(1))
    two = beside("v2", text, helper_of_mine=helper.format(2))
    assert [said_by(model) for model in (one, two, one)] == [1, 2, 1]


def test_a_module_that_was_changed_is_read_again(beside: Beside) -> None:
    before = beside("v1", HELPED, helper_of_mine="VALUE = 1")
    after = beside("v1", helper_of_mine="VALUE = 2")
    own = beside("v1", HELPED.replace("[VALUE]", "[-VALUE]"))
    last = beside("v1", HELPED.replace("[VALUE]", "[+VALUE]"))
    assert [said_by(model) for model in (before, after, own, last)] == [1, 2, -2, 2]


def test_a_module_that_the_program_imported_before_stays_the_programs(
    beside: Beside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = type(sys)("helper_of_mine")
    theirs.__file__ = str(tmp_path / "v1" / "helper_of_mine.py")
    monkeypatch.setitem(sys.modules, "helper_of_mine", theirs)
    model = beside("v1", HELPED, helper_of_mine="VALUE = 1")
    assert said_by(model) == 1
    assert sys.modules["helper_of_mine"] is theirs


@pytest.mark.parametrize("place", ["env/lib/site-packages", "../elsewhere"])
def test_what_is_installed_is_imported_once(
    beside: Beside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Also in an environment below the folder of the model."""
    installed = tmp_path / "v1" / place
    installed.mkdir(parents=True)
    (installed / "installed_of_mine.py").write_text("VALUE = object()")
    monkeypatch.syspath_prepend(installed)
    text = "import installed_of_mine as it\n" + with_predict("return [it.VALUE] * len(frames)")
    try:
        found = [said_by(beside("v1", text)) for _ in range(2)]
        assert found == [sys.modules["installed_of_mine"].VALUE] * 2
    finally:
        sys.modules.pop("installed_of_mine", None)


def test_a_model_may_ask_another_one(beside: Beside) -> None:
    inner = beside("v1", HELPED, helper_of_mine="VALUE = 1")
    text = (
        "import helper_of_mine\nfrom pathlib import Path\nfrom lossproof.models import open_model\n"
        "spec = str(Path(__file__).parents[1] / 'v1' / 'mine.py') + ':load'\n"
        "INNER = open_model(spec, task='segmentation', num_classes=3)\n"
        + with_predict(
            "inner = INNER.predict(frames)[0]; import helper_of_mine as it; "
            "return [(inner, it.VALUE, it is helper_of_mine)]"
        )
    )
    outer = beside("v2", text, helper_of_mine="VALUE = 2")
    assert [said_by(model) for model in (outer, inner, outer)] == [(1, 2, True), 1, (1, 2, True)]
    assert "helper_of_mine" not in sys.modules


def test_to_finds_the_modules_beside(beside: Beside) -> None:
    text = with_predict("return [self.found]", "found = 0") + (
        "def to(self, device):\n    import helper_of_mine\n    self.found = helper_of_mine.VALUE\n"
        "Mine.to = to\n"
    )
    one = beside("v1", text, helper_of_mine="VALUE = 1")
    two = beside("v2", text, helper_of_mine="VALUE = 2")
    assert [said_by(one), said_by(two)] == [1, 2]


def test_models_in_threads_keep_their_modules(beside: Beside) -> None:
    text = "import helper_of_mine\n" + with_predict(
        "import helper_of_mine as it, time; time.sleep(0.001); return [it.VALUE]"
    )
    models = [beside(f"v{at}", text, helper_of_mine=f"VALUE = {at}") for at in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(said_by, models * 10)) == [0, 1, 2, 3] * 10
    assert "helper_of_mine" not in sys.modules


def test_a_module_exchanged_for_another_is_the_models_own(beside: Beside) -> None:
    body = "import sys; sys.modules.pop('late_of_mine', sys.modules.pop('colorsys', None)); "
    text = "import colorsys\n" + with_predict(
        body + "import late_of_mine as it; return [it.VALUE] * len(frames)"
    )
    one = beside("v1", text, late_of_mine="VALUE = 1")
    two = beside("v2", text, late_of_mine="VALUE = 2")
    assert [said_by(model) for model in (one, two, one, two)] == [1, 2, 1, 2]
    assert "late_of_mine" not in sys.modules


def test_folders_without_an_init_that_the_program_imported_before(
    beside: Beside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "from lib_of_mine.models.net import VALUE\n" + with_predict(
        "return [VALUE] * len(frames)"
    )
    monkeypatch.syspath_prepend(str(tmp_path / "v1"))
    made = {"lib_of_mine__models__net": "VALUE = 1"}
    beside("v1", text, **made)
    importlib.invalidate_caches()
    theirs = importlib.import_module("lib_of_mine.models.net")
    assert said_by(beside("v1")) == 1
    assert sys.modules["lib_of_mine.models.net"] is theirs
    for name in [name for name in sys.modules if name.startswith("lib_of_mine")]:
        monkeypatch.delitem(sys.modules, name)


def test_a_folder_that_the_program_adds_later_is_found(
    beside: Beside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = with_predict("import added_later_of_mine as it; return [it.VALUE] * len(frames)")
    model = beside("v1", text)
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "added_later_of_mine.py").write_text("VALUE = 7")
    monkeypatch.syspath_prepend(str(tmp_path / "later"))
    assert said_by(model) == 7
    monkeypatch.delitem(sys.modules, "added_later_of_mine")
