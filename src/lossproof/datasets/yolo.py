"""Detection in YOLO's text files, as Ultralytics' tools read and write them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar, final

import numpy as np
from jaxtyping import Float32, Float64

from lossproof.datasets.boxes import box_areas, check_inside
from lossproof.datasets.dataset import Source
from lossproof.datasets.files import named, read_bytes
from lossproof.datasets.images import read_picture, read_size
from lossproof.datasets.layout import check_folder, check_split, wrong_layout
from lossproof.datasets.listings import listed
from lossproof.datasets.yolo_names import read_names
from lossproof.records import DamagedSample, FrameSize, Media, MediaKind, Sample
from lossproof.targets import DetectionTarget

_ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
_TREES = ("labels", "object_detection/labels")
_NAMES = ("data.yaml", "dataset.yaml", "config.yaml", "classes.txt")
_COLUMNS = 5


@final
@dataclass(frozen=True)
class Yolo:
    """Pictures with a text file each: class, centre and size of its boxes, in shares of its sides.

    Classes are named by ``data.yaml``, ``dataset.yaml``, ``config.yaml`` or ``classes.txt`` in the
    folder or beside the labels, else they are ``class 0`` up to the largest number in use. Areas
    are those of the boxes, nothing is crowd or difficult. A picture without label file has no
    objects. A split may be called as in COCO: ``val2017`` is read for ``val`` where that is there
    and ``val`` is not.
    """

    root: Path

    name: ClassVar[str] = "yolo"
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
        pictures = sorted(filter(_is_picture, folder.iterdir()))
        return listed((_sample(path, tree / folder.name) for path in pictures), source=folder)

    def read_media(self, sample: Sample) -> Media:
        return read_picture(sample.media)

    def read_target(self, sample: Sample) -> DetectionTarget:
        frame_size = read_size(sample.media)
        rows = _read_rows(sample.target, len(self.classes))
        boxes = _corners(rows, frame_size)
        check_inside(boxes, frame_size, where=str(sample.target))
        return DetectionTarget(
            boxes=boxes,
            labels=rows[:, 0].astype(np.int64),
            areas=box_areas(boxes),
            crowd=np.zeros(len(rows), bool),
            difficult=np.zeros(len(rows), bool),
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
    # A leading dot marks what some systems leave beside a file.
    hidden = path.name.startswith(".")
    return not hidden and path.suffix.lower() in _ENDINGS and path.is_file()


def _sample(picture: Path, labels: Path) -> Sample:
    path = labels / f"{picture.stem}.txt"
    return Sample(picture.stem, picture, path if path.is_file() else None)


def _read_rows(path: Path | None, num_classes: int) -> Float64[np.ndarray, "n 5"]:
    """Class, centre x, centre y, width, height of each box. Raises DamagedSample."""
    if path is None:
        return np.zeros((0, _COLUMNS))
    text = read_bytes(path).decode("utf-8-sig", errors="replace")
    rows = named(path, lambda: list(_rows(text, num_classes)))
    return np.array(rows, np.float64).reshape(-1, _COLUMNS)


def _rows(text: str, num_classes: int) -> Iterator[list[float]]:
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words:
            continue
        try:
            row = [float(word) for word in words]
        except ValueError:
            row = []
        if len(row) != _COLUMNS:
            raise DamagedSample(
                f"line {number} is {line[:80]!r}; class, x, y, width and height are allowed"
            )
        if row[0] not in range(num_classes):
            raise DamagedSample(
                f"line {number} has the class {words[0]}; 0 to {num_classes - 1} are allowed"
            )
        yield row


def _corners(rows: Float64[np.ndarray, "n 5"], frame_size: FrameSize) -> Float32[np.ndarray, "n 4"]:
    centres, sizes = rows[:, 1:3], rows[:, 3:5]
    corners = np.concatenate([centres - sizes / 2, centres + sizes / 2], axis=1)
    pixels: Float32[np.ndarray, "n 4"] = (corners * np.tile(frame_size, 2)).astype(np.float32)
    return pixels


def _numbered(tree: Path) -> tuple[str, ...]:
    """Names for classes that nobody named, up to the largest number in any label file."""
    words = (
        line.split()[0]
        for path in sorted(tree.glob("*/*.txt"))
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if line.strip()
    )
    largest = max((int(word) for word in words if word.isdigit()), default=0)
    return tuple(f"class {number}" for number in range(largest + 1))
