"""The levels side by side come one by one, and end when something else is picked."""

from pathlib import Path

import pytest

from lossproof.explorer.desk import Picked, arrange

from .worlds import offer

pytest.importorskip("gradio")


def test_the_ladder_comes_level_by_level_and_follows_what_is_picked(
    tmp_path: Path,
) -> None:
    from lossproof.explorer.page import _Doings

    made = offer(tmp_path)
    desk = arrange(made, Picked())
    filling = _Doings(made).fill(desk)
    assert next(filling).count('class="lp-step"') == 2  # the source and the first level
    assert next(filling).count('class="lp-step"') == 3
    other = arrange(made, Picked(codec="webp"))
    desk.later.append(other)
    rest = list(filling)
    assert [one.count('class="lp-step"') for one in rest] == list(range(2, 8))
    assert all("webp quality" in one and "jpeg quality" not in one for one in rest)


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


def test_a_pick_that_is_told_twice_is_made_once(tmp_path: Path) -> None:
    """The second time the level would be taken for one of the new codec."""
    import gradio as gr

    from lossproof.explorer.page import _Doings

    made = offer(tmp_path)
    doings = _Doings(made)
    given = [*arrange(made, Picked(codec="webp")).picked[:6], [], 15]
    first = doings.pick(arrange(made, Picked()), *given)
    assert "webp quality 25" in "".join(one for one in first if isinstance(one, str))
    again = doings.pick(first[0], *given)
    assert len(again) == len(first)
    assert all(one == gr.skip() for one in again)
    other = doings.pick(first[0], *given[:-1], 16)
    assert "webp quality 16" in "".join(one for one in other if isinstance(one, str))
