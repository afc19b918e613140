"""What is held out to validate: the last pictures, whole groups of clips; and what is the same."""

from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from lossproof.records import Sample
from lossproof.training.holdout import content_of, held_out


def samples(number: int, *, groups: int = 0) -> list[Sample]:
    return [
        Sample(f"{place:03d}", Path(f"{place}.avi"), group=f"g{place % groups}" if groups else "")
        for place in range(number)
    ]


def test_of_pictures_the_last_are_held_out() -> None:
    every = samples(30)
    held = held_out(every, share=0.1, media="picture")
    assert (held.training, held.validation) == (every[:27], every[27:])


@given(st.integers(2, 60), st.integers(0, 9), st.floats(0.01, 0.9))
@example(2, 0, 0.75)
def test_clips_of_a_group_stay_together(number: int, groups: int, share: float) -> None:
    every = samples(number, groups=groups)
    training, validation = held_out(every, share=share, media="clip")
    assert sorted([*training, *validation], key=lambda one: one.id) == every
    assert [*training] == [one for one in every if one in training]
    wanted = max(1, round(share * number))
    assert len(validation) >= wanted or len({one.group or one.id for one in training}) == 1
    if groups:
        assert not {one.group for one in training} & {one.group for one in validation}


def test_clips_that_are_listed_class_by_class_are_held_out_of_every_class() -> None:
    validation = held_out(samples(200), share=0.2, media="clip").validation
    quarters = {int(one.id) // 50 for one in validation}
    assert len(validation) == 40
    assert quarters == {0, 1, 2, 3}


def test_samples_of_one_file_are_told_apart(tmp_path: Path) -> None:
    for name, text in (("a.zip", "clips"), ("b.png", "one"), ("c.png", "one"), ("d.png", "other")):
        (tmp_path / name).write_text(text)
    one, other = (Sample(f"clip{place}", tmp_path / "a.zip") for place in (1, 2))
    b, c, d, gone = (Sample(name, tmp_path / f"{name}.png") for name in ("b", "c", "d", "gone"))
    content = content_of([one, other, b, c, d, gone, one])
    assert content[one] != content[other]
    assert content[b] == content[c] != content[d]
    assert content[gone] is None
