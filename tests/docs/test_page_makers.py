"""Pages that are made from stores: of a small run of the demo's quickest study."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from lossproof.console.progress import Stages
from lossproof.console.studied import conditions
from lossproof.demo.studies import QUICKEST, demo_studies
from lossproof.studies import run_study
from lossproof.studies.record import load_all
from lossproof.studies.study import limited
from lossproof.tinytown.making import make
from lossproof.training.shelf import Shelf

from .makers import maker


def test_pages_of_one_task_of_the_demo(tmp_path: Path) -> None:
    demo, results = maker("make_demo"), maker("make_results")
    make(tmp_path / "world", size=2, holds="stills", workers=1)
    studies = demo_studies(f"tinytown:{tmp_path / 'world'}")
    (study,) = (limited(one, 2) for one in studies if one.task == QUICKEST)
    run_study(study, tmp_path / "demo", conditions(Stages(), threads=1, device="cpu"))

    with pytest.raises(ValueError, match="no results in"):
        list(demo.lines(tmp_path / "world"))
    page = "\n".join(demo.lines(tmp_path / "demo"))
    assert "\n- Depth, RMSE of small depth GAN on tinytown, first 2: " in page
    assert page.count("\n## Table II, ") == 2
    assert page.count("\n| 95 | ") == 1
    assert page.count("\n| 5 | ") == 2
    assert "; 5 networks were retrained." in page

    (kept,) = load_all(tmp_path / "demo")
    cards = {name: Shelf(tmp_path / "demo").card(one) for name, one in kept.ids.items()}
    told = "\n".join(results.ran_on(list(cards.values())))
    assert told.startswith("Trained on cpu with ")
    assert "2 samples train and " in told
    columns = {one.heading: one.texts for one in results.models(kept, cards)}
    assert columns["id"] == list(kept.ids.values())
    assert columns["iterations"] == ["2"] * 5
    assert str(tmp_path) not in str([results.public(one) for one in cards.values()])


def test_a_training_that_another_went_on_from_is_not_shipped() -> None:
    cards = [SimpleNamespace(id="b", parent="a"), SimpleNamespace(id="a", parent=None)]
    cards += [SimpleNamespace(id="c", parent="b"), SimpleNamespace(id="d", parent="elsewhere")]
    assert [card.id for card in maker("make_zoo").last_of(cards)] == ["c", "d"]
