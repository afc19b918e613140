"""What stands in a street, and where."""

import numpy as np
import pytest

from lossproof.tinytown.street import BEGIN, Street, make_street
from lossproof.tinytown.truth import CLASSES, THINGS


@pytest.fixture(scope="module")
def streets() -> list[Street]:
    return [make_street(np.random.default_rng(seed)) for seed in range(4)]


def test_every_instance_is_of_the_class_that_the_list_gives(streets: list[Street]) -> None:
    for street in streets:
        parts = [*street.faces, *street.uprights]
        seen = {part.instance: CLASSES[part.label] for part in parts if part.instance}
        assert seen == dict(enumerate(street.things, 1))
        assert street.num_things == len(street.things)
        assert set(street.things) == set(THINGS) - {"person"}


def test_parts_of_no_instance_are_of_no_thing(streets: list[Street]) -> None:
    for street in streets:
        labels = {CLASSES[part.label] for part in street.faces if not part.instance}
        assert not labels & set(THINGS)


def test_nothing_reaches_beneath_the_ground(streets: list[Street]) -> None:
    for street in streets:
        for face in street.faces:
            corner, right, down = (np.array(v) for v in (face.corner, face.right, face.down))
            heights = [corner[1], (corner + right)[1], (corner + down)[1]]
            assert min(heights) > -1e-9
            assert face.lies == (max(heights) < 0.01)


def test_a_street_that_ends_sooner_has_less_in_it() -> None:
    far, near = (make_street(np.random.default_rng(1), end=end) for end in (62.0, 20.0))
    assert len(near.faces) < len(far.faces) / 1.8
    places = [upright.z for upright in near.uprights]
    assert min(places) >= BEGIN
    assert max(places) <= 20


def test_a_street_of_no_length_is_refused() -> None:
    with pytest.raises(ValueError, match="end is 5"):
        make_street(np.random.default_rng(0), end=5.0)
