"""Samples to be looked at: chosen by id, at every point, at the source's size."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lossproof.codecs import make_codec
from lossproof.datasets.images import read_picture
from lossproof.report.figures import save_as
from lossproof.report.grids import grid
from lossproof.runs.look import look
from lossproof.runs.sweep import Machine, Point, Sweep
from lossproof.tasks import Legend, parse_task
from tests.fakes import write_model, write_world

SIZE = (48, 32)


@pytest.fixture
def sweep(tmp_path: Path) -> Sweep:
    data = write_world(tmp_path / "world", num_samples=4, size=SIZE)
    points = (Point(make_codec("source")), Point(make_codec("jpeg", 10), (24, 16)))
    model = write_model(tmp_path / "model")
    return Sweep(task="segmentation", data=(data,), models=(model,), points=points)


def test_the_first_two_at_every_point(sweep: Sweep) -> None:
    looks = list(look(sweep, [], Machine(threads=1)))
    assert [one.level for one in looks] == [None, 10, None, 10]
    assert len({one.sample for one in looks}) == 2
    assert {one.picture.shape for one in looks} == {(SIZE[1], SIZE[0], 3)}
    source, coded, *_ = looks
    assert coded.num_bytes < source.num_bytes
    assert (coded.picture != source.picture).any()


def test_samples_by_their_ids(sweep: Sweep) -> None:
    *_, last = {one.sample: None for one in look(sweep, [], Machine(threads=1))}
    looks = list(look(sweep, [last], Machine(threads=1)))
    assert {one.sample for one in looks} == {last}
    with pytest.raises(ValueError, match=r"sample 'x' is not in split test of camvid; ids look"):
        list(look(sweep, ["x"], Machine(threads=1)))


def test_fidelity_is_drawn_on_what_was_sent(tmp_path: Path) -> None:
    data = write_world(tmp_path / "world", num_samples=1, size=SIZE)
    codec, task = make_codec("jpeg", 5), parse_task("fidelity")
    sweep = Sweep(task="fidelity", data=(data,), models=("identity",), points=(Point(codec),))
    (one,) = look(sweep, [], Machine(threads=1))
    sent = read_picture(next((tmp_path / "world" / "test").iterdir())).frames
    arrived = codec.decode(codec.encode(sent))
    np.testing.assert_array_equal(one.picture, task.draw(sent, arrived, Legend()))


def test_a_grid_has_a_row_per_sample_and_a_column_per_point(sweep: Sweep, tmp_path: Path) -> None:
    looks = list(look(sweep, [], Machine(threads=1)))
    figure = grid(looks)
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == [
        f"{one.codec}{'' if one.level is None else f' {one.level}'}: {one.num_bytes / 1000:.1f} kB"
        for one in looks
    ]
    assert [axes.get_ylabel() for axes in figure.axes][::2] == [looks[0].sample, looks[2].sample]
    save_as(figure, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes()[1:4] == b"PNG"
    with pytest.raises(ValueError, match=r"ends in '\.gif'; \.png and \.svg are allowed"):
        save_as(figure, tmp_path / "a.gif")


def test_colours_of_classes_are_named_below(sweep: Sweep) -> None:
    looks = list(look(sweep, [], Machine(threads=1)))
    (legend,) = grid(looks).legends
    named = {
        text.get_text(): tuple(round(255 * part) for part in patch.get_facecolor()[:3])
        for text, patch in zip(legend.get_texts(), legend.get_patches(), strict=True)
    }
    assert named
    assert named == {name: colour for one in looks for name, colour in one.key.items()}
    drawn = replace(sweep, task="fidelity", models=("identity",))
    assert not grid(list(look(drawn, [], Machine(threads=1)))).legends


def test_many_classes_leave_the_pictures_their_size(sweep: Sweep, tmp_path: Path) -> None:
    (one, *_) = look(sweep, [], Machine(threads=1))
    many = replace(one, key={f"traffic light {place}": (place, 0, 0) for place in range(19)})
    heights = []
    for shown in (replace(one, key={}), many):
        figure = grid([shown])
        save_as(figure, tmp_path / "a.png")
        inches = figure.axes[0].get_window_extent().height / figure.dpi
        heights.append(inches)
    box = figure.legends[0].get_window_extent()
    assert box.x0 >= 0
    assert box.x1 <= figure.bbox.x1
    assert heights[1] > 0.9 * heights[0]


def test_names_are_folded_into_their_rows(sweep: Sweep) -> None:
    (one, *_) = look(sweep, [], Machine(threads=1))
    long = replace(one, sample="street/" * 60 + "end", model="net (retrained on jpeg 5 at 160x120)")
    other = replace(long, model="net")
    labels = [axes.get_ylabel() for axes in grid([long, other]).figure.axes]
    lines = labels[0].split("\n")
    assert lines[0] == "..."
    assert "".join(lines[1:4]).endswith("street/street/end")
    assert " ".join(lines[4:]) == long.model
    assert labels[1].split("\n")[4:] == ["net"]


def test_nothing_to_show() -> None:
    with pytest.raises(ValueError, match="nothing to show"):
        grid([])
