"""Pages that are followed word for word: files written, commands run, output compared."""

from pathlib import Path

import pytest

from .pages import blocks
from .reader import agree, follow
from .visits import README, VISITS


@pytest.mark.parametrize("name", VISITS)
def test_page_is_true_word_for_word(name: str, tmp_path: Path) -> None:
    """When outputs have changed for a good reason: ``python -m tests.docs.rebuild``."""
    visit = VISITS[name]
    visit.prepare(tmp_path)
    num_commands = follow(visit.page, tmp_path, tolerance=visit.tolerance)
    assert num_commands == visit.num_commands


def test_the_ten_lines_are_ten() -> None:
    (program,) = (block for block in blocks(README) if block.path == "toy.py")
    assert len([line for line in program.text.splitlines() if line]) == 10


@pytest.mark.parametrize(
    ("shown", "printed", "expected"),
    [
        (["a", "b"], ["a", "", "b  "], True),
        (["a"], ["a", "b"], False),
        (["a", "b"], ["b"], False),
        (["a ... c"], ["a b c"], True),
        (["a", "...", "d"], ["a", "b", "c", "d"], True),
        (["a", "...", "d"], ["a", "d"], True),
        (["a", "...", "c"], ["a", "b"], False),
        (["...", "b", "..."], ["a", "b", "c"], True),
        (["...", "b", "..."], ["a", "c"], False),
        (["a", "...", "a"], ["a"], False),
        ([], [], True),
        ([], ["a"], False),
    ],
)
def test_a_wrong_output_is_noticed(shown: list[str], printed: list[str], expected: bool) -> None:
    assert agree(shown, printed) == expected


def test_a_tolerance_is_for_numbers_only() -> None:
    assert agree(["jpeg 95 1.0 [0.9, 1.1]"], ["jpeg 95  1.1 [0.8, 1.1]"], tolerance=0.2)
    assert not agree(["jpeg 95 1.0"], ["jpeg 95 1.5"], tolerance=0.2)
    assert not agree(["jpeg 95"], ["webp 95"], tolerance=0.2)
