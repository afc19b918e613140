"""What a world consists of."""

import numpy as np
import pytest

from lossproof.tinytown.plan import SPLITS, clips_of, places_of, stills_of
from lossproof.tinytown.truth import ACTIONS

BUILT_IN = 240


def test_the_built_in_world_by_its_numbers() -> None:
    assert [len(stills_of(BUILT_IN, split)) for split in SPLITS] == [240, 30, 120]
    assert [len(clips_of(BUILT_IN, split)) for split in SPLITS] == [120, 15, 60]
    assert [len(stills_of(1, split)) for split in SPLITS] == [1, 8, 8]
    assert [len(clips_of(1, split)) for split in SPLITS] == [0, 10, 20]


def test_no_two_parts_share_a_file_or_a_seed() -> None:
    places = places_of(BUILT_IN)
    files = [name for place in places for name in place.files]
    assert len(set(files)) == len(files) == 390 * 5 + 195
    drawn = {tuple(place.rng().integers(0, 2**31, 4)) for place in places}
    assert len(drawn) == len(places)


def test_splits_share_neither_groups_nor_streets() -> None:
    by_split = [clips_of(BUILT_IN, split) for split in SPLITS]
    for kind in ("group", "scene_seed"):
        seen = [{getattr(place, kind) for place in places} for places in by_split]
        assert [len(one) for one in seen] == [30, 4, 15]
        assert len(set().union(*seen)) == 49


def test_a_group_is_one_street_with_several_actions() -> None:
    groups: dict[str, list[int]] = {}
    for place in clips_of(BUILT_IN, "train"):
        groups.setdefault(f"{place.group} {place.scene_seed}", []).append(place.label)
    assert len(groups) == 30
    assert all(len(set(labels)) == len(labels) == 4 for labels in groups.values())


@pytest.mark.parametrize("split", SPLITS)
def test_actions_come_evenly(split: str) -> None:
    places = clips_of(BUILT_IN, split)
    counts = np.bincount([place.label for place in places], minlength=len(ACTIONS))
    assert counts.max() - counts.min() <= 1
    assert counts.min() >= 1


def test_a_larger_world_has_all_of_a_smaller_one() -> None:
    assert set(places_of(7)) < set(places_of(1000))
