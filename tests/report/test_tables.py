"""Tables in every form."""

import csv
import json
from collections.abc import Sequence
from itertools import pairwise

from lossproof.report.rows import Row, rows
from lossproof.report.tables import columns_of, display, ever_narrower, to_csv, to_json, to_latex
from lossproof.report.titles import samples_titles

from .clip_results import clips
from .results import result, without

ROWS = rows(
    [
        result("source", None, accuracy=0.95, num_bytes=1000),
        result("jpeg", 95, accuracy=0.94, num_bytes=300),
        without(result("jpeg", 5, accuracy=0.60, num_bytes=20), 3),
    ]
)


def test_the_display_has_the_papers_columns_in_percent() -> None:
    table = display(ROWS)
    assert table.headings == (
        *("codec", "frame size", "level", "pictures", "kB/picture", "bits/pixel"),
        *("global ACC %", "mean ACC %", "mIoU %", "mIoU drop %"),
    )
    assert table.lines[0][5] == "80.000"
    assert table.lines[0][:5] == ("source", "native", "-", "20", "1.0")
    assert table.lines[1][-1] == "reference"
    assert table.lines[2][3] == "19"
    assert table.lines[1][6].startswith("94.")
    assert len(table.numeric) == len(table.headings)


def left_out(found: Sequence[Row]) -> list[str]:
    """The headings in the order in which their columns leave."""
    headings = [table.headings for table in ever_narrower(columns_of(found))]
    return [
        next(heading for heading in more if heading not in fewer)
        for more, fewer in pairwise(headings)
    ]


def test_columns_leave_one_at_a_time_and_the_least_important_first() -> None:
    assert left_out(ROWS) == [
        *("frame size", "pictures", "mean ACC %", "global ACC %", "kB/picture", "bits/pixel")
    ]
    *_, last = ever_narrower(columns_of(ROWS))
    assert last.headings == ("codec", "level", "mIoU %", "mIoU drop %")


def test_every_narrower_table_has_the_texts_of_the_whole() -> None:
    whole = display(ROWS)
    assert next(ever_narrower(columns_of(ROWS))) == whole
    for table in ever_narrower(columns_of(ROWS)):
        places = [whole.headings.index(heading) for heading in table.headings]
        assert table.numeric == tuple(whole.numeric[place] for place in places)
        assert list(table.lines) == [tuple(line[place] for place in places) for line in whole.lines]


def test_models_and_frame_sizes_that_differ_stay() -> None:
    found = [
        result("jpeg", 95, accuracy=0.9),
        result("jpeg", 95, accuracy=0.8, frame_size=(8, 6), model="net_2"),
    ]
    *_, last = ever_narrower(columns_of(rows(found)))
    assert last.headings[:4] == ("model", "codec", "frame size", "level")


def test_the_bitrate_of_clips_leaves_after_their_bits_per_pixel() -> None:
    assert left_out(rows([clips("h264", 23)]))[-3:] == ["kB/clip", "bits/pixel", "kbit/s"]


def test_decibels_have_no_drop_where_people_read_it() -> None:
    found = rows([clips("h264", 23), clips("h264", 50, squared_error=400.0)])
    assert found[1].drops["psnr_db"] > 0
    assert display(found).headings[-3:] == ("PSNR dB", "SSIM", "flow EPE px")
    assert "drop" not in to_latex(found)
    assert "psnr_db_drop" in to_csv(found)
    assert json.loads(to_json(found))["rows"][1]["drops"]["psnr_db"] == found[1].drops["psnr_db"]


def test_samples_of_one_title_are_told_apart_by_their_content() -> None:
    found = [result("jpeg", 95, accuracy=0.9, fingerprint=name * 8) for name in ("ab", "cd")]
    other = result("jpeg", 95, accuracy=0.9, split="train")
    assert samples_titles(rows([*found, other])) == [
        "camvid test, content ababab",
        "camvid test, content cdcdcd",
        "camvid train",
    ]


def test_models_and_settings_are_shown_where_they_differ() -> None:
    other = result("jpeg", 95, accuracy=0.9, model="net_2", settings={"optimize": True})
    same = result("jpeg", 95, accuracy=0.9, settings={"optimize": False})
    table = display(rows([other, same]))
    assert table.headings[:2] == ("model", "codec")
    assert [line[:2] for line in table.lines] == [
        ("net_2", "jpeg optimize=true"),
        ("net_1", "jpeg optimize=false"),
    ]


def test_weights_are_shown_where_one_name_has_several() -> None:
    found = [result("jpeg", 95, accuracy=0.9, weights=weights * 8) for weights in ("abcd", "ef01")]
    assert [line[0] for line in display(rows(found)).lines] == ["net_1@abcdab", "net_1@ef01ef"]


def test_latex_has_a_table_per_group_of_samples() -> None:
    first = result("jpeg", 95, accuracy=0.9, limit=20, fingerprint="g")
    text = to_latex([*ROWS, *rows([first])])
    assert text.count(r"\begin{tabular}") == text.count(r"\end{tabular}") == 2
    assert "% net_1 on camvid test, first 20" in text


def test_csv_has_plain_numbers_and_empty_cells_where_there_are_none() -> None:
    lines = list(csv.DictReader(to_csv(ROWS).splitlines()))
    assert [line["codec"] for line in lines] == ["source", "jpeg", "jpeg"]
    assert lines[0]["level"] == lines[0]["miou_drop"] == ""
    assert float(lines[2]["miou_drop"]) == ROWS[2].drops["miou"]
    assert float(lines[2]["miou_drop_low"]) == ROWS[2].intervals["miou_drop"][0]
    assert "nan" not in to_csv(ROWS).lower()


def test_json_is_one_object_with_rows() -> None:
    document = json.loads(to_json(ROWS, answer={"level": None}))
    assert len(document["rows"]) == 3
    assert document["answer"] == {"level": None}


def test_latex_is_a_table_with_every_special_character_escaped() -> None:
    model = result("jpeg", 95, accuracy=0.9, model="net_2 & 50%")
    text = to_latex(rows([model, result("jpeg", 95, accuracy=0.9)]))
    lines = text.strip().splitlines()
    assert lines[0] == "% 2 models on camvid test"
    assert lines[1] == r"\begin{tabular}{lllrrrrrrrr}"
    assert lines[-1] == r"\end{tabular}"
    assert r"net\_2 \& 50\%" in text
    body = [line for line in lines if line.endswith(r"\\")]
    assert {line.replace(r"\&", "").count("&") for line in body} == {10}
