"""What people do, and how it is filmed."""

import numpy as np
import pytest

from lossproof.tinytown import clips
from lossproof.tinytown.actions import DURATION_SECONDS, moment, random_style
from lossproof.tinytown.body import random_look
from lossproof.tinytown.clips import _Script, clip
from lossproof.tinytown.pose import skeleton
from lossproof.tinytown.street import make_street
from lossproof.tinytown.truth import ACTIONS
from lossproof.tinytown.weather import random_light

FRAMES = np.arange(16) / 12
TIMES = np.linspace(0, DURATION_SECONDS, 17)
STYLE = random_style(np.random.default_rng(7))
BODY = random_look(np.random.default_rng(7)).body


@pytest.mark.parametrize(
    ("action", "reverse"),
    [("walk", "walk_backwards"), ("sit_down", "stand_up"), ("pick_up", "put_down")],
)
def test_a_reverse_pair_holds_the_same_poses_in_the_other_order(action: str, reverse: str) -> None:
    there, back = (
        np.array(
            [
                skeleton(BODY, moment(one, STYLE, seconds=seconds).pose).keypoints
                for seconds in FRAMES
            ]
        )
        for one in (action, reverse)
    )
    np.testing.assert_allclose(there, back[::-1], atol=1e-12)
    assert np.abs(there - back).max() > 0.1


@pytest.mark.parametrize(("action", "sign"), [("walk", 1), ("run", 1), ("walk_backwards", -1)])
def test_walking_goes_ahead_and_walking_backwards_back(action: str, sign: int) -> None:
    way = [moment(action, STYLE, seconds=seconds).ahead for seconds in TIMES]
    assert (np.sign(np.diff(way)) == sign).all()
    assert 0.9 < abs(way[-1] - way[0]) < 6


@pytest.mark.parametrize("action", ACTIONS[3:])
def test_others_stay_where_they_are(action: str) -> None:
    assert {moment(action, STYLE, seconds=seconds).ahead for seconds in TIMES} == {0.0}


@pytest.mark.parametrize("action", ACTIONS)
def test_joints_move_smoothly(action: str) -> None:
    times = np.linspace(0, DURATION_SECONDS, 150)
    places = np.array(
        [skeleton(BODY, moment(action, STYLE, seconds=t).pose).keypoints for t in times]
    )
    speed = np.linalg.norm(np.diff(places, axis=0), axis=2) / np.diff(times)[0]
    assert 0.3 < speed.max() < 14


def test_sitting_down_ends_lower_and_jumping_leaves_the_ground() -> None:
    hips = [skeleton(BODY, moment("sit_down", STYLE, seconds=t).pose).pelvis[1] for t in TIMES]
    assert hips[-1] < 0.65 * hips[0]
    toes = [skeleton(BODY, moment("jump", STYLE, seconds=t).pose).toes[:, 1].min() for t in TIMES]
    assert max(toes) > min(toes) + 0.2


def test_hands_meet_in_clapping_and_reach_the_ground_in_picking_up() -> None:
    times = np.linspace(0, DURATION_SECONDS, 100)
    claps = [skeleton(BODY, moment("clap", STYLE, seconds=t).pose).hands for t in times]
    apart = [np.linalg.norm(hands[0] - hands[1]) for hands in claps]
    assert min(apart) < 0.12
    assert max(apart) > 0.3
    lows = [skeleton(BODY, moment("pick_up", STYLE, seconds=t).pose).hands[:, 1] for t in times]
    assert np.min(lows) < 0.25 * BODY.height


def test_an_unknown_action_is_refused() -> None:
    with pytest.raises(ValueError, match="action is 'fly'; walk, walk_backwards"):
        moment("fly", STYLE, seconds=0)
    with pytest.raises(ValueError, match="action is 'fly'"):
        clip(np.random.default_rng(0), action="fly", scene_seed=1, group="g")


@pytest.mark.parametrize("action", ACTIONS)
def test_the_person_stays_within_the_frame(action: str) -> None:
    for seed in range(3):
        rng = np.random.default_rng(seed)
        look, style = random_look(rng), random_style(rng)
        script = _Script(action=action, style=style, look=look, colour=(0.5, 0.5, 0.5))
        street, light = make_street(rng), random_light(rng)
        act, cameras = clips._take(rng, script, street=street, light=light)
        for number in (0, 8, 15):
            canvas = clips._painted(street, cameras[number], light, act, number)
            rows, columns = np.nonzero(canvas.instances == street.num_things + 1)
            assert len(rows) > 150
            assert rows.min() > 0
            assert rows.max() < 119
            assert columns.min() > 0
            assert columns.max() < 159


def test_a_clip_is_sixteen_small_frames_that_differ_and_come_from_the_seed() -> None:
    def made(seed: int) -> clips.ActionClip:
        return clip(np.random.default_rng(seed), action="wave", scene_seed=4, group="g04")

    one = made(1)
    assert one.frames.shape == (16, 120, 160, 3)
    assert one.frames.dtype == np.uint8
    assert (ACTIONS[one.label], one.frames_per_second, one.group) == ("wave", 12, "g04")
    changes = np.abs(np.diff(one.frames.astype(int), axis=0)).mean(axis=(1, 2, 3))
    assert (changes > 0.3).all()
    np.testing.assert_array_equal(one.frames, made(1).frames)
    assert (one.frames != made(2).frames).any()
