"""A diagnosis of this machine, and of broken ones."""

import pytest

from lossproof.codecs import CODECS
from lossproof.codecs.jpeg import Jpeg
from lossproof.console.doctor import examine


def test_everything_that_must_work_works_here() -> None:
    findings = examine()
    assert all(finding.works for finding in findings if not finding.optional)
    names = {finding.what for finding in findings}
    assert {f"codec {codec.name}" for codec in CODECS} <= names


def test_exchanged_colours_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    decode = Jpeg.decode
    monkeypatch.setattr(Jpeg, "decode", lambda self, data: decode(self, data)[..., ::-1])
    found = {finding.what: finding for finding in examine()}["codec jpeg"]
    assert not found.works
    assert found.detail == "red and blue are exchanged"
