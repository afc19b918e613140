"""COCO detection, and any dataset with annotations in its form."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, final

import numpy as np

from lossproof.datasets.coco_file import (
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
from lossproof.targets import DetectionTarget

_KIND = "instances"


@final
@dataclass(frozen=True)
class Coco:
    """Common objects in context (Lin et al., ECCV 2014).

    Classes are the categories of the annotation file in the order of their ids, numbered from 0
    without gaps. Areas are those of the outlines, crowd regions are marked. Every picture that the
    file lists is a sample, with or without objects; one that is not on the disk is a damaged one.
    Other sets in this form are read too, with splits called ``train``, ``val`` and ``test``.
    """

    root: Path

    name: ClassVar[str] = "coco"
    task: ClassVar[str] = "detection"
    media: ClassVar[MediaKind] = "picture"
    palette: ClassVar[tuple[tuple[int, int, int], ...]] = ()
    splits: ClassVar[tuple[str, ...]] = (
        *("val2017", "train2017", "val2014", "train2014"),
        *("val", "train", "test"),
    )
    default_split: ClassVar[str] = "val2017"
    source: ClassVar[Source] = Source(
        url="https://cocodataset.org/#download",
        licence="annotations CC BY 4.0; the pictures are Flickr's, under its terms",
        layout="annotations/instances_SPLIT.json and SPLIT/*.jpg or images/SPLIT/*.jpg",
    )

    def __post_init__(self) -> None:
        check_folder(self.root, Coco)
        if not self._present():
            raise wrong_layout(self.root, Coco, looked_for="annotations/instances_SPLIT.json")

    @property
    def classes(self) -> tuple[str, ...]:
        """Of the first split that is there."""
        return _class_names(self._file(self._present()[0]))

    def samples(self, split: str) -> Sequence[Sample]:
        """In the file's order. Raises ValueError where the splits have different categories."""
        check_split(split, Coco, root=self.root, present=self._present())
        file = self._file(split)
        if _class_names(file) != self.classes:
            other = annotation_path(self.root, _KIND, self._present()[0])
            raise ValueError(f"{file.path} has other categories than {other}; the same are allowed")
        return listed(
            (
                Sample(name, picture_path(self.root, split, picture), file.path)
                for name, picture in file.pictures.items()
            ),
            source=file.path,
        )

    def read_media(self, sample: Sample) -> Media:
        return read_picture(sample.media)

    def read_target(self, sample: Sample) -> DetectionTarget:
        assert sample.target is not None
        file = read_coco(sample.target)
        annotations = file.of(sample.id)
        frame_size = frame_size_of(file, sample.id, sample.media)
        return DetectionTarget(
            boxes=corners_of(file, sample.id, frame_size),
            labels=np.array(_labels(file, sample.id), np.int64),
            areas=areas_of(file, sample.id),
            crowd=np.array([bool(one.iscrowd) for one in annotations], bool),
            difficult=np.zeros(len(annotations), bool),
            num_classes=len(file.categories),
            frame_size=frame_size,
        )

    def _present(self) -> tuple[str, ...]:
        return present_splits(self.root, _KIND, self.splits)

    def _file(self, split: str) -> CocoFile:
        return read_coco(annotation_path(self.root, _KIND, split))


def _class_names(file: CocoFile) -> tuple[str, ...]:
    names = tuple(category.name for category in file.categories)
    if not names or len(set(names)) < len(names):
        raise ValueError(f"{file.path} has the categories {names}; 1 or more names, all different")
    return names


def _labels(file: CocoFile, name: str) -> list[int]:
    labels = {category.id: number for number, category in enumerate(file.categories)}
    annotations = file.of(name)
    unknown = sorted({one.category_id for one in annotations} - labels.keys())
    if unknown:
        raise DamagedSample(
            f"{file.where(name)} has the categories {unknown}; {sorted(labels)} are allowed"
        )
    return [labels[one.category_id] for one in annotations]
