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
    filling = _Doings(made).fill(desk)
    assert next(filling).count("<li>") == 2  # the source and the first level
    assert next(filling).count("<li>") == 3
    desk.left.set()
    assert list(filling) == []


def test_the_curve_comes_last_with_the_level_that_is_picked_by_then(tmp_path: Path) -> None:
    from lossproof.explorer.page import _Doings

    made = offer(tmp_path)
    desk, doings = arrange(made, Picked()), _Doings(made)
    assert all(isinstance(one, str) for one in doings.fill(desk))
    curve = doings.curve(desk, 16)
    assert "you are here: jpeg quality 16" in curve
    assert curve.count('class="marker s0"') == len(desk.codec.ladder) + 1  # one in the legend


def test_before_the_ladder_is_there_the_level_is_drawn_alone(tmp_path: Path) -> None:
    from lossproof.explorer.page import _Doings

    made = offer(tmp_path)
    curve = _Doings(made).curve(arrange(made, Picked()), 16)
    assert "you are here: jpeg quality 16" in curve
