"""Where a report is written: what is in the way is told before anything is computed."""

from pathlib import Path

import pytest

from lossproof.console.paper import show_paper
from lossproof.console.reports import show_report
from tests.report.page.made import put
from tests.report.results import result


@pytest.mark.parametrize("inner", ["", "inner"])
def test_a_file_is_no_folder(
    tmp_path: Path, inner: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path / "store", [result("jpeg", 50, accuracy=0.9)])
    file = tmp_path / "file.txt"
    file.write_text("mine")
    with pytest.raises(ValueError, match=r"file\.txt is a file; --out names a folder"):
        show_report(tmp_path / "store", out=file / inner, pictures=0)
    with pytest.raises(ValueError, match=r"file\.txt is a file; --out names a folder"):
        show_paper(tmp_path / "store", format=None, out=file / inner)
    assert capsys.readouterr().out == ""
    assert not (tmp_path / "store" / "distributions").exists()
    assert file.read_text() == "mine"


def test_a_folder_that_cannot_be_written_is_told_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "store", [result("jpeg", 50, accuracy=0.9)])
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(ValueError, match=f"{tmp_path} cannot be written; --out"):
        show_report(tmp_path / "store", out=tmp_path / "new" / "report", pictures=0)
    assert not (tmp_path / "store" / "distributions").exists()
