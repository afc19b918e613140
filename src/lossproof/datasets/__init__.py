"""Datasets: one file per official on-disk layout, one line in the table."""

from pathlib import Path

from lossproof.datasets.built_in import FAMILIES, own_name, place_of
from lossproof.datasets.camvid import CamVid
from lossproof.datasets.check import CheckReport, SplitReport, check
from lossproof.datasets.cityscapes import Cityscapes
from lossproof.datasets.clips import Clips
from lossproof.datasets.coco import Coco
from lossproof.datasets.coco_keypoints import CocoKeypoints
from lossproof.datasets.dataset import Dataset, Source
from lossproof.datasets.fingerprint import fingerprint
from lossproof.datasets.frame_clips import FrameClips
from lossproof.datasets.kitti_depth import KittiDepth
from lossproof.datasets.pictures import Pictures
from lossproof.datasets.rgbd import Rgbd
from lossproof.datasets.synthia import Synthia
from lossproof.datasets.ucf101 import Ucf101
from lossproof.datasets.voc import Voc
from lossproof.datasets.yolo import Yolo
from lossproof.tables import by_name, look_up, nearest

DATASETS: tuple[type[Dataset], ...] = (
    CamVid,
    Cityscapes,
    Synthia,
    KittiDepth,
    Rgbd,
    Voc,
    Coco,
    Yolo,
    CocoKeypoints,
    Ucf101,
    Clips,
    FrameClips,
    Pictures,
    *FAMILIES["tinytown"],
)

__all__ = [
    "DATASETS",
    "CheckReport",
    "Dataset",
    "Source",
    "SplitReport",
    "check",
    "dataset_class",
    "fingerprint",
    "open_dataset",
]

_BY_NAME = by_name(DATASETS)


def dataset_class(name: str) -> type[Dataset]:
    """The layout called ``name``. Raises ValueError with the known names."""
    return look_up(_BY_NAME, name, kind="dataset")


def open_dataset(text: str, *, task: str | None = None) -> Dataset:
    """The dataset that ``NAME:PATH`` stands for, such as ``camvid:data/CamVid``.

    ``tinytown`` is the one of ``task``. Without a PATH it is the built-in world, which is made the
    first time. Raises ValueError for another form, an unknown name, ``tinytown`` without one of its
    tasks, or a folder that is not of that layout.
    """
    name, _, path = text.partition(":")
    place = place_of(text, task=task)
    if place is None and (not name or not path):
        known = (*FAMILIES, *_BY_NAME)
        meant = "" if name in known else nearest(known, name)
        raise ValueError(
            f"dataset {text!r} is not of the form NAME:PATH, for example camvid:data/CamVid"
            f"{meant}; known names: {', '.join(known)}"
        )
    dataset = dataset_class(own_name(name, task=task))
    return dataset(place(None) if place else Path(path).expanduser().absolute())
