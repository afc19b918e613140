"""Clips stored as folders of numbered pictures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar, final

from lossproof.datasets.archives import list_archive
from lossproof.datasets.clip_labels import read_labels
from lossproof.datasets.dataset import Source
from lossproof.datasets.folders import is_hidden
from lossproof.datasets.layout import check_folder, check_split, wrong_layout
from lossproof.datasets.listings import listed
from lossproof.datasets.picture_clips import in_order, read_picture_clip
from lossproof.records import DamagedSample, Media, MediaKind, Sample
from lossproof.targets import ActionTarget

# The name of a split's clips and of its labels, in the form with a MATLAB file.
_CLIPS = {"train": "trainClips", "val": "valClips"}
_LABELS = {"train": "trLb", "val": "valLb"}


@final
@dataclass(frozen=True)
class FrameClips:
    """Short clips as numbered pictures, in one of two forms.

    The general one is ``SPLIT/CLASS/CLIP/*.jpg``; the classes are the folders of all splits, by
    name. The other is that of 3-frame clips of UCF101 that serve as course work: ``valClips.zip``
    with ``valClips/NNNNN/*.jpg`` (or that folder unpacked), ``trainClips*.zip`` likewise, and a
    MATLAB file with the labels ``valLb`` and ``trLb``, where row N - 1 is that of clip N and labels
    count from 1. Its classes are called ``class 1``, ``class 2``, ... for lack of names. Pictures
    are read out of the ZIP files without unpacking. Which clips are from one video is not known, so
    each stands for itself.
    """

    root: Path

    name: ClassVar[str] = "frame_clips"
    task: ClassVar[str] = "action"
    media: ClassVar[MediaKind] = "clip"
    palette: ClassVar[tuple[tuple[int, int, int], ...]] = ()
    splits: ClassVar[tuple[str, ...]] = ("train", "val", "test")
    default_split: ClassVar[str] = "val"
    source: ClassVar[Source] = Source(
        url="https://github.com/rm-rf-me/simple-action-recognition",
        licence="that of the pictures (none stated for this example)",
        layout="SPLIT/CLASS/CLIP/*.jpg; or valClips.zip with valClips/NNNNN/*.jpg, trainClips*.zip "
        "and a .mat file with valLb and trLb",
        is_example=True,
    )

    def __post_init__(self) -> None:
        check_folder(self.root, FrameClips)
        if not self._present():
            looked_for = "train, val or test/CLASS/CLIP/, or *.mat with valClips or trainClips"
            raise wrong_layout(self.root, FrameClips, looked_for=looked_for)

    @cached_property
    def classes(self) -> tuple[str, ...]:
        labels = self._label_file()
        if labels:
            highest = max(max(values, default=1) for values in read_labels(labels).values())
            return tuple(f"class {number}" for number in range(1, highest + 1))
        clips = (clip for split in self.splits for clip in self._clips_in_classes(split))
        return tuple(sorted({folder.parent.name for folder in clips}))

    def samples(self, split: str) -> Sequence[Sample]:
        """By name: of the class and the clip, or of the clip."""
        check_split(split, FrameClips, root=self.root, present=self._present())
        labels = self._label_file()
        found = self._numbered(split, labels) if labels else self._in_classes(split)
        return listed(found, source=self.root)

    def read_media(self, sample: Sample) -> Media:
        return read_picture_clip(sample)

    def read_target(self, sample: Sample) -> ActionTarget:
        classes = self.classes
        if sample.target is None:
            return ActionTarget(classes.index(sample.id.split("/")[1]), len(classes))
        folder, _, number = sample.id.rpartition("/")
        split = next(split for split, name in _CLIPS.items() if name == folder)
        labels = read_labels(sample.target).get(_LABELS[split], ())
        if not 1 <= int(number) <= len(labels):
            raise DamagedSample(
                f"{sample.target} has no label for clip {number}; 1 to {len(labels)} are allowed"
            )
        return ActionTarget(labels[int(number) - 1] - 1, len(classes))

    def _in_classes(self, split: str) -> Iterator[Sample]:
        for folder, names in self._clips_in_classes(split).items():
            media, *others = (folder / name for name in names)
            yield Sample(f"{split}/{folder.parent.name}/{folder.name}", media, None, (*others,))

    def _clips_in_classes(self, split: str) -> Mapping[Path, Sequence[str]]:
        """The folders with pictures in them, and those in their order."""
        classes = (one for one in (self.root / split).glob("*") if not is_hidden(one.name))
        folders = sorted(clip for one in classes for clip in one.glob("*") if clip.is_dir())
        found = {clip: in_order([path.name for path in clip.iterdir()]) for clip in folders}
        return {clip: names for clip, names in found.items() if names and not is_hidden(clip.name)}

    def _numbered(self, split: str, labels: Path) -> Iterator[Sample]:
        path = self._clips(split)
        assert path is not None
        if path.is_dir():
            for folder, names in _folders(path).items():
                media, *others = (path.parent / name for name in names)
                yield Sample(folder, media, labels, (*others,))
        else:
            prefix = f"{_CLIPS[split]}/"
            for folder in sorted(list_archive(path)):
                if folder.startswith(prefix) and folder.removeprefix(prefix).isdigit():
                    yield Sample(folder, path, labels)

    def _present(self) -> tuple[str, ...]:
        if self._label_file():
            return tuple(split for split in self.splits if self._clips(split))
        return tuple(split for split in self.splits if any((self.root / split).glob("*/*/")))

    def _clips(self, split: str) -> Path | None:
        """The folder of a split's clips, or the ZIP file with it."""
        name = _CLIPS.get(split)
        if name is None:
            return None
        folder = self.root / name
        archives = sorted(self.root.glob(f"{name}*.zip"))
        return folder if folder.is_dir() else next(iter(archives), None)

    def _label_file(self) -> Path | None:
        return next(iter(sorted(self.root.glob("*.mat"))), None)


def _folders(path: Path) -> Mapping[str, list[str]]:
    """The numbered folders with pictures, as names beside ``path``, with those of the pictures."""
    folders = sorted(folder for folder in path.iterdir() if folder.name.isdigit())
    found = {
        f"{path.name}/{folder.name}": [
            f"{path.name}/{folder.name}/{name}"
            for name in in_order([file.name for file in folder.glob("*")])
        ]
        for folder in folders
    }
    return {folder: names for folder, names in found.items() if names}
