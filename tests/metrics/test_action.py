"""The three accuracies of Table V, the five best, and each class."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, recall_score, top_k_accuracy_score

from lossproof.metrics.action import sample_stat, summarise, validate
from lossproof.predictions import StreamLogits
from lossproof.records import Stat
from lossproof.targets import ActionTarget
from tests.metrics.stacking import repeated, stacked

NUM_CLASSES = 8


def logits(*values: float) -> np.ndarray:
    return np.array(values, float)


def clips(seed: int, count: int = 40) -> tuple[np.ndarray, np.ndarray, list[Stat]]:
    """Labels, logits (streams, clips, classes), and the statistics of the clips."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, NUM_CLASSES, count)
    answers = generator.normal(size=(3, count, NUM_CLASSES))
    answers[:, np.arange(count), labels] += 1
    stats = [
        sample_stat(StreamLogits(*one), ActionTarget(int(label), NUM_CLASSES))
        for one, label in zip(answers.transpose(1, 0, 2), labels, strict=True)
    ]
    return labels, answers, stats


def test_an_example_worked_by_hand() -> None:
    target = ActionTarget(2, 3)
    right = StreamLogits(spatial=logits(0, 1, 2), fusion=logits(0, 0, 9))
    wrong = StreamLogits(spatial=logits(0, 3, 2), fusion=logits(0, 0, 9))
    found = summarise(stacked([sample_stat(right, target), sample_stat(wrong, target)]))
    assert found["top1_spatial"].tolist() == [0.5]
    assert found["top5_spatial"].tolist() == [1.0]
    assert found["top1_fusion"].tolist() == found["top1_fusion/2"].tolist() == [1.0]
    assert np.isnan([found["top1_motion"], found["top5_motion"], found["top1_fusion/0"]]).all()


def test_of_equal_logits_the_first_class_wins() -> None:
    tie = StreamLogits(fusion=logits(1, 1, 0))
    answers = [sample_stat(tie, ActionTarget(label, 3))["top1"][2] for label in range(3)]
    assert answers == [1, 0, 0]
    flat = StreamLogits(fusion=np.zeros(7))
    answers = [sample_stat(flat, ActionTarget(label, 7))["top5"][2] for label in range(7)]
    assert answers == [1, 1, 1, 1, 1, 0, 0]


@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_scikit_learn(seed: int) -> None:
    labels, answers, stats = clips(seed)
    found = summarise(stacked(stats))
    for stream, each in zip(("spatial", "motion", "fusion"), answers, strict=True):
        top1 = accuracy_score(labels, each.argmax(1))
        assert found[f"top1_{stream}"].item() == pytest.approx(top1, abs=1e-12)
        top5 = top_k_accuracy_score(labels, each, k=5, labels=range(NUM_CLASSES))
        assert found[f"top5_{stream}"].item() == pytest.approx(top5, abs=1e-12)
    of_class = recall_score(
        labels, answers[2].argmax(1), labels=range(NUM_CLASSES), average=None, zero_division=np.nan
    )
    each = [found[f"top1_fusion/{index}"].item() for index in range(NUM_CLASSES)]
    np.testing.assert_allclose(each, of_class, atol=1e-12)


def test_logits_are_kept_so_that_streams_can_be_weighted_anew() -> None:
    labels, answers, stats = clips(5)
    kept = stacked(stats)
    assert np.array_equal(kept["logits"], answers.transpose(1, 0, 2).astype(np.float32))
    assert np.array_equal(kept["label"][:, 0], labels)


def test_a_stream_is_scored_on_the_clips_where_it_is() -> None:
    target = ActionTarget(0, 2)
    both = StreamLogits(motion=logits(1, 0), fusion=logits(1, 0))
    still = StreamLogits(fusion=logits(0, 1))
    found = summarise(stacked([sample_stat(both, target), sample_stat(still, target)]))
    assert found["top1_motion"].item() == 1.0
    assert found["top1_fusion"].item() == 0.5


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_weights_of_ones_change_nothing_and_whole_weights_repeat_samples(seed: int) -> None:
    *_, stats = clips(seed, 6)
    repeats = np.random.default_rng(seed).integers(1, 4, 6)
    weighted = summarise(stacked(stats), np.stack([np.ones(6), repeats]).astype(float))
    plain, drawn = summarise(stacked(stats)), summarise(repeated(stats, repeats))
    for name, values in weighted.items():
        np.testing.assert_allclose(values[0], plain[name][0], atol=1e-12)
        np.testing.assert_allclose(values[1], drawn[name][0], atol=1e-12)


@pytest.mark.parametrize(
    ("prediction", "message"),
    [
        (StreamLogits(), "no logits; those of spatial, motion, fusion are allowed"),
        (StreamLogits(fusion=np.zeros(4)), r"fusion logits of shape \(4,\); one for each of 3"),
        (StreamLogits(motion=np.full(3, np.nan)), "motion logits of NaN or infinity"),
    ],
)
def test_logits_that_cannot_be_scored_are_refused(prediction: StreamLogits, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        validate(prediction, ActionTarget(0, 3))
