"""The three scores of Table I and the IoU of each class."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, balanced_accuracy_score, confusion_matrix, jaccard_score
from torch import from_numpy
from torchmetrics.classification import MulticlassAccuracy, MulticlassJaccardIndex

from lossproof.metrics.segmentation import sample_stat, summarise, validate
from lossproof.records import DamagedSample
from lossproof.targets import SegmentationTarget

NUM_CLASSES = 4


def target(values: np.ndarray, num_classes: int = NUM_CLASSES) -> SegmentationTarget:
    return SegmentationTarget(np.asarray(values, np.uint8), num_classes)


def pictures(seed: int, count: int = 3) -> list[tuple[np.ndarray, SegmentationTarget]]:
    generator = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        truth = generator.integers(0, NUM_CLASSES, (9, 7))
        prediction = np.where(generator.random(truth.shape) < 0.3, (truth + 1) % NUM_CLASSES, truth)
        truth[generator.random(truth.shape) < 0.1] = 255
        found.append((prediction, target(truth)))
    return found


def scores(pairs: list[tuple[np.ndarray, SegmentationTarget]]) -> dict[str, float]:
    stacked = np.stack([sample_stat(*pair)["confusion"] for pair in pairs])
    return {name: float(v[0]) for name, v in summarise({"confusion": stacked}).items()}


def pooled(pairs: list[tuple[np.ndarray, SegmentationTarget]]) -> tuple[np.ndarray, np.ndarray]:
    kept = [(p[t.class_map != 255], t.class_map[t.class_map != 255]) for p, t in pairs]
    return np.concatenate([t for _, t in kept]), np.concatenate([p for p, _ in kept])


def test_a_perfect_prediction_scores_one() -> None:
    truth = np.array([[0, 1], [2, 3]])
    found = scores([(truth, target(truth))])
    assert set(found.values()) == {1.0}


def test_an_example_worked_by_hand() -> None:
    # Class 0: 3 pixels, 2 hit, 1 false alarm. Class 1: 2 pixels, 1 hit, 1 false alarm. 1 ignored.
    found = scores([(np.array([[0, 0, 1], [0, 1, 0]]), target([[0, 0, 0], [1, 1, 255]], 2))])
    assert found["global_accuracy"] == pytest.approx(3 / 5, abs=1e-15)
    assert found["mean_class_accuracy"] == pytest.approx((2 / 3 + 1 / 2) / 2, abs=1e-15)
    assert found["iou/0"] == pytest.approx(2 / 4, abs=1e-15)
    assert found["iou/1"] == pytest.approx(1 / 3, abs=1e-15)
    assert found["miou"] == pytest.approx((1 / 2 + 1 / 3) / 2, abs=1e-15)


def test_rows_of_the_confusion_matrix_are_the_target() -> None:
    stat = sample_stat(np.array([[1, 1]]), target([[0, 1]], 2))
    assert stat["confusion"].tolist() == [[0, 1], [0, 1]]


def test_more_pixels_than_float32_can_count_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lossproof.metrics.segmentation._MOST_COUNTED", 10)
    (prediction, truth), *_ = pictures(3)
    in_strips = sample_stat(prediction, truth)["confusion"]
    monkeypatch.undo()
    assert np.array_equal(in_strips, sample_stat(prediction, truth)["confusion"])


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_scikit_learn(seed: int) -> None:
    pairs = pictures(seed)
    truth, prediction = pooled(pairs)
    found = scores(pairs)
    assert found["global_accuracy"] == pytest.approx(accuracy_score(truth, prediction), abs=1e-9)
    balanced = balanced_accuracy_score(truth, prediction)
    assert found["mean_class_accuracy"] == pytest.approx(balanced, abs=1e-9)
    jaccard = jaccard_score(truth, prediction, average="macro")
    assert found["miou"] == pytest.approx(jaccard, abs=1e-9)
    summed = sum(sample_stat(*pair)["confusion"] for pair in pairs)
    assert np.array_equal(summed, confusion_matrix(truth, prediction, labels=range(NUM_CLASSES)))


def test_agrees_with_torchmetrics() -> None:
    pairs = pictures(1)
    truth, prediction = (from_numpy(values.astype(np.int64)) for values in pooled(pairs))
    found = scores(pairs)
    iou = MulticlassJaccardIndex(NUM_CLASSES)(prediction, truth)
    accuracy = MulticlassAccuracy(NUM_CLASSES)(prediction, truth)
    assert found["miou"] == pytest.approx(float(iou), abs=1e-6)  # torchmetrics sums in float32
    assert found["mean_class_accuracy"] == pytest.approx(float(accuracy), abs=1e-6)


def test_a_class_that_is_nowhere_is_nan_and_left_out_of_the_means() -> None:
    found = scores([(np.array([[0, 1]]), target([[0, 1]], 3))])
    assert np.isnan(found["iou/2"])
    assert found["miou"] == found["mean_class_accuracy"] == 1.0


def test_a_class_that_is_only_predicted_has_iou_zero_and_no_accuracy() -> None:
    found = scores([(np.array([[0, 2]]), target([[0, 0]], 3))])
    assert found["iou/2"] == 0.0
    assert found["mean_class_accuracy"] == 0.5
    assert found["miou"] == 0.25


def test_nothing_to_score_is_nan_not_zero() -> None:
    found = scores([(np.zeros((2, 2), int), target(np.full((2, 2), 255)))])
    assert np.isnan(list(found.values())).all()


@given(st.integers(0, 2**32 - 1))
def test_weights_of_ones_change_nothing_and_whole_weights_repeat_samples(seed: int) -> None:
    confusion = np.random.default_rng(seed).integers(0, 50, (5, 3, 3))
    repeats = np.random.default_rng(seed + 1).integers(0, 4, 5)
    weighted = summarise({"confusion": confusion}, np.stack([np.ones(5), repeats]).astype(float))
    plain = summarise({"confusion": confusion})
    repeated = summarise({"confusion": np.repeat(confusion, repeats, axis=0)})
    for name, values in weighted.items():
        np.testing.assert_allclose(values[0], plain[name][0], atol=1e-12)
        np.testing.assert_allclose(values[1], repeated[name][0], atol=1e-12)


@pytest.mark.parametrize(
    ("prediction", "message"),
    [
        (np.zeros((2, 3), int), r"shape \(2, 3\); the target's shape \(2, 2\) is allowed"),
        (np.full((2, 2), 4), "classes 4 to 4; 0 to 3 are allowed"),
        (np.full((2, 2), -1), "classes -1 to -1; 0 to 3 are allowed"),
        (np.zeros((2, 2)), "type float64; an array of whole numbers is allowed"),
    ],
)
def test_a_prediction_that_cannot_be_scored_is_refused(
    prediction: np.ndarray, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        validate.__wrapped__(prediction, target(np.zeros((2, 2))))


def test_a_target_with_an_unknown_class_is_a_damaged_sample() -> None:
    with pytest.raises(DamagedSample, match=r"class values \[7\]; 0 to 3 and 255 are allowed"):
        target([[0, 7]])
