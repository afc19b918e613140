"""Words are folded at spaces, numbers never."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossproof.console.folding import fold, folded, folded_widths, whole_widths, word_widths
from lossproof.report.tables import Table

TABLE = Table(
    ("codec", "what it is", "mIoU %"),
    (False, False, True),
    (
        ("jpeg optimize=true", "a codec for pictures", "65.5 [64.1, 66.8]"),
        ("webp", "another", "-"),
    ),
)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("jpeg optimize=true", 18, ("jpeg optimize=true",)),
        ("jpeg optimize=true", 17, ("jpeg", "optimize=true")),
        ("jpeg optimize=true", 2, ("jpeg", "optimize=true")),
        ("segnet[:WEIGHTS.safetensors]", 24, ("segnet", "[:WEIGHTS.safetensors]")),
        ("", 3, ("",)),
    ],
)
def test_text_is_folded_at_spaces_and_before_a_bracket(
    text: str, width: int, lines: tuple[str, ...]
) -> None:
    assert fold(text, width) == lines


@given(st.lists(st.text("abc=", min_size=1, max_size=9), min_size=1), st.integers(1, 30))
def test_folding_keeps_every_word(words: list[str], width: int) -> None:
    lines = fold(" ".join(words), width)
    assert " ".join(lines).split() == words
    assert all(len(line) <= width or " " not in line for line in lines)


def test_whole_widths_are_those_of_the_longest_texts() -> None:
    assert whole_widths(TABLE) == [18, 20, 17]


def test_no_more_is_folded_than_must_be() -> None:
    assert word_widths(TABLE, room=55) == [18, 20, 17]
    widths = word_widths(TABLE, room=50)
    assert sum(widths) <= 50
    assert len(folded(TABLE, widths).lines) == 2
    # Both names of the first row are folded once, so that it has two lines and not three.
    assert max(text.count("\n") for text in folded(TABLE, widths).lines[0]) == 1


def test_words_are_broken_only_where_there_is_no_room_for_them() -> None:
    assert word_widths(TABLE, room=0) == [13, 8, 17]
    assert folded_widths(TABLE, room=38) == [13, 8, 17]
    assert folded_widths(TABLE, room=36) == [11, 8, 17]
    assert folded(TABLE, [11, 8, 17]).lines[0][0] == "jpeg\noptimize=tr\nue"


@given(st.integers(0, 60))
def test_numbers_are_never_folded(room: int) -> None:
    table = folded(TABLE, folded_widths(TABLE, room=room))
    assert [line[2] for line in table.lines] == [line[2] for line in TABLE.lines]
