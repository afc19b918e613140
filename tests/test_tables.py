"""The rooms' tables."""

from dataclasses import dataclass

import pytest

from lossproof.tables import by_name, look_up


@dataclass(frozen=True)
class Entry:
    name: str


def test_duplicates_are_refused() -> None:
    with pytest.raises(ValueError, match="two entries are called 'a'"):
        by_name([Entry("a"), Entry("b"), Entry("a")])


def test_the_order_is_that_of_the_table() -> None:
    assert list(by_name([Entry("b"), Entry("a")])) == ["b", "a"]


def test_a_miss_is_answered_with_the_known_names_and_the_nearest() -> None:
    table = by_name([Entry("jpeg"), Entry("webp")])
    assert look_up(table, "webp", kind="codec") == Entry("webp")
    with pytest.raises(
        ValueError, match=r"unknown codec 'JPG' \(did you mean 'jpeg'\?\); known: jpeg, webp"
    ):
        look_up(table, "JPG", kind="codec")
    with pytest.raises(ValueError, match="unknown codec 'xyz'; known: jpeg, webp"):
        look_up(table, "xyz", kind="codec")
