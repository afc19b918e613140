"""Peaks, limbs, skeletons and assembly, each worked by hand."""

import numpy as np
import pytest

from lossproof.models.assembly import assemble
from lossproof.models.part_affinity import Fields, Joints, join, sampled
from lossproof.models.peaks import PeakFinder, Peaks
from lossproof.models.skeleton import COCO_KEYPOINTS, OPENPOSE, Limb, Skeleton, limbs_of


def peaks_of(heatmap: np.ndarray, *, threshold: float = 0.1, most: int = 9, **kw: float) -> Peaks:
    size = heatmap.shape[::-1]
    finder = PeakFinder(size, threshold=threshold, smoothing=kw.get("smoothing", 0.0), most=most)
    return finder.find(heatmap.astype(np.float32))


def test_a_peak_is_at_the_top_of_the_parabola() -> None:
    """Along x: 1, 4, 3: the top is (3 - 1) / (2 * (8 - 1 - 3)) = 0.25 to the right."""
    heatmap = np.zeros((5, 6))
    heatmap[2, 1:4] = [1, 4, 3]
    peaks = peaks_of(heatmap)
    np.testing.assert_allclose(peaks.points, [[2.25, 2.0]])
    np.testing.assert_allclose(peaks.scores, [4.0])


def test_of_equals_side_by_side_one_is_taken() -> None:
    heatmap = np.zeros((6, 7))
    heatmap[2:4, 3:5] = 1.0
    np.testing.assert_allclose(peaks_of(heatmap).points, [[3.5, 2.5]])


@pytest.mark.parametrize("place", [(0, 0), (0, 3), (4, 0), (4, 5), (2, 5)])
def test_a_peak_at_the_border_stays_there(place: tuple[int, int]) -> None:
    heatmap = np.zeros((5, 6))
    heatmap[place] = 1.0
    np.testing.assert_allclose(peaks_of(heatmap).points, [place[::-1]])


def test_the_highest_are_kept_in_the_order_of_rows() -> None:
    heatmap = np.zeros((3, 9))
    heatmap[1, 1::2] = [0.5, 0.9, 0.2, 0.7]
    peaks = peaks_of(heatmap, most=2)
    np.testing.assert_allclose(peaks.scores, [0.9, 0.7], rtol=1e-6)
    np.testing.assert_allclose(peaks.points[:, 0], [3, 7])


def test_smoothing_finds_and_the_map_scores() -> None:
    """Two pixels that are one hill when smoothed; neither exceeds the threshold smoothed twice."""
    heatmap = np.zeros((31, 31))
    heatmap[15, [14, 16]] = 1.0
    peaks = peaks_of(heatmap, threshold=0.01, smoothing=3.0)
    np.testing.assert_allclose(peaks.points, [[15.0, 15.0]], atol=1e-4)
    np.testing.assert_allclose(peaks.scores, [0.0])
    assert len(peaks_of(heatmap, threshold=0.5, smoothing=3.0).scores) == 0


def test_one_finder_serves_many_maps() -> None:
    finder = PeakFinder((6, 5), threshold=0.1, smoothing=1.0, most=9)
    maps = np.zeros((2, 5, 6), np.float32)
    maps[0, 1, 1] = maps[1, 3, 4] = 1.0
    first, second = finder.find(maps[0]), finder.find(maps[1])
    np.testing.assert_allclose([first.points[0], second.points[0]], [[1, 1], [4, 3]], atol=0.2)


def peaks(*points: tuple[float, float], scores: list[float] | None = None) -> Peaks:
    return Peaks(np.array(points, float).reshape(-1, 2), np.array(scores or [1.0] * len(points)))


def rightwards(value: float = 1.0) -> Fields:
    field = np.zeros((2, 20, 40), np.float32)
    field[0] = value
    return Fields(field, (1.0, 1.0))


def test_a_limb_is_scored_by_the_field_in_its_direction() -> None:
    """A vector of 3, 4 in a field of 1, 0: 3 / 5 of it; twice the reach costs 1/2 - 1."""
    joints = join(peaks((1, 1)), peaks((4, 5)), rightwards(), threshold=0.05, reach=100.0)
    np.testing.assert_allclose(joints.scores, [0.6], rtol=1e-6)
    joints = join(peaks((1, 1)), peaks((4, 5)), rightwards(), threshold=0.05, reach=2.5)
    np.testing.assert_allclose(joints.scores, [0.1], rtol=1e-6)


def test_nine_points_of_ten_must_agree() -> None:
    """Ten points at 0, 1, ... 9; the field is there from 1 or from 2 on."""
    for first, number in ((1, 1), (2, 0)):
        fields = rightwards()
        fields.vectors[0, :, :first] = 0
        joints = join(peaks((0, 3)), peaks((9, 3)), fields, threshold=0.05, reach=100.0)
        assert len(joints.scores) == number


def test_the_best_pairs_are_taken_first() -> None:
    """Both starts like the second end best; the straighter one gets it."""
    fields = rightwards()
    joints = join(
        peaks((0, 0), (0, 10)), peaks((20, 4), (20, 10)), fields, threshold=0.05, reach=100.0
    )
    assert joints.starts.tolist() == [1, 0]
    assert joints.ends.tolist() == [1, 0]


@pytest.mark.parametrize("ends", [[], [(5, 5)], [(2, 5)]])
def test_pairs_that_do_not_count(ends: list[tuple[float, float]]) -> None:
    """None, at the same place, and against the field."""
    joints = join(peaks((5, 5)), peaks(*ends), rightwards(), threshold=0.05, reach=100.0)
    assert [len(values) for values in joints] == [0, 0, 0]


def test_between_pixels_and_beyond_the_border() -> None:
    one = np.array([[[0, 1], [2, 3]]], np.float32)
    across, down = np.array([[[0.5, 0.25, -3, 9]]]), np.array([[[0.5, 0.0, 0.0, 9]]])
    np.testing.assert_allclose(sampled(one, across, down)[0, 0, 0], [1.5, 0.25, 0.0, 3.0])


def joints(*pairs: tuple[int, int, float]) -> Joints:
    starts, ends, scores = zip(*pairs, strict=True) if pairs else ((), (), ())
    return Joints(np.array(starts, int), np.array(ends, int), np.array(scores, float))


RING = Skeleton(
    ("nose", "left_eye", "right_eye"), (Limb(0, 1, 0, 1), Limb(0, 2, 2, 3), Limb(1, 2, 4, 5))
)


def test_a_person_is_begun_and_joined() -> None:
    """0.9 + 0.8 + 0.7 of the parts and 0.6 + 0.5 of the limbs, for each of three parts."""
    of_parts = [peaks((0, 0), scores=[value]) for value in (0.9, 0.8, 0.7)]
    (person,) = assemble(RING, of_parts, [joints((0, 0, 0.6)), joints((0, 0, 0.5)), joints()])
    assert person.peaks == {0: 0, 1: 0, 2: 0}
    assert person.score == pytest.approx(3.5 / 3)


def test_a_limb_that_closes_a_ring_begins_nobody_and_takes_nothing_away() -> None:
    of_parts = [peaks((0, 0), (9, 9))] * 3
    assert RING.closing == (False, False, True)
    assert assemble(RING, of_parts, [joints(), joints(), joints((0, 0, 1.0))]) == []
    first, second = assemble(
        RING,
        of_parts,
        [joints((0, 0, 1.0), (1, 1, 1.0)), joints((0, 0, 1.0), (1, 1, 1.0)), joints((0, 1, 1.0))],
    )
    assert first.peaks == {0: 0, 1: 0, 2: 0}
    assert second.peaks == {0: 1, 1: 1, 2: 1}


def test_two_who_share_no_part_become_one() -> None:
    chain = Skeleton(
        ("nose", "left_eye", "right_eye", "left_ear"),
        (Limb(0, 1, 0, 1), Limb(2, 3, 2, 3), Limb(1, 2, 4, 5)),
    )
    of_parts = [peaks((0, 0), scores=[0.5])] * 4
    (person,) = assemble(
        chain, of_parts, [joints((0, 0, 0.1)), joints((0, 0, 0.2)), joints((0, 0, 0.4))]
    )
    assert person.peaks == {0: 0, 1: 0, 2: 0, 3: 0}
    assert person.total == pytest.approx(4 * 0.5 + 0.7)


def test_openposes_skeleton() -> None:
    assert OPENPOSE.closing == (*[False] * 17, True, True)
    assert OPENPOSE.num_fields == 38
    channels = sorted(channel for limb in OPENPOSE.limbs for channel in (limb.x, limb.y))
    assert channels == list(range(38))


@pytest.mark.parametrize(
    ("parts", "limbs", "message"),
    [
        (("nose", "neck", "nose"), (), "parts has nose twice; each part is allowed once"),
        (("hat", "neck"), (), "none of COCO's keypoints: nose, left_eye"),
        (("nose", "neck"), (Limb(1, 1, 0, 1),), "a limb joins neck to itself"),
    ],
)
def test_skeletons_that_are_none(
    parts: tuple[str, ...], limbs: tuple[Limb, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Skeleton(parts, limbs)


def test_a_limb_of_an_unknown_part() -> None:
    with pytest.raises(ValueError, match="a limb names 'tail'; the parts are nose, neck"):
        limbs_of(("nose", "neck"), (("neck", "tail", 0, 1),))


def test_parts_that_a_skeleton_lacks_have_no_place() -> None:
    places = Skeleton(("neck", "left_hip", "nose")).places
    assert {COCO_KEYPOINTS[at]: place for at, place in enumerate(places) if place is not None} == {
        "nose": 2,
        "left_hip": 1,
    }
