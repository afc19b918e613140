"""Cityscapes with fine annotations, in the layout of its official archives."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, final

from lossproof.datasets.classmaps import read_class_map
from lossproof.datasets.dataset import Source
from lossproof.datasets.images import read_picture
from lossproof.datasets.layout import check_folder, check_split, wrong_layout
from lossproof.records import IGNORE, Media, MediaKind, Sample
from lossproof.targets import SegmentationTarget

# (labelId, class, colour), in the order of the official train ids 0 to 18.
_CLASSES = (
    (7, "road", (128, 64, 128)),
    (8, "sidewalk", (244, 35, 232)),
    (11, "building", (70, 70, 70)),
    (12, "wall", (102, 102, 156)),
    (13, "fence", (190, 153, 153)),
    (17, "pole", (153, 153, 153)),
    (19, "traffic light", (250, 170, 30)),
    (20, "traffic sign", (220, 220, 0)),
    (21, "vegetation", (107, 142, 35)),
    (22, "terrain", (152, 251, 152)),
    (23, "sky", (70, 130, 180)),
    (24, "person", (220, 20, 60)),
    (25, "rider", (255, 0, 0)),
    (26, "car", (0, 0, 142)),
    (27, "truck", (0, 0, 70)),
    (28, "bus", (0, 60, 100)),
    (31, "train", (0, 80, 100)),
    (32, "motorcycle", (0, 0, 230)),
    (33, "bicycle", (119, 11, 32)),
)
_NUM_LABEL_IDS = 34
_TRAIN_IDS = {label_id: number for number, (label_id, _, _) in enumerate(_CLASSES)}
_VALUES = {label_id: _TRAIN_IDS.get(label_id, IGNORE) for label_id in range(_NUM_LABEL_IDS)}

_MEDIA = ("leftImg8bit", "_leftImg8bit.png")
_TARGET = ("gtFine", "_gtFine_labelIds.png")


@final
@dataclass(frozen=True)
class Cityscapes:
    """Street scenes of 50 cities, 2048x1024 (Cordts et al., CVPR 2016).

    The 34 label ids become the 19 classes of the benchmark, the other ids are ignored. The labels
    of ``test`` are kept by the benchmark; its files hold placeholders, all of them ignored, so that
    no score can be had from it here. A picture without annotation is listed, as is the reverse:
    reading it says what is missing.
    """

    root: Path

    name: ClassVar[str] = "cityscapes"
    task: ClassVar[str] = "segmentation"
    media: ClassVar[MediaKind] = "picture"
    classes: ClassVar[tuple[str, ...]] = tuple(name for _, name, _ in _CLASSES)
    palette: ClassVar[tuple[tuple[int, int, int], ...]] = tuple(colour for *_, colour in _CLASSES)
    splits: ClassVar[tuple[str, ...]] = ("train", "val", "test")
    default_split: ClassVar[str] = "val"
    source: ClassVar[Source] = Source(
        url="https://www.cityscapes-dataset.com",
        licence="Cityscapes terms: non-commercial, registration required",
        layout="leftImg8bit/SPLIT/CITY/*_leftImg8bit.png and "
        "gtFine/SPLIT/CITY/*_gtFine_labelIds.png",
    )

    def __post_init__(self) -> None:
        check_folder(self.root, Cityscapes)
        missing = [name for name, _ in (_MEDIA, _TARGET) if not (self.root / name).is_dir()]
        if missing:
            folders = " and ".join(missing)
            raise wrong_layout(self.root, Cityscapes, looked_for=f"the folder {folders}")

    def samples(self, split: str) -> Sequence[Sample]:
        """Sorted by city, then by name."""
        check_split(split, Cityscapes, root=self.root, present=self._present())
        frames = self._frames(_MEDIA, split) | self._frames(_TARGET, split)
        if not frames:
            where = self.root / _MEDIA[0] / split
            raise ValueError(f"{where} has no CITY/*{_MEDIA[1]}; 1 or more are allowed")
        return tuple(
            Sample(
                id=f"{city}/{name}",
                media=self._file(_MEDIA, split, city, name),
                target=self._file(_TARGET, split, city, name),
            )
            for city, name in sorted(frames)
        )

    def read_media(self, sample: Sample) -> Media:
        return read_picture(sample.media)

    def read_target(self, sample: Sample) -> SegmentationTarget:
        return read_class_map(sample, values=_VALUES, num_classes=len(_CLASSES))

    def _present(self) -> tuple[str, ...]:
        return tuple(split for split in self.splits if (self.root / _MEDIA[0] / split).is_dir())

    def _frames(self, tree: tuple[str, str], split: str) -> set[tuple[str, str]]:
        folder, ending = tree
        files = (self.root / folder / split).glob(f"[!.]*/[!.]*{ending}")
        return {(file.parent.name, file.name.removesuffix(ending)) for file in files}

    def _file(self, tree: tuple[str, str], split: str, city: str, name: str) -> Path:
        folder, ending = tree
        return self.root / folder / split / city / f"{name}{ending}"
