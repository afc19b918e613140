"""What training may use of a machine."""

import os
from pathlib import Path

import pytest

from lossproof.training import conditions
from lossproof.training.conditions import Conditions

MACHINE = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize(
    ("limit", "expected"),
    [(None, MACHINE), ("max\n", MACHINE), ("4096\n", 4096), (f"{2 * MACHINE}\n", MACHINE)],
)
def test_the_cache_has_a_quarter_of_what_the_container_has(
    limit: str | None, expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "memory.max"
    if limit is not None:
        path.write_text(limit)
    monkeypatch.setattr(conditions, "_LIMIT", path)
    assert Conditions().memory_bytes == expected // 4
