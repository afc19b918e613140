"""The levels side by side come one by one, and end when something else is picked."""

from pathlib import Path

import pytest

from lossproof.explorer.desk import Picked, arrange

from .worlds import offer

pytest.importorskip("gradio")


def test_the_ladder_comes_level_by_level_and_ends_early(tmp_path: Path) -> None:
    from lossproof.explorer.page import _Doings

    made = offer(tmp_path)
    desk = arrange(made, Picked())
    filling = _Doings(made).fill(desk, 15)
    assert next(filling)[0].count("<li>") == 2  # the source and the first level
    assert next(filling)[0].count("<li>") == 3
    desk.left.set()
    assert list(filling) == []


def test_the_last_that_comes_is_the_whole_curve(tmp_path: Path) -> None:
    from lossproof.explorer.page import _Doings

    made = offer(tmp_path)
    desk = arrange(made, Picked())
    *_, (_, curve) = _Doings(made).fill(desk, 15)
    assert "you are here: jpeg quality 15" in curve
    assert curve.count('class="marker s0"') == len(desk.codec.ladder) + 1  # one in the legend
