"""COCO keypoints: people and their 17 joints."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, final

import numpy as np
from jaxtyping import Float32

from lossproof.datasets.coco_file import (
    Annotation,
    CocoFile,
    annotation_path,
    areas_of,
    corners_of,
    frame_size_of,
    picture_path,
    present_splits,
    read_coco,
)
from lossproof.datasets.dataset import Source
from lossproof.datasets.images import read_picture
from lossproof.datasets.layout import check_folder, check_split, wrong_layout
from lossproof.datasets.listings import listed
from lossproof.records import DamagedSample, Media, MediaKind, Sample
from lossproof.targets import PoseTarget

_KIND = "person_keypoints"
_NUM_KEYPOINTS = 17
_PEOPLE = "_people"
_WHOLE = ("val2017", "train2017", "val", "train", "test")


@final
@dataclass(frozen=True)
class CocoKeypoints:
    """People of COCO with 17 keypoints each (Lin et al., ECCV 2014).

    ``val2017`` has every picture that the annotation file lists, as COCO evaluates: a person found
    where there is none counts against the model. ``val2017_people`` has only those with a person
    who has a labelled keypoint; so have the other splits. Coordinates and the visibility (0, 1, 2)
    are those of the file. Crowd regions are marked. A listed picture that is not on the disk is a
    damaged sample.
    """

    root: Path

    name: ClassVar[str] = "coco_keypoints"
    task: ClassVar[str] = "pose"
    media: ClassVar[MediaKind] = "picture"
    classes: ClassVar[tuple[str, ...]] = ("person",)
    palette: ClassVar[tuple[tuple[int, int, int], ...]] = ()
    splits: ClassVar[tuple[str, ...]] = tuple(
        f"{split}{ending}" for split in _WHOLE for ending in ("", _PEOPLE)
    )
    default_split: ClassVar[str] = "val2017"
    source: ClassVar[Source] = Source(
        url="https://cocodataset.org/#keypoints-2017",
        licence="annotations CC BY 4.0; the pictures are Flickr's, under its terms",
        layout="annotations/person_keypoints_SPLIT.json and SPLIT/*.jpg or images/SPLIT/*.jpg",
    )

    def __post_init__(self) -> None:
        check_folder(self.root, CocoKeypoints)
        if not self._present():
            looked_for = "annotations/person_keypoints_SPLIT.json"
            raise wrong_layout(self.root, CocoKeypoints, looked_for=looked_for)

    def samples(self, split: str) -> Sequence[Sample]:
        """In the file's order."""
        check_split(split, CocoKeypoints, root=self.root, present=self._present())
        whole = split.removesuffix(_PEOPLE)
        file = read_coco(annotation_path(self.root, _KIND, whole))
        return listed(
            (
                Sample(name, picture_path(self.root, whole, picture), file.path)
                for name, picture in file.pictures.items()
                if split == whole or any(map(_has_keypoints, file.of(name)))
            ),
            source=file.path,
        )

    def read_media(self, sample: Sample) -> Media:
        return read_picture(sample.media)

    def read_target(self, sample: Sample) -> PoseTarget:
        assert sample.target is not None
        file = read_coco(sample.target)
        annotations = file.of(sample.id)
        frame_size = frame_size_of(file, sample.id, sample.media)
        return PoseTarget(
            keypoints=_keypoints(file, sample.id),
            boxes=corners_of(file, sample.id, frame_size),
            areas=areas_of(file, sample.id),
            crowd=np.array([bool(one.iscrowd) for one in annotations], bool),
            frame_size=frame_size,
        )

    def _present(self) -> tuple[str, ...]:
        whole = present_splits(self.root, _KIND, _WHOLE)
        return tuple(split for split in self.splits if split.removesuffix(_PEOPLE) in whole)


def _has_keypoints(annotation: Annotation) -> bool:
    return any(visibility > 0 for visibility in (annotation.keypoints or ())[2::3])


def _keypoints(file: CocoFile, name: str) -> Float32[np.ndarray, "n 17 3"]:
    """x, y, visibility of each person. Raises DamagedSample where a person has not 17 of them."""
    annotations = file.of(name)
    for annotation in annotations:
        num_found = len(annotation.keypoints or ())
        if num_found != 3 * _NUM_KEYPOINTS:
            raise DamagedSample(
                f"{file.where(name)}: annotation {annotation.id} has {num_found} numbers for its "
                f"keypoints; {3 * _NUM_KEYPOINTS} are allowed: x, y, visibility of each"
            )
    rows = [annotation.keypoints for annotation in annotations]
    keypoints = np.array(rows, np.float32).reshape(-1, _NUM_KEYPOINTS, 3)
    if not np.isfinite(keypoints).all() or not np.isin(keypoints[..., 2], (0, 1, 2)).all():
        raise DamagedSample(
            f"{file.where(name)} has keypoints with another visibility than 0, 1, 2, or no numbers"
        )
    return keypoints
