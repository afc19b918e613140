"""UCF101 in the layout of its official archives."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar, final

from lossproof.datasets.dataset import Source
from lossproof.datasets.layout import check_folder, check_split, wrong_layout
from lossproof.datasets.listings import Line, listed, local_name, read_lines
from lossproof.datasets.videos import read_clip
from lossproof.records import Media, MediaKind, Sample
from lossproof.targets import ActionTarget

_VIDEOS = "UCF-101"
_LISTS = "ucfTrainTestlist"
_GROUP = re.compile(r"_g(\d+)_c\d+$")


@final
@dataclass(frozen=True)
class Ucf101:
    """Actions of 101 classes in clips from the web (Soomro et al., CRCV-TR-12-01).

    The splits are the three official pairs of lists. Clips cut from one video, which the name tells
    (``g08``), form a group, as the authors ask. One class is spelled ``HandstandPushups`` in some
    places and ``HandStandPushups`` in others: names match whatever the case, and ids are as listed.
    """

    root: Path

    name: ClassVar[str] = "ucf101"
    task: ClassVar[str] = "action"
    media: ClassVar[MediaKind] = "clip"
    palette: ClassVar[tuple[tuple[int, int, int], ...]] = ()
    splits: ClassVar[tuple[str, ...]] = tuple(
        f"{part}{number}" for part in ("train", "test") for number in ("01", "02", "03")
    )
    default_split: ClassVar[str] = "test01"
    source: ClassVar[Source] = Source(
        url="https://www.crcv.ucf.edu/data/UCF101.php",
        licence="none stated (research data)",
        layout="UCF-101/CLASS/v_CLASS_gNN_cNN.avi, ucfTrainTestlist/classInd.txt and "
        "trainlist01.txt, testlist01.txt, ...",
    )

    def __post_init__(self) -> None:
        check_folder(self.root, Ucf101)
        names = (_VIDEOS, f"{_LISTS}/classInd.txt")
        missing = [name for name in names if not (self.root / name).exists()]
        if missing:
            raise wrong_layout(self.root, Ucf101, looked_for=" and ".join(missing))

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """By the numbers of classInd.txt. Raises ValueError naming the line that is wrong."""
        names: list[str] = []
        for line in read_lines(self.root / _LISTS / "classInd.txt"):
            words = line.text.split()
            if len(words) != 2 or words[0] != str(len(names) + 1):
                raise line.refused(allowed=f"'{len(names) + 1} NAME' is allowed")
            names.append(words[1])
        return tuple(names)

    def samples(self, split: str) -> Sequence[Sample]:
        """In the order of the list."""
        check_split(split, Ucf101, root=self.root, present=self._present())
        listing = self._listing(split)
        return listed(self._samples(listing), source=listing)

    def read_media(self, sample: Sample) -> Media:
        return read_clip(sample.media)

    def read_target(self, sample: Sample) -> ActionTarget:
        label = self._labels[sample.id.split("/")[0].lower()]
        return ActionTarget(label=label, num_classes=len(self.classes))

    @cached_property
    def _labels(self) -> Mapping[str, int]:
        return {name.lower(): number for number, name in enumerate(self.classes)}

    def _samples(self, listing: Path) -> Iterator[Sample]:
        on_disk: dict[str, Mapping[str, Path]] = {}
        folders = _by_lower_name(self.root / _VIDEOS)
        for line in read_lines(listing):
            folder, name = self._checked(line)
            if folder not in on_disk:
                path = folders.get(folder.lower(), self.root / _VIDEOS / folder)
                on_disk[folder] = _by_lower_name(path)
            media = on_disk[folder].get(name.lower(), self.root / _VIDEOS / folder / name)
            stem = name.rpartition(".")[0]
            number = _GROUP.search(stem)
            group = f"{self.classes[self._labels[folder.lower()]]}_g{number[1]}" if number else ""
            yield Sample(f"{folder}/{stem}", media, group=group)

    def _checked(self, line: Line) -> tuple[str, str]:
        """Class and file of a line. Raises ValueError where it contradicts classInd.txt."""
        words = line.text.split()
        parts = local_name(words[0], where=line.where).split("/")
        if len(parts) != 2 or len(words) > 2:
            raise line.refused(allowed="CLASS/v_CLASS_gNN_cNN.avi and a number are allowed")
        label = self._labels.get(parts[0].lower())
        if label is None or (len(words) == 2 and words[1] != str(label + 1)):
            raise line.refused(allowed="a class of classInd.txt with its number is allowed")
        return parts[0], parts[1]

    def _present(self) -> tuple[str, ...]:
        return tuple(split for split in self.splits if self._listing(split).is_file())

    def _listing(self, split: str) -> Path:
        return self.root / _LISTS / f"{split[:-2]}list{split[-2:]}.txt"


def _by_lower_name(folder: Path) -> Mapping[str, Path]:
    """What is in a folder, by its name in lower case; nothing for a folder that is missing."""
    return {path.name.lower(): path for path in sorted(folder.glob("*"))}
