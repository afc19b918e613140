"""COCO's annotation files: what they list, per picture, without the outlines.

The format is that of https://cocodataset.org/#format-data.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from threading import Lock

import numpy as np
from jaxtyping import Float32
from pydantic import TypeAdapter, ValidationError

from lossproof.datasets.boxes import check_inside
from lossproof.datasets.files import read_bytes
from lossproof.datasets.images import checked_size
from lossproof.datasets.listings import local_name
from lossproof.records import DamagedSample, FrameSize


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture as listed."""

    id: int
    file_name: str
    width: int
    height: int

    @property
    def name(self) -> str:
        """Its sample's id."""
        return str(PurePosixPath(self.file_name).with_suffix(""))


@dataclass(frozen=True, slots=True)
class Annotation:
    """One object: ``bbox`` is x, y, width, height; ``keypoints`` x, y, visibility in a row."""

    id: int
    image_id: int
    category_id: int
    bbox: list[float]
    area: float | None = None
    iscrowd: int = 0
    keypoints: list[float] | None = None


@dataclass(frozen=True, slots=True)
class Category:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class _Content:
    images: list[Picture]
    annotations: list[Annotation]
    categories: list[Category]


_CONTENT = TypeAdapter(_Content)
# The largest file takes seconds and gigabytes to read: no two threads should read it at once.
_LOCK = Lock()


@dataclass(frozen=True)
class CocoFile:
    """Pictures in the file's order, by the id of their sample, and each one's annotations."""

    path: Path
    pictures: Mapping[str, Picture]
    annotations: Mapping[int, tuple[Annotation, ...]]
    categories: tuple[Category, ...]

    def picture(self, name: str) -> Picture:
        """Raises DamagedSample for one that is not listed: the file may have changed meanwhile."""
        if name not in self.pictures:
            raise DamagedSample(f"{self.path} does not list {name!r}; listed pictures are allowed")
        return self.pictures[name]

    def of(self, name: str) -> tuple[Annotation, ...]:
        """The annotations of a picture, in the file's order."""
        return self.annotations[self.picture(name).id]

    def where(self, name: str) -> str:
        """How errors call the annotations of a picture."""
        return f"{self.path} for {self.picture(name).file_name}"


def read_coco(path: Path) -> CocoFile:
    """A file's content; the last few files are kept in memory, until they change on the disk.

    Raises ValueError for a file that is missing, no JSON, or not of this form; and for one that
    contradicts itself: pictures or categories listed twice, annotations of a picture that is not
    listed.
    """
    try:
        stat = path.stat()
    except OSError:
        raise DamagedSample(f"{path} is missing") from None
    with _LOCK:
        return _read(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, _mtime_ns: int, _num_bytes: int) -> CocoFile:
    try:
        content = _CONTENT.validate_json(read_bytes(path))
    except ValidationError as error:
        raise ValueError(_first_problem(path, error)) from None
    if len({category.id for category in content.categories}) < len(content.categories):
        raise ValueError(f"{path} has the same id for several categories; each is allowed once")
    return CocoFile(
        path,
        _by_name(path, content.images),
        _by_picture(path, content),
        tuple(sorted(content.categories, key=lambda category: category.id)),
    )


def _first_problem(path: Path, error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{path} is no COCO annotation file: {f'{place}: ' if place else ''}{first['msg']}"


def _by_name(path: Path, pictures: list[Picture]) -> dict[str, Picture]:
    found: dict[str, Picture] = {}
    for picture in pictures:
        local_name(picture.file_name, where=str(path))
        if picture.name in found:
            raise ValueError(f"{path} lists {picture.name!r} twice; each picture is allowed once")
        found[picture.name] = picture
    return found


def _by_picture(path: Path, content: _Content) -> dict[int, tuple[Annotation, ...]]:
    found: dict[int, list[Annotation]] = {picture.id: [] for picture in content.images}
    if len(found) < len(content.images):
        raise ValueError(f"{path} has the same id for several images; each is allowed once")
    for annotation in content.annotations:
        if annotation.image_id not in found:
            raise ValueError(
                f"{path}: annotation {annotation.id} is of image {annotation.image_id}, which is "
                "not listed; ids of listed images are allowed"
            )
        found[annotation.image_id].append(annotation)
    return {number: tuple(annotations) for number, annotations in found.items()}


def picture_path(root: Path, split: str, picture: Picture) -> Path:
    """Where a split's picture is; the official place for one that is nowhere."""
    folders = (root / split, root / "images" / split)
    folder = next((path for path in folders if path.is_dir()), folders[0])
    return folder / picture.file_name


def frame_size_of(file: CocoFile, name: str, media: Path) -> FrameSize:
    """The size of a picture. Raises DamagedSample where the file says another."""
    picture = file.picture(name)
    claimed = (picture.width, picture.height)
    return checked_size(media, claimed=claimed, where=file.where(name))


def corners_of(file: CocoFile, name: str, frame_size: FrameSize) -> Float32[np.ndarray, "n 4"]:
    """The boxes of a picture as corners. Raises DamagedSample for one outside the picture."""
    annotations = file.of(name)
    for annotation in annotations:
        if len(annotation.bbox) != 4:
            raise DamagedSample(
                f"{file.where(name)}: annotation {annotation.id} has {len(annotation.bbox)} "
                "numbers for its box; 4 are allowed"
            )
    boxes = np.array([annotation.bbox for annotation in annotations], np.float64).reshape(-1, 4)
    boxes[:, 2:] += boxes[:, :2]
    corners = boxes.astype(np.float32)
    check_inside(corners, frame_size, where=file.where(name))
    return corners


def areas_of(file: CocoFile, name: str) -> Float32[np.ndarray, " n"]:
    """Of the outlines, where the file gives them, else of the boxes, in square pixels.

    Raises DamagedSample for one that is negative or no number.
    """
    annotations, where = file.of(name), file.where(name)
    areas = [a.bbox[2] * a.bbox[3] if a.area is None else a.area for a in annotations]
    for annotation, area in zip(annotations, areas, strict=True):
        if not (math.isfinite(area) and area >= 0):
            raise DamagedSample(
                f"{where}: annotation {annotation.id} has the area {area}; 0 or more is allowed"
            )
    return np.array(areas, np.float32)


def present_splits(root: Path, kind: str, splits: tuple[str, ...]) -> tuple[str, ...]:
    """The splits whose annotation file is there."""
    return tuple(s for s in splits if annotation_path(root, kind, s).is_file())


def annotation_path(root: Path, kind: str, split: str) -> Path:
    return root / "annotations" / f"{kind}_{split}.json"
