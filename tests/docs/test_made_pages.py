"""The pages that the program writes are those that it would write now."""

from importlib.util import module_from_spec, spec_from_file_location

import pytest

from .pages import ROOT


@pytest.mark.parametrize("name", ["command_line.md", "codecs.md"])
def test_page_is_up_to_date(name: str) -> None:
    spec = spec_from_file_location("make_help_pages", ROOT / "docs" / "make_help_pages.py")
    assert spec is not None
    assert spec.loader is not None
    maker = module_from_spec(spec)
    spec.loader.exec_module(maker)
    stored = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert stored == maker.pages()[name], f"docs/{name} is out of date; run make help-pages"


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
