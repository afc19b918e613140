"""OKS average precision against pycocotools, over all pictures and over those with people."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossproof.metrics.keypoints import SIGMAS, similarities
from lossproof.metrics.pose import sample_stat, summarise, validate
from lossproof.predictions import Poses
from lossproof.targets import PoseTarget
from tests.metrics.coco_reference import pose_scores
from tests.metrics.stacking import repeated, stacked

Pair = tuple[Poses, PoseTarget]
K = 17


def target(
    keypoints: np.ndarray, *, areas: np.ndarray | None = None, crowd: np.ndarray | None = None
) -> PoseTarget:
    """People whose box holds all their keypoints."""
    points = np.asarray(keypoints, np.float32).reshape(-1, K, 3)
    boxes = np.concatenate([points[..., :2].min(axis=1), points[..., :2].max(axis=1)], axis=1)
    sides = boxes[:, 2:] - boxes[:, :2]
    return PoseTarget(
        keypoints=points,
        boxes=boxes,
        areas=np.float32(sides.prod(axis=1) * 0.6 if areas is None else areas),
        crowd=np.zeros(len(points), bool) if crowd is None else crowd,
        frame_size=(300, 300),
    )


def poses(keypoints: np.ndarray, scores: list[float] | np.ndarray) -> Poses:
    return Poses(np.asarray(keypoints, np.float32).reshape(-1, K, 3), np.asarray(scores, float))


def people(generator: np.random.Generator, count: int) -> np.ndarray:
    """Keypoints scattered in boxes of all sizes, some of them without any label."""
    centres, sizes = generator.uniform(0, 200, (count, 1, 2)), generator.uniform(5, 150, count)
    places = centres + generator.uniform(0, 1, (count, K, 2)) * sizes[:, None, None]
    labels = generator.integers(0, 3, (count, K, 1)) * (generator.random((count, 1, 1)) < 0.8)
    return np.concatenate([places, labels], axis=2)


def labelled(count: int, seed: int) -> np.ndarray:
    """People of whom every keypoint is labelled."""
    found = people(np.random.default_rng(seed), count)
    found[..., 2] = 2
    return found


def pictures(seed: int, *, most: int = 6, count: int = 4) -> list[Pair]:
    """People, some of them crowds; poses near them or anywhere, with scores often equal."""
    generator = np.random.default_rng(seed)
    pairs = []
    for _ in range(count):
        truth = people(generator, generator.integers(0, 5))
        copies = np.repeat(truth, 2, axis=0)
        copies[..., :2] += generator.normal(0, 1, copies[..., :2].shape) * generator.uniform(
            0, 12, (len(copies), 1, 1)
        )
        some = np.concatenate([copies, people(generator, generator.integers(0, most))])
        crowd = generator.random(len(truth)) < 0.15
        scores = generator.integers(0, 6, len(some)) / 5
        pairs.append((poses(some, scores), target(truth, crowd=crowd)))
    return pairs


def scores(pairs: list[Pair]) -> dict[str, float]:
    found = summarise(stacked([sample_stat(*pair) for pair in pairs]))
    return {name: float(values[0]) for name, values in found.items()}


def assert_equals_pycocotools(pairs: list[Pair]) -> None:
    found = scores(pairs)
    for name, expected in pose_scores(pairs).items():
        assert found[name] == pytest.approx(expected, abs=1e-9, nan_ok=True), name
    with_people = [pair for pair in pairs if ((pair[1].num_labelled > 0) & ~pair[1].crowd).any()]
    if with_people:
        for name, expected in pose_scores(with_people).items():
            people_only = found[f"{name}_people"]
            assert people_only == pytest.approx(expected, abs=1e-9, nan_ok=True), name


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 4]), st.sampled_from([1, 6, 40]))
def test_equals_pycocotools_on_whatever_there_may_be(seed: int, count: int, most: int) -> None:
    assert_equals_pycocotools(pictures(seed, count=count, most=most))


def test_more_than_20_poses_are_cut_off() -> None:
    generator = np.random.default_rng(0)
    truth = labelled(1, seed=1)
    crowd_of_guesses = np.concatenate([people(generator, 20), truth])
    pair = (poses(crowd_of_guesses, [0.9] * 20 + [0.1]), target(truth))
    assert_equals_pycocotools([pair])
    assert scores([pair])["oks_ap"] == 0.0


def test_a_perfect_prediction_scores_one() -> None:
    truth = labelled(3, seed=1)
    found = scores([(poses(truth, [0.9, 0.8, 0.7]), target(truth, areas=[1e3, 5e3, 5e4]))])
    assert {name: value for name, value in found.items() if value != 1.0} == {}


def test_a_similarity_worked_by_hand() -> None:
    # Two labelled keypoints: the nose 3 pixels off, the left shoulder exact, area 100.
    truth = np.zeros((1, K, 3))
    truth[0, [0, 5], 2] = 2
    guess = truth.copy()
    guess[0, 0, :2] = (3, 0)
    guess[0, 9, :2] = (500, 500)  # not labelled, so not compared
    answer = similarities(guess, target(truth, areas=np.array([100.0])))
    nose = math.exp(-9 / (2 * 100 * (2 * SIGMAS[0]) ** 2))
    assert answer.item() == pytest.approx((nose + 1) / 2, abs=1e-12)


def test_poses_where_nobody_is_count_over_all_pictures_only() -> None:
    generator = np.random.default_rng(2)
    truth = labelled(1, seed=3)
    somebody = (poses(truth, [0.5]), target(truth))
    nobody = (poses(people(generator, 1), [0.9]), target(np.zeros((0, K, 3))))
    found = scores([somebody, nobody])
    assert found["oks_ap_people"] == 1.0
    assert found["oks_ap"] == pytest.approx(0.5, abs=1e-12)


def test_nobody_to_find_is_nan_and_nobody_found_is_zero() -> None:
    nothing = np.zeros((0, K, 3))
    assert all(map(math.isnan, scores([(poses(nothing, []), target(nothing))]).values()))
    truth = labelled(1, seed=3)
    assert scores([(poses(nothing, []), target(truth))])["oks_ap"] == 0.0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_weights_of_ones_change_nothing_and_whole_weights_repeat_samples(seed: int) -> None:
    generator = np.random.default_rng(seed)
    # Without equal scores: repeated pictures take turns among equals, weighted ones do not.
    pairs = [
        (poses(answer.keypoints, generator.permutation(len(answer.scores)) / 100), truth)
        for answer, truth in pictures(seed)
    ]
    stats = [sample_stat(*pair) for pair in pairs]
    repeats = generator.integers(1, 4, len(stats))
    weighted = summarise(stacked(stats), np.stack([np.ones(len(stats)), repeats]).astype(float))
    plain, drawn = summarise(stacked(stats)), summarise(repeated(stats, repeats))
    for name, values in weighted.items():
        np.testing.assert_allclose(values[0], plain[name][0], atol=1e-12)
        np.testing.assert_allclose(values[1], drawn[name][0], atol=1e-12)


def test_poses_that_cannot_be_scored_are_refused() -> None:
    truth = target(np.zeros((1, K, 3)))
    with pytest.raises(ValueError, match=r"shape \(1, 13, 3\); \(people, 17, 3\) is allowed"):
        validate(Poses(np.zeros((1, 13, 3)), np.zeros(1)), truth)
    with pytest.raises(ValueError, match="NaN or infinity in it; finite numbers are allowed"):
        validate(poses(np.full((1, K, 3), np.nan), [0.5]), truth)
