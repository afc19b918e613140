"""PASCAL VOC detection, in the layout of its development kit."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, NamedTuple, final
from xml.etree import ElementTree

import numpy as np

from lossproof.datasets.boxes import box_areas, check_inside
from lossproof.datasets.dataset import Source
from lossproof.datasets.files import named, read_bytes
from lossproof.datasets.images import checked_size, read_picture
from lossproof.datasets.layout import check_folder, check_split, wrong_layout
from lossproof.datasets.listings import listed, local_name, read_lines
from lossproof.records import Media, MediaKind, Sample
from lossproof.targets import DetectionTarget

_CLASSES = (
    *("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow"),
    *("diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa"),
    *("train", "tvmonitor"),
)
_LABELS = {name: number for number, name in enumerate(_CLASSES)}
_LISTS = Path("ImageSets", "Main")
_YEAR = re.compile(r"VOC\d{4}")


class _Object(NamedTuple):
    """One object as annotated: its class, whether it is difficult, and corners from 0."""

    label: int
    difficult: bool
    corners: tuple[float, float, float, float]


@final
@dataclass(frozen=True)
class Voc:
    """Objects of 20 classes (Everingham et al., IJCV 2010), 2007 to 2012.

    Annotations give the first and last pixel of a box, counted from 1; as corners from 0 that is
    xmin - 1, ymin - 1, xmax, ymax. Areas are those of the boxes. ``difficult`` objects are marked.
    A folder with several years gives the pictures of all that list the split, the oldest first, as
    in "07+12"; give the year's own folder for one of them. The labels of the later ``test`` sets
    are kept by the benchmark: their pictures are damaged samples here, for lack of annotation.
    """

    root: Path

    name: ClassVar[str] = "voc"
    task: ClassVar[str] = "detection"
    media: ClassVar[MediaKind] = "picture"
    classes: ClassVar[tuple[str, ...]] = _CLASSES
    palette: ClassVar[tuple[tuple[int, int, int], ...]] = ()
    splits: ClassVar[tuple[str, ...]] = ("train", "val", "trainval", "test")
    default_split: ClassVar[str] = "test"
    source: ClassVar[Source] = Source(
        url="https://www.robots.ox.ac.uk/~vgg/projects/pascal/VOC/",
        licence="none stated for the whole: the pictures are Flickr's, under its terms",
        layout="VOCdevkit/VOC2007/ with Annotations/*.xml, ImageSets/Main/SPLIT.txt and "
        "JPEGImages/*.jpg",
    )

    def __post_init__(self) -> None:
        check_folder(self.root, Voc)
        if not self._years():
            looked_for = "Annotations, ImageSets/Main and JPEGImages, there or in VOCdevkit/VOC*/"
            raise wrong_layout(self.root, Voc, looked_for=looked_for)

    def samples(self, split: str) -> Sequence[Sample]:
        """In the order of the lists."""
        check_split(split, Voc, root=self.root, present=self._present())
        lists = [year / _LISTS / f"{split}.txt" for year in self._years()]
        there = [path for path in lists if path.is_file()]
        samples = [sample for path in there for sample in _samples(path)]
        return listed(samples, source=" and ".join(map(str, there)))

    def read_media(self, sample: Sample) -> Media:
        return read_picture(sample.media)

    def read_target(self, sample: Sample) -> DetectionTarget:
        path = sample.target
        assert path is not None
        tree = named(path, lambda: _parse(read_bytes(path)))
        claimed = named(path, lambda: _claimed_size(tree))
        objects = named(path, lambda: [_object(element) for element in tree.iter("object")])
        boxes = np.array([one.corners for one in objects], np.float32).reshape(-1, 4)
        frame_size = checked_size(sample.media, claimed=claimed, where=str(path))
        check_inside(boxes, frame_size, where=str(path))
        return DetectionTarget(
            boxes=boxes,
            labels=np.array([one.label for one in objects], np.int64),
            areas=box_areas(boxes),
            crowd=np.zeros(len(objects), bool),
            difficult=np.array([one.difficult for one in objects], bool),
            num_classes=len(_CLASSES),
            frame_size=frame_size,
        )

    def _present(self) -> tuple[str, ...]:
        years = self._years()
        return tuple(
            split
            for split in self.splits
            if any((year / _LISTS / f"{split}.txt").is_file() for year in years)
        )

    def _years(self) -> tuple[Path, ...]:
        """The folders with a year's pictures, the oldest first."""
        if _is_year(self.root):
            return (self.root,)
        parent = self.root / "VOCdevkit"
        parent = parent if parent.is_dir() else self.root
        named_so = (path for path in parent.iterdir() if _YEAR.fullmatch(path.name))
        return tuple(sorted(path for path in named_so if _is_year(path)))


def _is_year(folder: Path) -> bool:
    return all((folder / name).is_dir() for name in ("Annotations", "JPEGImages", _LISTS))


def _samples(listing: Path) -> Iterator[Sample]:
    year = listing.parents[2]
    for line in read_lines(listing):
        # The lists of a class have a second word, which says whether the picture shows it.
        name = local_name(line.text.split()[0], where=line.where)
        media = year / "JPEGImages" / f"{name}.jpg"
        yield Sample(name, media, year / "Annotations" / f"{name}.xml")


def _parse(data: bytes) -> ElementTree.Element:
    """The tree of an annotation. A document type could define entities that grow without end."""
    if b"<!" in data.replace(b"<!--", b"") or b"\0" in data:
        raise ValueError("has a document type or is not UTF-8; plain XML is allowed")
    try:
        return ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise ValueError(f"is truncated or no XML: {error}") from error


def _claimed_size(tree: ElementTree.Element) -> tuple[int, int]:
    return round(_number(tree, "size/width")), round(_number(tree, "size/height"))


def _object(element: ElementTree.Element) -> _Object:
    name = (element.findtext("name") or "").strip()
    if name not in _LABELS:
        raise ValueError(f"has an object {name!r}; {', '.join(_CLASSES)} are allowed")
    first_x, first_y, last_x, last_y = (
        _number(element, f"bndbox/{side}") for side in ("xmin", "ymin", "xmax", "ymax")
    )
    difficult = (element.findtext("difficult") or "0").strip() == "1"
    return _Object(_LABELS[name], difficult, (first_x - 1, first_y - 1, last_x, last_y))


def _number(element: ElementTree.Element, path: str) -> float:
    """Some annotations have fractions of pixels."""
    text = element.findtext(path)
    try:
        number = float(text or "")
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"has {text!r} for {path}; a number is allowed")
    return number
