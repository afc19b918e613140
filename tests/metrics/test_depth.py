"""The errors of Table II, pooled and per picture, under each protocol."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import mean_absolute_percentage_error, mean_squared_error

from lossproof.metrics.depth import CROPS, Protocol, sample_stat, summarise, validate
from lossproof.targets import DepthTarget
from tests.metrics.stacking import repeated, stacked

Pair = tuple[np.ndarray, DepthTarget]


def target(values: object) -> DepthTarget:
    return DepthTarget(np.asarray(values, np.float32))


def prediction(values: object) -> np.ndarray:
    return np.asarray(values, np.float32)


def pictures(seed: int, count: int = 3) -> list[Pair]:
    generator = np.random.default_rng(seed)
    pairs = []
    for _ in range(count):
        actual = generator.uniform(0.5, 60, (8, 11)).astype(np.float32)
        found = actual * generator.lognormal(0, 0.3, actual.shape).astype(np.float32)
        actual[generator.random(actual.shape) < 0.2] = np.nan
        pairs.append((found, DepthTarget(actual)))
    return pairs


def scores(pairs: list[Pair], protocol: Protocol | None = None) -> dict[str, float]:
    found = summarise(stacked([sample_stat(*pair, protocol) for pair in pairs]))
    return {name: float(values[0]) for name, values in found.items()}


def test_a_perfect_prediction_has_no_error() -> None:
    found = scores([(prediction([[1, 2], [3, 4]]), target([[1, 2], [3, np.nan]]))])
    assert {value for name, value in found.items() if name.startswith("delta")} == {1.0}
    assert {value for name, value in found.items() if not name.startswith("delta")} == {0.0}


def test_an_example_worked_by_hand() -> None:
    # One picture with the depths 2 and 4 seen as 3 and 4, one with the depth 5 seen as 10.
    found = scores([(prediction([[3, 4]]), target([[2, 4]])), (prediction([[10]]), target([[5]]))])
    assert found["abs_rel"] == pytest.approx((0.5 + 0 + 1) / 3, abs=1e-12)
    assert found["abs_rel_per_image"] == pytest.approx((0.25 + 1) / 2, abs=1e-12)
    assert found["sq_rel"] == pytest.approx((0.5 + 0 + 5) / 3, abs=1e-12)
    assert found["rmse"] == pytest.approx(np.sqrt((1 + 0 + 25) / 3), abs=1e-12)
    assert found["rmse_per_image"] == pytest.approx((np.sqrt(1 / 2) + 5) / 2, abs=1e-12)
    logs = (np.log(1.5) ** 2 + np.log(2) ** 2) / 3
    assert found["rmse_log"] == pytest.approx(np.sqrt(logs), abs=1e-12)
    # 1.5 is between 1.25 and 1.25^2, 2 is more than 1.25^3.
    assert found["delta1"] == pytest.approx(1 / 3, abs=1e-12)
    assert found["delta2"] == found["delta3"] == pytest.approx(2 / 3, abs=1e-12)
    assert found["rmse_normalised"] == pytest.approx(np.sqrt(26 / 3) / 80, abs=1e-12)
    assert found["sq_rel_normalised"] == pytest.approx(5.5 / 3 / 80, abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_scikit_learn(seed: int) -> None:
    pairs = pictures(seed)
    actual = np.concatenate([t.depth[np.isfinite(t.depth)] for _, t in pairs]).astype(float)
    answer = np.concatenate([p[np.isfinite(t.depth)] for p, t in pairs]).astype(float)
    answer = answer.clip(0.001, 80)
    found = scores(pairs)
    relative = mean_absolute_percentage_error(actual, answer)
    assert found["abs_rel"] == pytest.approx(relative, abs=1e-12)
    assert found["rmse"] == pytest.approx(mean_squared_error(actual, answer) ** 0.5, abs=1e-12)
    logs = mean_squared_error(np.log(actual), np.log(answer))
    assert found["rmse_log"] == pytest.approx(logs**0.5, abs=1e-12)


def test_normalised_errors_are_those_of_depth_divided_by_the_cap() -> None:
    (found, truth), *_ = pictures(4)
    divided = (found / 40, DepthTarget(truth.depth / 40))
    in_metres = scores([(found, truth)], Protocol(cap=40.0))
    of_shares = scores([divided], Protocol(min_depth=0.001 / 40, cap=1.0))
    for name in ("rmse", "sq_rel"):
        assert in_metres[f"{name}_normalised"] == pytest.approx(of_shares[name], rel=1e-5)


def test_depths_beyond_the_cap_are_not_scored_and_predictions_are_clipped() -> None:
    truth = target([[5.0, 9.0, 10.0, 50.0]])
    found = scores([(prediction([[5.0, 1000.0, 1.0, 1.0]]), truth)], Protocol(cap=10.0))
    assert found["abs_rel"] == pytest.approx((0 + 1 / 9) / 2, abs=1e-12)


def test_a_prediction_of_nothing_is_clipped_to_the_least_depth() -> None:
    found = scores([(prediction([[-3.0]]), target([[2.0]]))], Protocol(min_depth=0.5))
    assert found["rmse"] == pytest.approx(1.5, abs=1e-12)


@pytest.mark.parametrize("crop", ["garg", "eigen"])
def test_a_crop_scores_what_is_inside_of_it(crop: str) -> None:
    # KITTI's frame and the corners that Monodepth's evaluation prints for it.
    actual = np.full((375, 1242), 5.0)
    rows, columns = {
        "garg": (slice(153, 371), slice(44, 1197)),
        "eigen": (slice(124, 342), slice(44, 1197)),
    }[crop]
    found = np.full(actual.shape, 10.0)
    found[rows, columns] = 5.0
    pair = (prediction(found), target(actual))
    assert scores([pair], Protocol(crop=crop))["abs_rel"] == 0.0
    num_pixels = sample_stat(*pair, Protocol(crop=crop))["num_pixels"]
    assert num_pixels.tolist() == [(371 - 153) * (1197 - 44)]
    assert set(CROPS) == {"none", "garg", "eigen"}


def test_median_scaling_forgives_the_scale_of_each_picture() -> None:
    generator = np.random.default_rng(0)
    truths = [generator.uniform(1, 30, (6, 6)) for _ in range(2)]
    pairs = [(prediction(t * s), target(t)) for t, s in zip(truths, (0.01, 3), strict=True)]
    assert scores(pairs, Protocol(median_scaling=True))["rmse"] == pytest.approx(0, abs=1e-5)
    assert scores(pairs)["rmse"] > 1


def test_a_picture_without_a_scored_pixel_counts_in_neither_way() -> None:
    empty = (prediction([[1.0]]), target([[np.nan]]))
    full = (prediction([[3.0]]), target([[2.0]]))
    assert scores([empty, full]) == scores([full])
    assert np.isnan(list(scores([empty]).values())).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_weights_of_ones_change_nothing_and_whole_weights_repeat_samples(seed: int) -> None:
    stats = [sample_stat(*pair) for pair in pictures(seed, 4)]
    repeats = np.random.default_rng(seed).integers(1, 4, 4)
    weighted = summarise(stacked(stats), np.stack([np.ones(4), repeats]).astype(float))
    plain, drawn = summarise(stacked(stats)), summarise(repeated(stats, repeats))
    for name, values in weighted.items():
        np.testing.assert_allclose(values[0], plain[name][0], atol=1e-12)
        np.testing.assert_allclose(values[1], drawn[name][0], atol=1e-12)


def test_bad_input_is_refused() -> None:
    truth = target([[1.0, 2.0]])
    with pytest.raises(ValueError, match=r"shape \(2, 1\); the target's shape \(1, 2\)"):
        validate(prediction([[1.0], [2.0]]), truth)
    with pytest.raises(ValueError, match="NaN or infinity; metres are allowed"):
        validate(prediction([[1.0, np.nan]]), truth)
    with pytest.raises(ValueError, match="min_depth is 5 and cap 2; 0 < min_depth < cap"):
        Protocol(min_depth=5.0, cap=2.0)
