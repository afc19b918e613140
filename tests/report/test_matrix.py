"""Every model of a study at every level; and what a comparison says of results made by hand."""

import math

import pytest

from lossproof.records import Result
from lossproof.report.compared import BEFORE, Line, compare
from lossproof.report.matrix import is_matrix, matrix
from lossproof.studies.record import KeptStudy
from lossproof.studies.study import Comparison

from .clip_results import one_stream
from .results import result, without

BASELINE = {level: result("jpeg", level, accuracy=a) for level, a in ((95, 0.9), (10, 0.5))}
AGAIN = {
    level: result("jpeg", level, accuracy=a, model="net_2", weights="v")
    for level, a in ((95, 0.85), (10, 0.8))
}
COMPARISON = Comparison(
    title="again", codec="jpeg", before="baseline", after={"retrain": {10: ("again",)}}
)


def by_hash(*groups: dict[int, Result]) -> dict[str, Result]:
    return {one.cell.hash: one for group in groups for one in group.values()}


def study(**models: dict[int, Result]) -> KeptStudy:
    return KeptStudy(
        name="s",
        title="S",
        task="segmentation",
        data="",
        notes="",
        models=tuple(models),
        ids={},
        cells={name: tuple(one.cell.hash for one in of.values()) for name, of in models.items()},
        comparisons=(COMPARISON,),
    )


def test_a_matrix_has_a_row_per_model_and_a_column_per_level() -> None:
    some = {10: AGAIN[10]}
    columns = matrix(study(baseline=BASELINE, again=some), by_hash(BASELINE, some))
    assert [column.heading for column in columns] == ["model", "jpeg 95", "jpeg 10"]
    assert list(columns[0].texts) == ["baseline", "again"]
    assert columns[1].texts[1] == "-"
    assert columns[2].texts[0] != columns[2].texts[1]


def test_what_is_a_matrix() -> None:
    assert is_matrix(study(baseline=BASELINE, again=AGAIN))
    assert not is_matrix(study(baseline=BASELINE, again={10: AGAIN[10]}))


def test_networks_of_one_stream_are_told_by_that() -> None:
    two = {level: one_stream("h264", level, accuracy=a) for level, a in ((23, 0.9), (40, 0.5))}
    columns = matrix(study(first=two, second=two), by_hash(two))
    assert columns[1].texts[0].startswith("90.0 [")
    assert columns[2].texts[1].startswith("50.0 [")


def lines(again: dict[int, Result]) -> dict[tuple[str, object], Line]:
    results = by_hash(BASELINE, again)
    found = compare(study(baseline=BASELINE, again=again), COMPARISON, results).lines
    return {(one.method, one.level): one for one in found if one.score == "global_accuracy"}


def test_drop_recovery_and_gain_by_hand() -> None:
    found = lines(AGAIN)
    reference, before, after = (
        found[key].value.value for key in ((BEFORE, 95), (BEFORE, 10), ("retrain", 10))
    )
    back = found["retrain", 10]
    assert found[BEFORE, 10].drop.value == pytest.approx((reference - before) / reference)
    assert back.recovery.value == pytest.approx((after - before) / (reference - before))
    assert back.gain.value == pytest.approx((after - before) / after)
    # What all share cancels: the pictures are hard alike, and resamples are paired.
    assert back.recovery.interval == pytest.approx((0.75, 0.75))
    low, high = back.gain.interval
    assert low < back.gain.value < high


def test_recovery_of_no_loss_is_unknown() -> None:
    same = {10: result("jpeg", 10, accuracy=0.9, model="net_2", weights="v")}
    unhurt = {95: BASELINE[95], 10: result("jpeg", 10, accuracy=0.9)}
    results = by_hash(unhurt, same)
    found = compare(study(baseline=unhurt, again=same), COMPARISON, results).lines
    assert all(math.isnan(one.recovery.value) for one in found)


def test_only_samples_that_all_have_are_compared() -> None:
    whole, fewer = lines(AGAIN), lines({10: without(AGAIN[10], 3)})
    assert fewer["retrain", 10].num_samples == 19
    assert fewer["retrain", 10].gain.value != whole["retrain", 10].gain.value
    assert fewer["retrain", 10].gain.value == pytest.approx(
        whole["retrain", 10].gain.value, abs=0.02
    )


def test_a_result_that_is_missing() -> None:
    with pytest.raises(ValueError, match="study s has no result of again at 10; run it again"):
        compare(study(baseline=BASELINE, again=AGAIN), COMPARISON, by_hash(BASELINE))
    with pytest.raises(ValueError, match="study s has no results of baseline with jpeg"):
        compare(study(baseline=BASELINE, again=AGAIN), COMPARISON, {})


def test_two_results_at_one_level_are_not_compared() -> None:
    small = result("jpeg", 95, accuracy=0.7, frame_size=(8, 8))
    two = study(baseline={95: BASELINE[95], 94: small, 10: BASELINE[10]}, again=AGAIN)
    results = {**by_hash(BASELINE, AGAIN), small.cell.hash: small}
    with pytest.raises(ValueError, match="two results of baseline with jpeg at 95"):
        compare(two, COMPARISON, results)


def test_columns_of_two_splits_are_told_apart() -> None:
    train = result("jpeg", 95, accuracy=0.95, split="train")
    both = study(baseline={95: BASELINE[95], 94: train})
    results = {BASELINE[95].cell.hash: BASELINE[95], train.cell.hash: train}
    headings = [column.heading for column in matrix(both, results)]
    assert headings == ["model", "jpeg 95 on test", "jpeg 95 on train"]


def headings(*one_model: Result) -> list[str]:
    """Of the columns, each of which has its own number."""
    results = {one.cell.hash: one for one in one_model}
    models = study(baseline=dict(enumerate(one_model)))
    columns = matrix(models, results)
    assert len({column.texts[0] for column in columns[1:]}) == len(one_model)
    return [column.heading for column in columns[1:]]


def test_columns_of_two_frame_sizes_are_told_apart() -> None:
    small = result("jpeg", 95, accuracy=0.7, frame_size=(8, 6))
    assert headings(BASELINE[95], small) == ["jpeg 95 at native", "jpeg 95 at 8x6"]


def test_columns_of_two_settings_are_told_apart() -> None:
    made = [
        result("h264", 23, accuracy=accuracy, settings={"preset": preset, "bframes": "auto"})
        for preset, accuracy in (("medium", 0.9), ("fast", 0.8))
    ]
    assert headings(*made) == ["h264 preset=medium 23", "h264 preset=fast 23"]
