"""Detection in YOLO's text files, read as Ultralytics' tools read them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar, NamedTuple, final

import numpy as np

from lossproof.datasets.boxes import box_areas
from lossproof.datasets.dataset import Source
from lossproof.datasets.files import named, read_bytes
from lossproof.datasets.folders import files_below, is_there
from lossproof.datasets.images import read_picture, read_size
from lossproof.datasets.layout import check_folder, check_split, wrong_layout
from lossproof.datasets.listings import listed
from lossproof.datasets.yolo_names import read_names
from lossproof.records import DamagedSample, Media, MediaKind, Sample
from lossproof.targets import DetectionTarget

_ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
_TREES = ("labels", "object_detection/labels")
_NAMES = ("data.yaml", "dataset.yaml", "config.yaml", "classes.txt")
_ROUNDING = 0.01
"""Of stored shares, which may be so much above 1."""
_MOST_CLASSES = 10_000


@final
@dataclass(frozen=True)
class Yolo:
    """Pictures with a text file each: class, centre and size of its boxes, in shares of its sides.

    A polygon in the place of a box stands for the box around it; what reaches beyond the picture is
    cut there; a line that is there twice counts once. JPEG pictures are turned as EXIF says.
    Folders of pictures in a split's folder have theirs in the labels'.
    Classes are named by ``data.yaml``, ``dataset.yaml``, ``config.yaml`` or ``classes.txt`` in the
    folder or beside the labels, else they are ``class 0`` up to the largest number in use. Areas
    are those of the boxes, nothing is crowd or difficult. A picture without label file has no
    objects. A split may be called as in COCO: ``val2017`` is read for ``val`` where that is there
    and ``val`` is not.
    """

    root: Path

    name: ClassVar[str] = "yolo"
    reading: ClassVar[str] = "upright"
    task: ClassVar[str] = "detection"
    media: ClassVar[MediaKind] = "picture"
    palette: ClassVar[tuple[tuple[int, int, int], ...]] = ()
    splits: ClassVar[tuple[str, ...]] = ("train", "val", "test")
    default_split: ClassVar[str] = "val"
    source: ClassVar[Source] = Source(
        url="https://docs.ultralytics.com/datasets/detect/",
        licence="that of the pictures",
        layout="images/SPLIT/*.jpg, labels/SPLIT/*.txt, and data.yaml with the names of classes",
    )

    def __post_init__(self) -> None:
        check_folder(self.root, Yolo)
        if not self._present() or self._tree() is None:
            looked_for = "images/SPLIT/ and labels/SPLIT/ with train, val or test for SPLIT"
            raise wrong_layout(self.root, Yolo, looked_for=looked_for)

    @cached_property
    def classes(self) -> tuple[str, ...]:
        tree = self._tree()
        assert tree is not None
        paths = [folder / name for folder in (self.root, tree.parent, tree) for name in _NAMES]
        found = next((path for path in paths if path.is_file()), None)
        return read_names(found) if found else _numbered(tree)

    def samples(self, split: str) -> Sequence[Sample]:
        """By name."""
        check_split(split, Yolo, root=self.root, present=self._present())
        folder = self._folder(split)
        tree = self._tree()
        assert folder is not None
        assert tree is not None
        labels = tree / folder.name
        pictures = sorted(filter(_is_picture, files_below(folder)))
        return listed((_sample(path, folder, labels) for path in pictures), source=folder)

    def read_media(self, sample: Sample) -> Media:
        return read_picture(sample.media, upright=True)

    def read_target(self, sample: Sample) -> DetectionTarget:
        frame_size = read_size(sample.media, upright=True)
        things = _read_things(sample.target, len(self.classes))
        corners = np.array([thing.corners for thing in things], np.float64).reshape(-1, 4)
        boxes = (corners.clip(0, 1) * np.tile(frame_size, 2)).astype(np.float32)
        return DetectionTarget(
            boxes=boxes,
            labels=np.array([thing.label for thing in things], np.int64),
            areas=box_areas(boxes),
            crowd=np.zeros(len(things), bool),
            difficult=np.zeros(len(things), bool),
            num_classes=len(self.classes),
            frame_size=frame_size,
        )

    def _present(self) -> tuple[str, ...]:
        return tuple(split for split in self.splits if self._folder(split))

    def _folder(self, split: str) -> Path | None:
        folders = (self.root / "images" / name for name in (split, f"{split}2017"))
        return next((folder for folder in folders if folder.is_dir()), None)

    def _tree(self) -> Path | None:
        trees = (self.root / name for name in _TREES)
        return next((tree for tree in trees if tree.is_dir()), None)


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in _ENDINGS


def _sample(picture: Path, folder: Path, labels: Path) -> Sample:
    name = picture.relative_to(folder).with_suffix("").as_posix()
    path = labels / f"{name}.txt"
    return Sample(name, picture, path if is_there(path) else None)


class _Thing(NamedTuple):
    """Its class, and x1, y1, x2, y2 in shares of the picture's sides."""

    label: int
    corners: tuple[float, float, float, float]


def _read_things(path: Path | None, num_classes: int) -> Sequence[_Thing]:
    """Raises DamagedSample."""
    if path is None:
        return ()
    text = _text(path)
    return named(path, lambda: tuple(dict.fromkeys(_things(text, num_classes))))


def _text(path: Path) -> str:
    """Raises DamagedSample."""
    return read_bytes(path).decode("utf-8-sig", errors="replace")


def _things(text: str, num_classes: int) -> Iterator[_Thing]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        label, *shares = _numbers(line)
        if not _is_box(shares) and not _is_polygon(shares):
            raise DamagedSample(
                f"line {number} is {line[:80]!r}; class, x, y, width and height are allowed, or "
                "class and x, y of three corners or more"
            )
        if label not in range(num_classes):
            raise DamagedSample(
                f"line {number} has the class {label:g}; 0 to {num_classes - 1} are allowed"
            )
        if not all(0 <= share <= 1 + _ROUNDING for share in shares):
            raise DamagedSample(f"line {number} is {line[:80]!r}; shares from 0 to 1 are allowed")
        yield _Thing(int(label), _around(shares) if _is_polygon(shares) else _corners(*shares))


def _numbers(line: str) -> list[float]:
    """Only its class, not a number, for a line that has other words."""
    try:
        return [float(word) for word in line.split()]
    except ValueError:
        return [math.nan]


def _is_box(shares: Sequence[float]) -> bool:
    return len(shares) == 4


def _is_polygon(shares: Sequence[float]) -> bool:
    return len(shares) >= 6 and len(shares) % 2 == 0


def _corners(x: float, y: float, width: float, height: float) -> tuple[float, float, float, float]:
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _around(polygon: Sequence[float]) -> tuple[float, float, float, float]:
    xs, ys = polygon[::2], polygon[1::2]
    return min(xs), min(ys), max(xs), max(ys)


def _numbered(tree: Path) -> tuple[str, ...]:
    """Names for classes that nobody named, up to the largest number in any label file.

    Raises ValueError for a number that is none of a class.
    """
    largest = 0
    for path in sorted(one for one in files_below(tree) if one.suffix == ".txt"):
        for label, *shares in map(_numbers, filter(str.strip, _text(path).splitlines())):
            is_thing = _is_box(shares) or _is_polygon(shares)
            if is_thing and label.is_integer():
                largest = max(largest, int(label))
        if largest >= _MOST_CLASSES:
            raise ValueError(
                f"{path} has the class {largest}; up to {_MOST_CLASSES - 1} is allowed"
            )
    return tuple(f"class {number}" for number in range(largest + 1))
