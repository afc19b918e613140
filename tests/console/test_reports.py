"""Where a report is written: what is in the way is told before anything is computed."""

import errno
from pathlib import Path

import pytest

from lossproof.console.paper import show_paper
from lossproof.console.reports import show_report
from lossproof.console.worlds import export_world, make_world
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

    def refused(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("tempfile.mkdtemp", refused)
    new = tmp_path / "new"
    told = "new cannot be written: Read-only file system; --out names another folder"
    with pytest.raises(ValueError, match=told):
        show_report(tmp_path / "store", out=new, pictures=0)
    with pytest.raises(ValueError, match=told):
        list(make_world("tinytown", size=8, out=new, only=None))
    with pytest.raises(ValueError, match=told):
        list(export_world("tinytown", layout="voc", out=new, data="tinytown"))
    assert not (tmp_path / "store" / "distributions").exists()
    assert not new.exists()
