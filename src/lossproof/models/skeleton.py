"""The parts of a body that a network looks for, and the limbs that join them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

COCO_KEYPOINTS = (
    *("nose", "left_eye", "right_eye", "left_ear", "right_ear"),
    *("left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist"),
    *("left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle"),
)
"""What a pose has, in this order, whatever the network's own order is."""

OPENPOSE_PARTS = (
    *("nose", "neck", "right_shoulder", "right_elbow", "right_wrist"),
    *("left_shoulder", "left_elbow", "left_wrist", "right_hip", "right_knee", "right_ankle"),
    *("left_hip", "left_knee", "left_ankle", "right_eye", "left_eye", "right_ear", "left_ear"),
)


class Limb(NamedTuple):
    """From one part to another, with the channels of its field's x and y among the fields."""

    start: int
    end: int
    x: int
    y: int


@dataclass(frozen=True)
class Skeleton:
    """The parts in the order of a network's heat maps, and its limbs in the order of joining.

    Parts that COCO does not have, such as the neck, take part in the joining alone.
    """

    parts: tuple[str, ...]
    limbs: tuple[Limb, ...] = ()

    def __post_init__(self) -> None:
        if twice := sorted({part for part in self.parts if self.parts.count(part) > 1}):
            raise ValueError(f"parts has {', '.join(twice)} twice; each part is allowed once")
        if not set(self.parts) & set(COCO_KEYPOINTS):
            raise ValueError(f"parts has none of COCO's keypoints: {', '.join(COCO_KEYPOINTS)}")
        for limb in self.limbs:
            if limb.start == limb.end:
                raise ValueError(f"a limb joins {self.parts[limb.start]} to itself; two parts are")

    @cached_property
    def places(self) -> tuple[int | None, ...]:
        """Where each of COCO's keypoints stands among the parts; None for one that does not."""
        known = {part: place for place, part in enumerate(self.parts)}
        return tuple(known.get(keypoint) for keypoint in COCO_KEYPOINTS)

    @cached_property
    def closing(self) -> tuple[bool, ...]:
        """Of each limb, whether the limbs before it join its two parts already.

        Such a limb tells more about people who are known, and begins none.
        """
        return tuple(_closing(self.limbs, num_parts=len(self.parts)))

    @property
    def num_fields(self) -> int:
        """How many channels of fields the limbs need."""
        return 1 + max((max(limb.x, limb.y) for limb in self.limbs), default=-1)


def _closing(limbs: tuple[Limb, ...], *, num_parts: int) -> Iterator[bool]:
    group = list(range(num_parts))
    for limb in limbs:
        start, end = group[limb.start], group[limb.end]
        yield start == end
        group = [start if one == end else one for one in group]


def limbs_of(
    parts: tuple[str, ...], joined: tuple[tuple[str, str, int, int], ...]
) -> tuple[Limb, ...]:
    """Limbs from names of parts and channels. Raises ValueError for a name not among the parts."""
    for start, end, _, _ in joined:
        for part in (start, end):
            if part not in parts:
                raise ValueError(f"a limb names {part!r}; the parts are {', '.join(parts)}")
    return tuple(Limb(parts.index(start), parts.index(end), x, y) for start, end, x, y in joined)


OPENPOSE_LIMBS = (
    ("neck", "right_shoulder", 12, 13),
    ("neck", "left_shoulder", 20, 21),
    ("right_shoulder", "right_elbow", 14, 15),
    ("right_elbow", "right_wrist", 16, 17),
    ("left_shoulder", "left_elbow", 22, 23),
    ("left_elbow", "left_wrist", 24, 25),
    ("neck", "right_hip", 0, 1),
    ("right_hip", "right_knee", 2, 3),
    ("right_knee", "right_ankle", 4, 5),
    ("neck", "left_hip", 6, 7),
    ("left_hip", "left_knee", 8, 9),
    ("left_knee", "left_ankle", 10, 11),
    ("neck", "nose", 28, 29),
    ("nose", "right_eye", 30, 31),
    ("right_eye", "right_ear", 34, 35),
    ("nose", "left_eye", 32, 33),
    ("left_eye", "left_ear", 36, 37),
    ("right_shoulder", "right_ear", 18, 19),
    ("left_shoulder", "left_ear", 26, 27),
)
"""OpenPose's limbs in its order, the two that close a ring last."""

OPENPOSE = Skeleton(OPENPOSE_PARTS, limbs_of(OPENPOSE_PARTS, OPENPOSE_LIMBS))
"""COCO's 17 keypoints and the neck, as OpenPose's body model for COCO has them."""

COCO = Skeleton(COCO_KEYPOINTS)
"""COCO's keypoints alone, for networks that are shown one person at a time."""
