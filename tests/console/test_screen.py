"""What stands on a terminal of some width, and in a file."""

import io
import sys
from collections.abc import Callable, Iterable

import pytest
from rich.cells import cell_len
from rich.console import Console

from lossproof.console import screen
from lossproof.console.inventory import Lines, codec_lines, dataset_lines, model_lines
from lossproof.console.screen import Layout, console, fitting, plain_table, rich_table
from lossproof.report.rows import Row, rows
from lossproof.report.tables import Table, columns_of, display, ever_narrower
from tests.report.results import result

ROWS = rows(
    [
        result("source", None, accuracy=0.95, num_bytes=1000),
        result("jpeg", 95, accuracy=0.94, num_bytes=300),
        result("jpeg", 5, accuracy=0.60, num_bytes=20),
    ]
)
LONG = "preset=veryslow tune=psnr"


def terminal(width: int) -> Console:
    return Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)


def shown(layout: Layout, on: Console) -> list[str]:
    """The lines that are written, without the control codes of bold and italic type."""
    on.print(layout)
    assert isinstance(on.file, io.StringIO)
    return on.file.getvalue().splitlines()


def on_terminal(found: list[Row], width: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(screen, "console", lambda: terminal(width))
    layout = fitting(columns_of(found), title="net_1", elsewhere="results.csv")
    return shown(layout, terminal(width))


def words(lines: list[str]) -> list[str]:
    return " ".join(lines).split()


@pytest.mark.parametrize("width", range(58, 141, 2))
def test_no_line_is_wider_than_the_terminal_and_no_number_is_broken(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = on_terminal(ROWS, width, monkeypatch)
    assert max(map(cell_len, lines)) <= width
    assert "…" not in "".join(lines)
    for line, row in zip(display(ROWS).lines, ROWS, strict=True):
        (written,) = [one for one in lines if line[-2] in one]
        assert written.split()[0] == row.cell.codec
        assert written.endswith(line[-1])


def test_as_many_columns_as_fit_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    for more, fewer in zip(
        [None, *ever_narrower(columns_of(ROWS))], ever_narrower(columns_of(ROWS)), strict=False
    ):
        narrowest = Layout(table=fewer).width(gap=2)
        lines = on_terminal(ROWS, narrowest, monkeypatch)
        assert words(lines[2:3]) == words(list(fewer.headings))
        if more:
            wide = on_terminal(ROWS, Layout(table=more).width(gap=2) - 1, monkeypatch)
            assert words(wide[2:3]) == words(list(fewer.headings))


@pytest.mark.parametrize("gap", [2, 3])
def test_the_width_is_that_of_the_lines(gap: int) -> None:
    layout = Layout(table=display(ROWS))
    width = layout.width(gap=gap)
    rule = shown(layout, terminal(width))[2]
    assert rule == f" {'─' * (width - 2)}"


def test_gaps_shrink_before_a_column_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    layout = Layout(table=display(ROWS))
    wide = on_terminal(ROWS, layout.width(gap=3), monkeypatch)
    tight = on_terminal(ROWS, layout.width(gap=3) - 1, monkeypatch)
    assert [line.split() for line in wide[4:]] == [line.split() for line in tight[4:]]
    assert wide[2].startswith("  codec    frame")
    assert tight[2].startswith(" codec   frame")


@pytest.mark.parametrize(
    ("elsewhere", "caption"),
    [
        ("results.csv", "a wider screen or results.csv shows the rest"),
        (
            "--json or lossproof report",
            "a wider screen, --json or lossproof report shows the rest",
        ),
    ],
)
def test_what_leaves_something_out_says_where_it_is(
    elsewhere: str, caption: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "console", lambda: terminal(80))
    assert fitting(columns_of(ROWS), title="net_1", elsewhere=elsewhere).caption == caption
    monkeypatch.setattr(screen, "console", lambda: terminal(160))
    assert fitting(columns_of(ROWS), title="net_1", elsewhere=elsewhere).caption is None


def test_names_are_folded_at_spaces_where_the_smallest_table_has_no_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = rows(
        [
            result("jpeg", 95, accuracy=0.94, settings={"optimize": True}, model=f"net {LONG}"),
            result("jpeg", 5, accuracy=0.60, settings={"optimize": False}),
        ]
    )
    lines = on_terminal(found, 80, monkeypatch)
    assert max(map(cell_len, lines)) <= 80
    assert {"preset=veryslow", "tune=psnr", "optimize=true", "optimize=false"} <= set(words(lines))


def test_a_name_without_spaces_gives_way_to_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    path = "weights=/data/networks/detection/fastestdet/FastestDet.onnx"
    found = rows([result("jpeg", 95, accuracy=0.94, model=path), result("jpeg", 5, accuracy=0.6)])
    text = "\n".join(on_terminal(found, 80, monkeypatch))
    assert all(line[-2] in text for line in display(found).lines)
    assert "…" not in text


def test_a_cut_number_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = on_terminal(ROWS, 40, monkeypatch)
    assert max(map(cell_len, lines)) <= 40
    for line in lines[4:7]:
        assert "]" in line or "…" in line


@pytest.mark.parametrize("listed", [codec_lines, dataset_lines, model_lines])
def test_lists_break_no_word_at_80_columns(listed: Callable[[], Lines]) -> None:
    headings, texts = listed()
    lines = shown(plain_table(headings, texts), terminal(80))
    assert max(map(cell_len, lines)) <= 80
    written = parts(lines)
    assert parts(headings) | parts(cell for line in texts for cell in line) <= written


def parts(texts: Iterable[str]) -> set[str]:
    """Words, and of a model's the name and its weights apart."""
    return set(" ".join(texts).replace("[:", " [:").split())


def test_brackets_are_no_markup() -> None:
    names = Table(("[b]",), (False,), (("[bold]net[/bold]",), ("[/a/b]",), (":smile:",)))
    layout = Layout(table=names, title="[i]", caption="[/j]")
    written = set(words(shown(layout, terminal(80))))
    assert {"[b]", "[bold]net[/bold]", "[/a/b]", ":smile:", "[i]", "[/j]"} <= written


def in_file(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    return shown(layout, console())


def test_a_file_has_every_column_and_no_blanks_at_the_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    layout = fitting(columns_of(ROWS), title="net_1", elsewhere="results.csv")
    lines = in_file(layout, monkeypatch)
    assert lines[:2] == ["net_1", ""]
    assert lines[2].startswith("  codec    frame size   level   pictures   kB/picture   bits/pixel")
    assert lines[3] == f" {'─' * (layout.width(gap=3) - 2)}"
    assert words(lines[2:3]) == words(list(display(ROWS).headings))
    assert lines == [line.rstrip() for line in lines]
    assert layout.caption is None


def test_a_file_folds_words_at_200_characters_and_numbers_never(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert max(map(len, in_file(plain_table(["x"], [["word " * 99]]), monkeypatch))) <= 200
    numbers = Table(tuple("abcd"), (True,) * 4, (("1" * 90,) * 4,))
    assert words(in_file(rich_table(numbers), monkeypatch))[-4:] == ["1" * 90] * 4
