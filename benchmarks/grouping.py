"""Parts grouped into people: against plain loops over pairs and points, 20 people a frame."""

import functools
from collections.abc import Iterator

from tests.models.drawn_people import crowd, drawn
from tests.models.plain_grouping import plain_group

from benchmarks.ratio import Amount, Ratio, take_turns
from lossproof.models.grouping import GroupingOptions, group
from lossproof.models.skeleton import OPENPOSE

SIZE = (656, 368)
COLUMNS, ROWS = 10, 2
FRAMES_PER_RUN = 3


def measure(amount: Amount) -> Iterator[Ratio]:
    people = crowd(SIZE, columns=COLUMNS, rows=ROWS)
    maps = drawn(people, SIZE)
    ours = functools.partial(group, maps, OPENPOSE, GroupingOptions(), frame_size=SIZE)
    plain = functools.partial(plain_group, maps, OPENPOSE, GroupingOptions())
    assert len(ours().scores) == len(plain()) == len(people)
    found = take_turns(
        amount.repeats,
        ours=lambda: [ours() for _ in range(FRAMES_PER_RUN)],
        plain=lambda: [plain() for _ in range(FRAMES_PER_RUN)],
    )
    faster = found.ratio("plain", "ours")
    detail = ", ".join(
        f"{name} {found.median(name) / FRAMES_PER_RUN * 1000:.0f} ms a frame"
        for name in found.seconds
    )
    what = f"grouping {len(people)} people, {SIZE[0]}x{SIZE[1]}: plain loops / ours"
    yield Ratio(what, faster, "at least", 10.0, detail)
