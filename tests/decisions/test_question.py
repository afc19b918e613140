"""What is asked, and how much is lost of it."""

import numpy as np
import pytest

from lossproof.decisions.drops import worst_mean
from lossproof.decisions.question import Question
from lossproof.tasks import make_task

from .worlds import question, result, source


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"max_drop": 0.0}, "max_drop is 0; a share above 0 and below 1"),
        ({"max_drop": 1.0}, "max_drop is 1;"),
        ({"max_drop": float("nan")}, "max_drop is nan;"),
        ({"confidence": 0.5}, "confidence is 0.5; above 0.5 and below 1"),
        ({"confidence": 1.0}, "confidence is 1;"),
        ({"worst": 1.0}, "worst is 1;"),
    ],
)
def test_other_questions_are_refused(given: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        question(**given)


def test_decibels_have_no_drop() -> None:
    with pytest.raises(ValueError, match="decibels"):
        Question(task=make_task("fidelity"), max_drop=0.1)


def test_a_drop_is_that_of_the_pooled_score() -> None:
    drops = question().drops(source(30), result("jpeg", 5, np.linspace(0.1, 0.2, 30)))
    before, after = 0.9 / 1.1, 0.85 / 1.15
    assert drops.value == pytest.approx(1 - after / before)
    assert drops.lower(0.05) < drops.value < drops.upper(0.05)
    assert (drops.num_groups, drops.num_changed) == (30, 29)


def test_where_nothing_changes_it_still_may() -> None:
    """Of 30 pictures that all stay as they are, 1 in 10 of the next ones may not."""
    drops = question().drops(source(30), result("jpeg", 5, np.full(30, 0.1)))
    assert drops.value == 0
    assert drops.upper(0.05) == pytest.approx(1 - 0.05 ** (1 / 30))


def test_the_worst_class_decides_and_is_named() -> None:
    arrived = result("jpeg", 5, np.linspace(0.1, 0.14, 30))
    arrived.stats["confusion"][:, 1, 0] += 1000  # the sky is taken for the road
    arrived.stats["confusion"][:, 1, 1] -= 1000
    whole = question().drops(source(30), arrived)
    classes = question(worst="class").drops(source(30), arrived)
    assert sorted(classes.parts) == ["road", "sky"]
    assert classes.worst == "sky"
    assert classes.value > whole.value
    assert classes.upper(0.05) >= max(one.upper(0.05) for one in classes.parts.values())


def test_tasks_without_classes_say_so() -> None:
    depth = Question(task=make_task("depth"), max_drop=0.1, worst="class")
    one = result("jpeg", 5, np.full(30, 0.1))
    stats = {"sums": np.ones((30, 9)), "num_pixels": np.ones((30, 9))}
    object.__setattr__(one, "stats", stats)
    with pytest.raises(ValueError, match="depth has no score of each class; a worst share"):
        depth.drops(one, one)


def test_the_worst_share_by_hand() -> None:
    losses, whole = np.array([0.0, 0.4, 0.1, 0.2, np.nan]), np.ones(5)
    weights = np.array([[1.0, 1, 1, 1, 1], [1, 0, 1, 2, 5]])
    found = worst_mean(losses, whole, weights, share=0.5)
    assert found == pytest.approx([0.3, 0.2])
    assert worst_mean(losses, whole, weights, share=0.25) == pytest.approx([0.4, 0.2])


def test_the_worst_share_loses_more_and_is_less_sure() -> None:
    error = 0.1 + 0.1 * np.random.default_rng(0).random(400)
    whole, worst = (
        question(worst=share).drops(source(400), result("jpeg", 5, error)) for share in (None, 0.1)
    )
    assert worst.value > whole.value
    assert worst.parts[""].num_parts == 40
    few = question(worst=0.02).drops(source(400), result("jpeg", 5, error))
    assert few.upper(0.05) == np.inf
