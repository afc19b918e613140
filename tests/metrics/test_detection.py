"""COCO's scores against pycocotools, VOC's against a small devkit written from its description."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossproof.metrics.detection import sample_stat, summarise, validate
from lossproof.predictions import Detections
from lossproof.targets import DetectionTarget
from tests.metrics.coco_reference import box_scores
from tests.metrics.stacking import repeated, stacked
from tests.metrics.voc_reference import voc_scores

Pair = tuple[Detections, DetectionTarget]
NUM_CLASSES = 3
Row = tuple[int, int, int, int, int, float]


def target(rows: list[tuple], num_classes: int = NUM_CLASSES) -> DetectionTarget:
    """Rows of x1, y1, x2, y2, label, then crowd, difficult and area if not 0, 0 and the box's."""
    full = [(*row, *(0, 0, (row[2] - row[0]) * (row[3] - row[1]))[len(row) - 5 :]) for row in rows]
    values = np.array(full, np.float32).reshape(-1, 8)
    return DetectionTarget(
        boxes=values[:, :4],
        labels=values[:, 4].astype(np.int64),
        areas=values[:, 7],
        crowd=values[:, 5] > 0,
        difficult=values[:, 6] > 0,
        num_classes=num_classes,
        frame_size=(200, 200),
    )


def detections(rows: list[Row]) -> Detections:
    """Rows of x1, y1, x2, y2, label, score."""
    values = np.array(rows, np.float32).reshape(-1, 6)
    return Detections(values[:, :4], values[:, 5], values[:, 4].astype(np.int64))


def scores(pairs: list[Pair]) -> dict[str, float]:
    found = summarise(stacked([sample_stat(*pair) for pair in pairs]))
    return {name: float(values[0]) for name, values in found.items()}


def assert_equals_pycocotools(pairs: list[Pair]) -> None:
    found = scores(pairs)
    for name, expected in box_scores(pairs).items():
        assert found[name] == pytest.approx(expected, abs=1e-9, nan_ok=True), name


# Coarse grids, so that overlaps and scores are often equal, and boxes often without area.
SIDES = st.sampled_from([0, 10, 20, 30, 40, 60, 100])
LABELS = st.integers(0, NUM_CLASSES - 1)


@st.composite
def boxes(draw: st.DrawFn) -> tuple[int, int, int, int]:
    x, y = draw(st.sampled_from([0, 5, 10])), draw(st.sampled_from([0, 5, 10]))
    return (x, y, x + draw(SIDES), y + draw(SIDES))


@st.composite
def pictures(draw: st.DrawFn, *, crowds: bool, difficult: bool = False) -> Pair:
    flags = st.booleans() if crowds else st.just(False)
    hard = st.booleans() if difficult else st.just(False)
    # The area is of the outline: it need not be that of the box.
    share = st.sampled_from([1.0, 0.5, 0.1])
    truth = []
    for _ in range(draw(st.integers(0, 5))):
        box, kind = draw(boxes()), (draw(LABELS), draw(flags), draw(hard))
        truth.append((*box, *kind, (box[2] - box[0]) * (box[3] - box[1]) * draw(share)))
    ranks = st.sampled_from([0.1, 0.5, 0.5, 0.9])
    found = st.lists(st.tuples(boxes(), LABELS, ranks), max_size=8)
    return detections([(*box, label, score) for box, label, score in draw(found)]), target(truth)


@settings(max_examples=100, deadline=None)
@given(st.lists(pictures(crowds=True), min_size=1, max_size=4))
def test_equals_pycocotools_on_whatever_there_may_be(pairs: list[Pair]) -> None:
    assert_equals_pycocotools(pairs)


@settings(max_examples=100, deadline=None)
@given(st.lists(pictures(crowds=False, difficult=True), min_size=1, max_size=4))
def test_equals_the_devkit_on_whatever_there_may_be(pairs: list[Pair]) -> None:
    found = scores(pairs)
    expected = voc_scores(pairs)
    assert found["voc_ap"] == pytest.approx(expected.all_point, abs=1e-9, nan_ok=True)
    assert found["voc_ap_11point"] == pytest.approx(expected.eleven_point, abs=1e-9, nan_ok=True)


def noisy(seed: int, *, most: int, count: int = 6) -> list[Pair]:
    """Pictures whose predictions are near the targets, or anywhere, in ``float32``."""
    generator = np.random.default_rng(seed)
    pairs = []
    for _ in range(count):
        places = generator.uniform(0, 150, (generator.integers(0, 20), 2))
        truth = np.hstack([places, places + generator.uniform(1, 130, places.shape)])
        labels = generator.integers(0, NUM_CLASSES, len(truth))
        copies = np.repeat(truth, 2, axis=0) + generator.normal(0, 6, (2 * len(truth), 4))
        lost = generator.uniform(0, 200, (generator.integers(0, most), 4))
        some = np.vstack([copies, lost])
        some[:, 2:] = np.maximum(some[:, :2], some[:, 2:])
        guesses = generator.integers(0, NUM_CLASSES, len(lost))
        rows = np.column_stack(
            [some, np.concatenate([labels.repeat(2), guesses]), generator.random(len(some))]
        )
        crowd = generator.random(len(truth)) < 0.1
        flags = np.column_stack([labels, crowd, np.zeros(len(truth))])
        areas = (truth[:, 2] - truth[:, 0]) * (truth[:, 3] - truth[:, 1]) * 0.7
        pairs.append((detections(list(rows)), target(list(np.column_stack([truth, flags, areas])))))
    return pairs


@pytest.mark.parametrize("seed", range(4))
def test_equals_pycocotools_on_noisy_detections(seed: int) -> None:
    assert_equals_pycocotools(noisy(seed, most=60))


def test_equals_pycocotools_where_a_class_has_more_than_100_detections() -> None:
    pairs = noisy(9, most=900, count=3)
    per_class = [np.bincount(prediction.labels).max() for prediction, _ in pairs]
    assert max(per_class) > 100
    assert_equals_pycocotools(pairs)


def test_voc_has_no_limit_of_detections() -> None:
    misses = [(100, 100, 110, 110, 0, 0.9)] * 150
    pair = (detections([*misses, (0, 0, 50, 50, 0, 0.1)]), target([(0, 0, 50, 50, 0)]))
    found = scores([pair])
    assert found["ap"] == 0.0
    assert found["voc_ap"] == pytest.approx(1 / 151, abs=1e-15)


def test_a_perfect_prediction_scores_one() -> None:
    truth = [(0, 0, 20, 20, 0), (10, 10, 60, 60, 1), (0, 0, 120, 150, 2)]
    found = scores([(detections([(*row, 0.9) for row in truth]), target(truth))])
    assert set(found.values()) == {1.0}


def test_an_example_worked_by_hand() -> None:
    # One class, two targets. In the order of scores: a hit with IoU 1, a miss, a hit with IoU 0.6.
    # At the thresholds .5, .55 and .6 the curve is (recall .5, precision 1), (1, 2/3): 51 of the
    # 101 recalls read 1 and 50 read 2/3. At the other seven 51 read 1 and the rest 0.
    truth = target([(0, 0, 50, 50, 0), (100, 100, 150, 150, 0)], 1)
    found = detections(
        [(0, 0, 50, 50, 0, 0.9), (60, 0, 90, 40, 0, 0.8), (100, 100, 130, 150, 0, 0.7)]
    )
    low, high = (51 + 50 * 2 / 3) / 101, 51 / 101
    answer = scores([(found, truth)])
    assert answer["ap50"] == pytest.approx(low, abs=1e-15)
    assert answer["ap75"] == pytest.approx(high, abs=1e-15)
    assert answer["ap"] == pytest.approx((3 * low + 7 * high) / 10, abs=1e-15)
    assert answer["ar1"] == pytest.approx(0.5, abs=1e-15)
    assert answer["ar100"] == pytest.approx((3 * 1 + 7 * 0.5) / 10, abs=1e-15)
    assert answer["voc_ap"] == pytest.approx(0.5 * 1 + 0.5 * 2 / 3, abs=1e-15)
    assert answer["voc_ap_11point"] == pytest.approx((6 + 5 * 2 / 3) / 11, abs=1e-15)


def test_a_recall_of_exactly_six_tenths_reaches_its_point() -> None:
    # In floating point 6 * 0.1 is more than 6 / 10.
    truth = [(20 * place, 0, 20 * place + 10, 10, 0) for place in range(5)]
    found = scores([(detections([(*row, 0.9) for row in truth[:3]]), target(truth))])
    assert found["voc_ap_11point"] == pytest.approx(7 / 11, abs=1e-15)


def test_a_difficult_target_is_neither_asked_for_nor_punished() -> None:
    truth = target([(0, 0, 50, 50, 0, 0, 1), (100, 100, 150, 150, 0)], 1)
    found = scores([(detections([(0, 0, 50, 50, 0, 0.9), (100, 100, 150, 150, 0, 0.5)]), truth)])
    assert found["voc_ap"] == found["ap"] == 1.0


def test_a_class_without_targets_is_nan_and_left_out_of_the_mean() -> None:
    pair = (detections([(0, 0, 50, 50, 0, 0.9), (0, 0, 9, 9, 2, 0.9)]), target([(0, 0, 50, 50, 0)]))
    found = scores([pair])
    assert found["ap/0"] == found["ap"] == found["voc_ap"] == 1.0
    assert math.isnan(found["ap/1"])
    assert math.isnan(found["ap/2"])


def test_nothing_to_find_is_nan_and_nothing_found_is_zero() -> None:
    assert all(map(math.isnan, scores([(detections([]), target([]))]).values()))
    found = scores([(detections([]), target([(0, 0, 20, 20, 0)]))])
    assert (found["ap"], found["ar100"], found["voc_ap"]) == (0.0, 0.0, 0.0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_weights_of_ones_change_nothing_and_whole_weights_repeat_samples(seed: int) -> None:
    stats = [sample_stat(*pair) for pair in noisy(seed, most=20, count=4)]
    repeats = np.random.default_rng(seed).integers(0, 4, 4)
    repeats[0] = max(repeats[0], 1)
    weighted = summarise(stacked(stats), np.stack([np.ones(4), repeats]).astype(float))
    plain, drawn = summarise(stacked(stats)), summarise(repeated(stats, repeats))
    for name, values in weighted.items():
        np.testing.assert_allclose(values[0], plain[name][0], atol=1e-12)
        np.testing.assert_allclose(values[1], drawn[name][0], atol=1e-12)


def test_statistics_are_small_enough_to_keep() -> None:
    stat = sample_stat(*noisy(0, most=60)[0])
    per_detection = sum(
        values.values.nbytes
        for name, values in stat.items()
        if name not in ("targets", "num_classes")
    ) / len(stat["scores"].values)
    assert per_detection <= 27


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([(5, 0, 4, 9, 0, 0.5)], "end before they begin; x1 <= x2 and y1 <= y2 are allowed"),
        ([(math.nan, 0, 4, 9, 0, 0.5)], "boxes that are not finite"),
        ([(0, 0, 4, 9, 3, 0.5)], r"the labels \[3\]; 0 to 2 are allowed"),
        ([(0, 0, 4, 9, -1, 0.5)], r"the labels \[-1\]; 0 to 2 are allowed"),
        ([(0, 0, 4, 9, 0, math.nan)], "scores of NaN or infinity; finite ones are allowed"),
    ],
)
def test_detections_that_cannot_be_scored_are_refused(rows: list[Row], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        validate(detections(rows), target([]))


def test_as_many_of_each_are_asked_for() -> None:
    odd = Detections.__new__(Detections)
    for name, length in (("boxes", (2, 4)), ("scores", (1,)), ("labels", (2,))):
        object.__setattr__(odd, name, np.zeros(length))
    with pytest.raises(ValueError, match="2 boxes, 1 scores and 2 labels; as many of each"):
        validate(odd, target([]))
