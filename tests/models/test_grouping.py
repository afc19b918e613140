"""From maps to people: ideal maps give the people drawn, any maps give what plain loops give."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossproof.models.grouping import GroupingOptions, Maps, group
from lossproof.models.skeleton import COCO_KEYPOINTS, OPENPOSE
from lossproof.predictions import Poses

from .drawn_people import PLACES, assert_people, crowd, drawn, standing
from .plain_grouping import plain_group

SIZE = (656, 368)
PARTS = {part: place for place, part in enumerate(OPENPOSE.parts)}
LEAVES = ("right_wrist", "left_wrist", "right_ankle", "left_ankle", "right_ear", "left_ear")


def grouped(maps: Maps, **options: float) -> Poses:
    return group(maps, OPENPOSE, GroupingOptions(**options), frame_size=maps.picture_size)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 8), st.integers(0, 1000), st.data())
def test_people_who_are_drawn_come_back(number: int, seed: int, data: st.DataObject) -> None:
    people = crowd(SIZE, columns=4, rows=2, seed=seed)[:number]
    for person in people:
        missing = data.draw(st.sets(st.sampled_from(LEAVES)))
        person[[PARTS[part] for part in sorted(missing)]] = np.nan
    assert_people(grouped(drawn(people, SIZE)), people)


@pytest.mark.parametrize("shift", [(40, 10), (25, 40), (-60, 25)])
def test_people_who_overlap(shift: tuple[float, float]) -> None:
    people = np.array([standing(200, 40, height=280), standing(200, 40, height=280) + shift])
    assert_people(grouped(drawn(people, SIZE)), people)


def test_parts_beyond_a_gap_are_joined_by_limbs_that_close_a_ring() -> None:
    """Without the neck the ears hold the arms to the face; the legs are too few to be a person."""
    person = standing(200, 40, height=280)
    person[PARTS["neck"]] = np.nan
    wanted = person.copy()
    legs = [place for part, place in PARTS.items() if part.endswith(("hip", "knee", "ankle"))]
    wanted[legs] = np.nan
    assert_people(grouped(drawn(person[None], SIZE)), wanted[None])


def test_nobody() -> None:
    poses = grouped(drawn(np.zeros((0, 18, 2)), SIZE))
    assert poses.keypoints.shape == (0, 17, 3)
    assert poses.scores.shape == (0,)


def test_a_frame_of_another_size_gets_its_own_pixels() -> None:
    """Pictures stretched by 2 across and 1.5 down; centres of pixels are whole numbers."""
    people = standing(200, 40, height=280)[None]
    maps = drawn(people, (656, 360))
    poses = group(maps, OPENPOSE, GroupingOptions(), frame_size=(328, 240))
    assert_people(poses, (people + 0.5) / (2, 1.5) - 0.5)


def test_what_is_added_beside_the_picture_is_not_looked_at() -> None:
    """Of a picture of 331x368 in an input of 336x368, two people being drawn beyond its border."""
    maps = drawn(standing(60, 40, height=280)[None], (331, 368))
    assert maps.input_size == (336, 368)
    assert_people(grouped(maps), standing(60, 40, height=280)[None])


@pytest.mark.parametrize(
    ("heat", "field", "options", "number"),
    [
        (0.3, 1.0, {}, 1),
        (0.3, 1.0, {"threshold": 0.3}, 0),
        (1.0, 0.2, {}, 1),
        (1.0, 0.2, {"limb_threshold": 0.25}, 0),
        # 0.15 a part and 0.2 a limb make less than the 0.4 that a person needs.
        (0.15, 0.2, {"smoothing": 0.0}, 0),
        (0.15, 0.2, {"smoothing": 0.0, "min_score": 0.3}, 1),
        (1.0, 1.0, {"min_parts": 18}, 1),
        (1.0, 1.0, {"min_parts": 19}, 0),
    ],
)
def test_thresholds(heat: float, field: float, options: dict[str, float], number: int) -> None:
    maps = drawn(standing(200, 40, height=280)[None], SIZE)
    maps = maps._replace(heatmaps=maps.heatmaps * heat, fields=maps.fields * field)
    maps = maps._replace(
        heatmaps=maps.heatmaps.astype(np.float32), fields=maps.fields.astype(np.float32)
    )
    assert len(grouped(maps, **options).scores) == number


def test_the_score_is_that_of_parts_and_limbs_for_each_part() -> None:
    """18 parts of 1 and the 17 limbs that joined them, drawn so densely that nothing is lost."""
    maps = drawn(standing(200, 40, height=280).round()[None], SIZE, stride=1)
    poses = grouped(maps, smoothing=0.0)
    assert poses.scores == pytest.approx([35 / 18], rel=1e-3)
    assert poses.keypoints[0, :, 2] == pytest.approx(np.ones(17))


def noise(seed: int, *, level: float) -> Maps:
    """Maps with peaks and directions everywhere, in which people are hard to tell apart."""
    rng = np.random.default_rng(seed)
    size = (20, 14)
    heatmaps = rng.random((19, *size[::-1]), np.float32) * level
    return Maps(
        heatmaps, rng.normal(0.3, 0.5, (38, *size[::-1])).astype("f4"), (160, 112), (157, 110)
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("smoothing", [3.0, 0.0])
def test_any_maps_give_what_plain_loops_give(seed: int, smoothing: float) -> None:
    options = {"smoothing": smoothing, "threshold": 0.45, "min_parts": 3, "min_score": 0.1}
    maps = noise(seed, level=0.8)
    agree(maps, GroupingOptions(**options, most_peaks=12))


def test_a_crowd_gives_what_plain_loops_give() -> None:
    maps = drawn(crowd(SIZE, columns=10, rows=2), SIZE)
    assert agree(maps, GroupingOptions()) == 20


def agree(maps: Maps, options: GroupingOptions) -> int:
    """The same people in the same order. Their number."""
    plain = plain_group(maps, OPENPOSE, options)
    poses = group(maps, OPENPOSE, options, frame_size=maps.picture_size)
    assert len(plain) == len(poses.scores) > 0
    for keypoints, score, (parts, wanted) in zip(poses.keypoints, poses.scores, plain, strict=True):
        assert score == pytest.approx(wanted, rel=1e-6)
        expected = [parts.get(place, (0, 0, 0)) for place in PLACES]
        np.testing.assert_allclose(keypoints, expected, rtol=1e-6, atol=1e-6)
    return len(plain)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"heatmaps": np.zeros((17, 4, 4), "f4")}, "has 17 heat maps; 18 or more are allowed"),
        ({"fields": np.zeros((36, 4, 4), "f4")}, "has 36 fields; 38 or more are allowed"),
        ({"heatmaps": np.full((19, 4, 4), np.nan, "f4")}, "heat maps hold NaN or infinity"),
        ({"fields": np.full((38, 4, 4), np.inf, "f4")}, "fields hold NaN or infinity"),
    ],
)
def test_maps_that_cannot_be_grouped(change: dict[str, np.ndarray], message: str) -> None:
    maps = Maps(np.zeros((19, 4, 4), "f4"), np.zeros((38, 4, 4), "f4"), (32, 32), (32, 32))
    with pytest.raises(ValueError, match=message):
        grouped(maps._replace(**change))


def test_the_order_is_cocos() -> None:
    assert len(COCO_KEYPOINTS) == 17
    assert [OPENPOSE.parts[place] for place in PLACES] == list(COCO_KEYPOINTS)
