"""The pages that the program writes are those that it would write now."""

from pathlib import Path

import pytest

from lossproof.report.score_table import score_table
from lossproof.store import query
from tests.report.page.made import put
from tests.report.results import result

from .makers import maker
from .pages import ROOT


@pytest.mark.parametrize("name", ["command_line.md", "codecs.md"])
def test_page_is_up_to_date(name: str) -> None:
    stored = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert stored == maker("make_help_pages").pages()[name], (
        f"docs/{name} is out of date; run make help-pages"
    )


def test_the_declaration_has_every_key() -> None:
    """The example in docs/models.md, and the table under it, name what the program reads."""
    from lossproof.models.onnx_declaration import Declaration, Input, Output

    page = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    keys = [name for name in Declaration.model_fields if name not in ("input", "output")]
    keys += [f"input.{name}" for name in Input.model_fields]
    keys += [f"output.{name}" for name in Output.model_fields]
    for key in keys:
        assert f"| `{key}` |" in page
        assert f"\n{key.rpartition('.')[2]} = " in page


def test_every_column_of_a_query_is_told(tmp_path: Path) -> None:
    """The tables of docs/results.md name the columns of all tables, and the fields within."""
    put(tmp_path, [result("jpeg", 50, accuracy=0.9)])
    page = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    (cell,) = query(tmp_path, "SELECT cell, context FROM cells").to_pylist()
    scores = {"scores": score_table([])}
    own = {"cells": (*cell["cell"], *cell["context"]), "samples": (), "scores": ()}
    for view, fields in own.items():
        told = page.partition(f"| column of `{view}` |")[2].partition("\n\n")[0]
        names = query(tmp_path, f"SELECT * FROM {view}", scores).column_names
        for name in (*names, *fields):
            assert f"`{'stat.NAME' if name.startswith('stat.') else name}`" in told
