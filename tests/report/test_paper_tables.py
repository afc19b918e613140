"""Tables I to V: the paper's alone, and beside a study of ours, in every format."""

import csv
import io
import math
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from lossproof.report.compared import BEFORE, Compared, Estimate, Line
from lossproof.report.paper_files import to_csv, to_html, to_latex
from lossproof.report.paper_tables import Comparing, comparing
from lossproof.studies.record import KeptStudy
from lossproof.studies.study import Comparison


def compared(table: int | None = 3) -> Compared:
    comparison = Comparison(
        title="at each level",
        codec="jpeg",
        before="baseline",
        after={"retrain": {10: ("retrain 10",)}, "distil": {10: ("distil 10",)}},
        table=table,
    )
    study = KeptStudy(
        name="mine",
        title="Mine <small>",
        task="detection",
        data="",
        notes="",
        models=("baseline", "retrain 10", "distil 10"),
        ids={},
        cells={},
        comparisons=(comparison,),
    )
    lines = [
        Line(
            method=method,
            level=level,
            score=score,
            value=Estimate(value, (value - 0.1, value + 0.1)),
            drop=Estimate(0.25, (0.2, 0.3)),
            recovery=Estimate(math.nan) if method == BEFORE else Estimate(0.5, (0.4, 0.6)),
            bits_per_pixel=0.5,
            saving=0.75,
            num_samples=7,
            model="net_1",
            cell="c0",
        )
        for method, level, value in [
            (BEFORE, 95, 0.6),
            (BEFORE, 10, 0.3),
            ("retrain", 10, 0.5),
            ("distil", 10, 0.4),
        ]
        for score in ("ap", "ap50")
    ]
    return Compared(study, comparison, tuple(lines))


def column(one: Comparing, part: int, heading: str, place: int = 0) -> list[str]:
    columns = [c for c in one.parts()[part].columns if c.heading == heading]
    return list(columns[place].texts)


def test_the_papers_numbers_stand_alone_where_there_are_no_others() -> None:
    tables = comparing([])
    assert [one.paper.number for one in tables if one.paper] == [1, 2, 3, 4, 5]
    assert [part.letter for part in tables[0].parts()] == ["A", "B"]
    assert column(tables[0], 0, "mIoU %") == ["45.4", "44.8", "43.8", "33.8", "30.4", "26.5"]
    assert column(tables[2], 0, "mAP drop %")[-1] == "73.4"
    assert column(tables[3], 1, "AP gain %")[-1] == "78.4"
    assert column(tables[4], 1, "level") == ["25", "30", "40", "50"]


def test_ours_stand_beside_the_papers() -> None:
    table = comparing([compared()])[2]
    assert table.title == (
        "Table III, Object detection, Mine <small>; paper: Faster R-CNN on VOC 2007"
    )
    assert [part.letter for part in table.parts()] == ["A", "B", "C"]
    assert column(table, 0, "level") == ["95", "75", "50", "15", "10", "5"]
    ours = ["60.0 [50.0, 70.0]", "-", "-", "-", "30.0 [20.0, 40.0]", "-"]
    assert column(table, 0, "mAP %") == ours
    assert column(table, 0, "paper") == ["70.3", "68.6", "66.6", "54.5", "44.2", "18.7"]
    assert column(table, 1, "mAP recovery %") == ["-", "-", "-", "50.0 [40.0, 60.0]", "-"]
    assert "paper" not in [c.heading for c in table.parts()[2].columns]
    assert table.parts()[2].title.endswith("(C): after distillation, without labels")


def test_a_comparison_of_no_table_follows_the_five() -> None:
    *_, last = comparing([compared(None)])
    assert last.title == "Mine <small>, at each level"
    assert last.paper is None
    assert column(last, 1, "mAP %") == ["50.0 [40.0, 60.0]"]


def test_csv_has_every_line_of_both() -> None:
    lines = list(csv.DictReader(io.StringIO(to_csv(comparing([compared()])))))
    ours = [line for line in lines if line["whose"] == "ours"]
    assert len(ours) == 8
    assert ours[0]["value_low"] == "0.5"
    assert ours[0]["recovery"] == ""
    paper = [line for line in lines if line["whose"] == "paper"]
    assert len(paper) == (3 + 3 + 1 + 1) * 11 + 3 * 9
    assert {line["value_low"] for line in paper} == {""}


def test_latex_has_a_tabular_for_each_part() -> None:
    text = to_latex(comparing([compared()]))
    assert text.count(r"\begin{tabular}") == text.count(r"\end{tabular}") == 2 * 5 + 1
    assert r"mAP \%" in text


def test_html_is_whole_and_loads_nothing() -> None:
    text = to_html(comparing([compared()]))
    opened: list[str] = []

    class Checked(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert not {"src", "href"} & {name for name, _ in attrs}
            if tag != "meta":
                opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    Checked().feed(text)
    assert not opened
    assert text.count("<table>") == 2 * 5 + 1
    assert "Mine &lt;small&gt;" in text


@pytest.mark.parametrize("number", range(1, 6))
def test_the_paper_has_no_intervals(number: int) -> None:
    table = comparing([])[number - 1]
    for part in table.parts():
        assert not any("[" in text for c in part.columns for text in c.texts)


def test_there_are_letters_for_any_number_of_ways() -> None:
    one = compared()
    ways = [BEFORE, *(f"way {place}" for place in range(53))]
    lines = tuple(replace(one.lines[0], method=way) for way in ways)
    letters = [part.letter for part in comparing([replace(one, lines=lines)])[2].parts()]
    # The paper's own way of (B), which ours lacks, is the last.
    assert len(letters) == len(set(letters)) == 55
    assert letters[:9] == list("ABCDEFGHI")
    assert letters[25:28] == ["Z", "AA", "AB"]
    assert letters[51:53] == ["AZ", "BA"]
