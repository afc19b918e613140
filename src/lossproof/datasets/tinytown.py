"""The built-in world: streets that are drawn, with the ground truth of five tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, final

import numpy as np

from lossproof.datasets.classmaps import read_class_map
from lossproof.datasets.dataset import Source
from lossproof.datasets.depths import depth_target
from lossproof.datasets.images import read_depth_codes, read_picture
from lossproof.datasets.layout import check_split
from lossproof.datasets.listings import listed
from lossproof.datasets.tinytown_things import seen_in
from lossproof.datasets.tinytown_world import (
    SOURCE,
    THINGS_FILE,
    check_world,
    clip_samples,
    still_samples,
)
from lossproof.datasets.videos import read_clip
from lossproof.records import DamagedSample, Media, MediaKind, Sample
from lossproof.targets import (
    ActionTarget,
    DepthTarget,
    DetectionTarget,
    PoseTarget,
    SegmentationTarget,
)
from lossproof.tinytown.plan import SPLITS
from lossproof.tinytown.still_files import METRES_PER_CODE, UNKNOWN_DEPTH
from lossproof.tinytown.truth import ACTIONS, CLASSES, THINGS

_PALETTE = (
    (70, 130, 180),
    (70, 70, 70),
    (128, 64, 128),
    (244, 35, 232),
    (152, 251, 152),
    (107, 142, 35),
    (153, 153, 153),
    (220, 220, 0),
    (0, 0, 142),
    (220, 20, 60),
    (255, 140, 0),
    (190, 153, 153),
)
_VALUES = {number: number for number in range(len(CLASSES))}
_PEOPLE = "_people"


@final
@dataclass(frozen=True)
class TinytownSegmentation:
    """Streets that lossproof draws, with a class for every pixel.

    Everything is drawn: streets, people and cars, by seeds, the same on every machine. No pixel is
    ignored. No two splits share a street.
    """

    root: Path

    name: ClassVar[str] = "tinytown_segmentation"
    task: ClassVar[str] = "segmentation"
    media: ClassVar[MediaKind] = "picture"
    classes: ClassVar[tuple[str, ...]] = CLASSES
    palette: ClassVar[tuple[tuple[int, int, int], ...]] = _PALETTE
    splits: ClassVar[tuple[str, ...]] = SPLITS
    default_split: ClassVar[str] = "test"
    source: ClassVar[Source] = SOURCE

    def __post_init__(self) -> None:
        check_world(self.root, TinytownSegmentation)

    def samples(self, split: str) -> Sequence[Sample]:
        """By number."""
        check_split(split, TinytownSegmentation, root=self.root, present=self.splits)
        return still_samples(self.root, split, target=".classes.png")

    def read_media(self, sample: Sample) -> Media:
        return read_picture(sample.media)

    def read_target(self, sample: Sample) -> SegmentationTarget:
        return read_class_map(sample, values=_VALUES, num_classes=len(CLASSES))


@final
@dataclass(frozen=True)
class TinytownDepth:
    """Streets that lossproof draws, with a depth for every pixel but the sky.

    Metres along the camera's axis, in steps of 2 mm. Otherwise as ``tinytown_segmentation``.
    """

    root: Path

    name: ClassVar[str] = "tinytown_depth"
    task: ClassVar[str] = "depth"
    media: ClassVar[MediaKind] = "picture"
    classes: ClassVar[tuple[str, ...]] = ()
    palette: ClassVar[tuple[tuple[int, int, int], ...]] = ()
    splits: ClassVar[tuple[str, ...]] = SPLITS
    default_split: ClassVar[str] = "test"
    source: ClassVar[Source] = SOURCE

    def __post_init__(self) -> None:
        check_world(self.root, TinytownDepth)

    def samples(self, split: str) -> Sequence[Sample]:
        """By number."""
        check_split(split, TinytownDepth, root=self.root, present=self.splits)
        return still_samples(self.root, split, target=".depth.png")

    def read_media(self, sample: Sample) -> Media:
        return read_picture(sample.media)

    def read_target(self, sample: Sample) -> DepthTarget:
        assert sample.target is not None
        codes = read_depth_codes(sample.target)
        unknown = (UNKNOWN_DEPTH,)
        return depth_target(sample, codes, metres_per_code=METRES_PER_CODE, unknown=unknown)


@final
@dataclass(frozen=True)
class TinytownDetection:
    """Streets that lossproof draws, with a box around what is seen of every thing.

    Areas are the numbers of visible pixels; nothing is a crowd, nothing difficult. Otherwise as
    ``tinytown_segmentation``.
    """

    root: Path

    name: ClassVar[str] = "tinytown_detection"
    task: ClassVar[str] = "detection"
    media: ClassVar[MediaKind] = "picture"
    classes: ClassVar[tuple[str, ...]] = THINGS
    palette: ClassVar[tuple[tuple[int, int, int], ...]] = ()
    splits: ClassVar[tuple[str, ...]] = SPLITS
    default_split: ClassVar[str] = "test"
    source: ClassVar[Source] = SOURCE

    def __post_init__(self) -> None:
        check_world(self.root, TinytownDetection)

    def samples(self, split: str) -> Sequence[Sample]:
        """By number, with things or without."""
        check_split(split, TinytownDetection, root=self.root, present=self.splits)
        return still_samples(self.root, split, target=THINGS_FILE)

    def read_media(self, sample: Sample) -> Media:
        return read_picture(sample.media)

    def read_target(self, sample: Sample) -> DetectionTarget:
        found = seen_in(sample)
        return DetectionTarget(
            boxes=found.boxes,
            labels=np.array([thing.label for thing in found.things], np.int64),
            areas=found.areas,
            crowd=np.zeros(len(found.things), bool),
            difficult=np.zeros(len(found.things), bool),
            num_classes=len(THINGS),
            frame_size=found.frame_size,
        )


@final
@dataclass(frozen=True)
class TinytownPose:
    """Streets that lossproof draws, with the keypoints of people that COCO's annotators mark.

    People below 32 by 32 visible pixels have none, and a face is marked as far as it is seen.

    ``test`` has every picture, as COCO evaluates: a person found where there is none counts against
    the model. ``test_people`` has only those with a person who has a labelled keypoint; so have the
    other splits. Otherwise as ``tinytown_segmentation``.
    """

    root: Path

    name: ClassVar[str] = "tinytown_pose"
    task: ClassVar[str] = "pose"
    media: ClassVar[MediaKind] = "picture"
    classes: ClassVar[tuple[str, ...]] = ("person",)
    palette: ClassVar[tuple[tuple[int, int, int], ...]] = ()
    splits: ClassVar[tuple[str, ...]] = (
        *("train", "train_people", "val", "val_people", "test", "test_people"),
    )
    default_split: ClassVar[str] = "test"
    source: ClassVar[Source] = SOURCE

    def __post_init__(self) -> None:
        check_world(self.root, TinytownPose)

    def samples(self, split: str) -> Sequence[Sample]:
        """By number. Raises ValueError for a split of people that has none."""
        check_split(split, TinytownPose, root=self.root, present=self.splits)
        whole = split.removesuffix(_PEOPLE)
        samples = still_samples(self.root, whole, target=THINGS_FILE)
        if split == whole:
            return samples
        return listed(
            (one for one in samples if _has_keypoints(one)), source=f"{self.root}, split {split!r},"
        )

    def read_media(self, sample: Sample) -> Media:
        return read_picture(sample.media)

    def read_target(self, sample: Sample) -> PoseTarget:
        found = seen_in(sample).only("person")
        return PoseTarget(
            keypoints=found.keypoints,
            boxes=found.boxes,
            areas=found.areas,
            crowd=np.zeros(len(found.things), bool),
            frame_size=found.frame_size,
        )


@final
@dataclass(frozen=True)
class TinytownAction:
    """Clips that lossproof draws, of one person who does one of ten things.

    Some of them have the same poses in another order or at another speed. Clips of one person in
    one street, who does several things, form a group. No two splits share a person or a street.
    """

    root: Path

    name: ClassVar[str] = "tinytown_action"
    task: ClassVar[str] = "action"
    media: ClassVar[MediaKind] = "clip"
    classes: ClassVar[tuple[str, ...]] = ACTIONS
    palette: ClassVar[tuple[tuple[int, int, int], ...]] = ()
    splits: ClassVar[tuple[str, ...]] = SPLITS
    default_split: ClassVar[str] = "test"
    source: ClassVar[Source] = SOURCE

    def __post_init__(self) -> None:
        check_world(self.root, TinytownAction)

    def samples(self, split: str) -> Sequence[Sample]:
        """By group, then by number."""
        check_split(split, TinytownAction, root=self.root, present=self.splits)
        return clip_samples(self.root, split)

    def read_media(self, sample: Sample) -> Media:
        return read_clip(sample.media)

    def read_target(self, sample: Sample) -> ActionTarget:
        return ActionTarget(ACTIONS.index(sample.id.split("/")[0]), len(ACTIONS))


def _has_keypoints(sample: Sample) -> bool:
    """A damaged one is taken in, and named when it is read."""
    try:
        people = seen_in(sample).only("person")
    except DamagedSample:
        return True
    return bool((people.keypoints[..., 2] > 0).any())
