"""Study files: what they may hold, and what is said of others."""

import sys
from pathlib import Path

import pytest

from lossproof.studies.file import read_study

STUDY = 'Study(name="one", title="One", task="segmentation", data="camvid:here")'
POSTPONED = f"""
from __future__ import annotations
from dataclasses import dataclass
from lossproof.studies import Study

@dataclass
class Name:
    text: str = "One"

def study() -> Study:
    assert Name().text == "One"
    return {STUDY}
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_a_study_that_is_no_function(tmp_path: Path) -> None:
    path = write(tmp_path / "a.py", f"from lossproof.studies import Study\nstudy = {STUDY}\n")
    with pytest.raises(ValueError, match=r"a\.py:study is Study; a function study\(data\) that"):
        read_study(path)


def test_dataclasses_with_postponed_annotations(tmp_path: Path) -> None:
    assert read_study(write(tmp_path / "postponed.py", POSTPONED)).title == "One"


def test_a_file_that_fails_leaves_no_module(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"half\.py fails: ZeroDivisionError"):
        read_study(write(tmp_path / "half.py", "1 / 0\n"))
    assert "lossproof_study_half" not in sys.modules
