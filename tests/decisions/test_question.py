"""What is asked, and how much is lost of it."""

import numpy as np
import pytest
from benchmarks.worlds import clips, question, result, source

from lossproof.analysis.jackknife import estimate
from lossproof.analysis.sequential import rare
from lossproof.decisions.drops import Drops, Losing, Part, worst_mean
from lossproof.decisions.question import Question
from lossproof.tasks import make_task


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
    losing = drops.parts[""].losing
    assert losing[:3] == (30, 29, 0)
    assert losing.lost == pytest.approx(drops.value, rel=0.02)


def test_where_nothing_changes_it_still_may() -> None:
    """Of 30 pictures that all stay as they are, 1 in 10 of the next ones may not."""
    drops = question().drops(source(30), result("jpeg", 5, np.full(30, 0.1)))
    assert drops.value == 0
    assert drops.upper(0.05) == pytest.approx(1 - 0.05 ** (1 / 30))


def test_only_what_decides_counts_as_lost() -> None:
    """Logits of clips always move; where no answer turns, 1 in 7 of 22 may yet."""
    before, after = clips("source", np.ones(22)), clips("h264", np.ones(22), shift=1)
    assert (before.stats["logits"] != after.stats["logits"]).any()
    drops = Question(task=make_task("action"), max_drop=0.05).drops(before, after)
    assert drops.value == 0
    assert drops.parts[""].losing[:2] == (22, 0)
    assert drops.upper(0.05) == pytest.approx(1 - 0.05 ** (1 / 22))
    assert drops.upper(1e-4) == pytest.approx(rare(0, 22, alpha=1e-4))


def test_of_the_worst_share_more_may_be_lost() -> None:
    """One of 400 that may collapse is 1 of the 40 that are the worst tenth."""
    error = np.full(400, 0.1)
    asked, before = question(worst=0.1), source(400)
    drops = asked.drops(before, result("jpeg", 5, error))
    assert drops.upper(0.05) == pytest.approx(10 * rare(0, 400, alpha=0.05))
    error[0] = 0.9
    drops = asked.drops(before, result("jpeg", 5, error))
    assert drops.upper(0.05) == pytest.approx(10 * rare(1, 400, alpha=0.05), rel=0.01)


def test_many_that_lose_all_they_have_are_bounded_as_a_share_is() -> None:
    right = np.ones(88)
    right[:20] = 0
    drops = Question(task=make_task("action"), max_drop=0.05).drops(
        clips("source", np.ones(88)), clips("h264", right)
    )
    assert drops.value == pytest.approx(20 / 88)
    assert drops.upper(0.05) >= rare(20, 88, alpha=0.05) - 1e-9


def test_few_that_lose_a_little_are_no_reason_to_fear_all() -> None:
    """Three of 60 lose a tenth: as many as may lose that, and that none was seen to break."""
    error = np.full(60, 0.1)
    error[:3] = 0.15
    drops = question().drops(source(60), result("jpeg", 5, error))
    assert drops.parts[""].losing[:3] == (60, 3, 0)
    assert drops.upper(0.05) == pytest.approx(rare(0, 60, alpha=0.05), rel=0.01)
    error[:3] = 0.9
    drops = question().drops(source(60), result("jpeg", 5, error))
    assert drops.parts[""].losing[:3] == (60, 3, 3)
    assert drops.upper(0.05) >= rare(3, 60, alpha=0.05)


def test_where_all_lose_the_spread_tells_alone() -> None:
    error = 0.15 + 0.1 * np.random.default_rng(0).random(60)
    drops = question().drops(source(60), result("jpeg", 5, error))
    assert drops.upper(0.05) == drops.most.upper(0.05)


def test_a_class_is_known_as_well_as_the_samples_that_have_it() -> None:
    """Twelve of 60 pictures have a sky, and it stays as it is."""
    before, after = source(60), result("jpeg", 5, np.full(60, 0.1))
    for one in (before, after):
        one.stats["confusion"][12:, 1] = one.stats["confusion"][12:, :, 1] = 0
    drops = question(worst="class").drops(before, after)
    assert drops.parts["sky"].losing[:2] == (12, 0)
    assert drops.parts["road"].losing[:2] == (60, 0)
    assert drops.upper(0.05) == pytest.approx(rare(0, 12, alpha=0.05))


def test_a_class_that_a_look_lacks_is_unknown() -> None:
    before, after = source(60), result("jpeg", 5, np.full(60, 0.1))
    for one in (before, after):
        one.stats["confusion"][12:, 1] = one.stats["confusion"][12:, :, 1] = 0
    asked = question(worst="class").of(before)
    assert asked.classes == ("iou/0", "iou/1")
    rest = np.arange(12, 60)
    look = [one.at(rest, groups=one.groups[12:]) for one in (before, after)]
    drops = asked.drops(*look)
    assert (drops.unknown(), drops.worst, drops.upper(0.05)) == ("sky", "road", np.inf)
    assert question(worst="class").drops(*look).upper(0.05) < 0.1, "of this look's classes alone"
    assert question().of(before) == question()


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
    assert worst.most.num_parts == 40
    few = question(worst=0.02).drops(source(400), result("jpeg", 5, error))
    assert few.upper(0.05) == np.inf


def test_a_bound_below_all_classes_is_seldom_above_the_truth() -> None:
    """Of 20 parts that all lose as much, some look worse by chance."""
    generator = np.random.default_rng(0)
    above = 0
    for _ in range(300):
        values = generator.normal(0.05, 0.1, (20, 40))
        left_out = (values.sum(axis=1, keepdims=True) - values) / 39
        losing = Losing(num_groups=40, num_losing=40, num_broken=0, lost=0.05)
        parts = zip(values.mean(axis=1), left_out, strict=True)
        drops = Drops({str(place): Part(estimate(*one), losing) for place, one in enumerate(parts)})
        above += drops.lower(0.05) > 0.05
    assert above / 300 < 0.08
