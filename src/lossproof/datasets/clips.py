"""Video clips of one's own: a folder for each class."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar, final

from lossproof.datasets.clip_groups import Membership, read_memberships
from lossproof.datasets.dataset import Source
from lossproof.datasets.folders import is_hidden, is_there
from lossproof.datasets.layout import check_folder, check_split, wrong_layout
from lossproof.datasets.listings import listed
from lossproof.datasets.videos import EXTENSIONS, read_clip
from lossproof.records import Media, MediaKind, Sample
from lossproof.targets import ActionTarget

_TEST_SHARE = 0.2


@final
@dataclass(frozen=True)
class Clips:
    """Video files in a folder, or in folders that are called as their class.

    ``groups.csv`` or ``videos.txt`` says which clips were cut from one video; see
    ``clip_groups.py``. They form a group and are never divided between ``train`` and ``test``:
    where ``groups.csv`` does not say which split a clip is in, the groups are ordered by a hash of
    their names, and the first fifth of them is ``test``. That is the same on every machine, and may
    change when a group is added. ``all`` has every clip. A clip of no group stands for itself.
    """

    root: Path

    name: ClassVar[str] = "clips"
    reading: ClassVar[str] = "clock"
    task: ClassVar[str] = "action"
    media: ClassVar[MediaKind] = "clip"
    palette: ClassVar[tuple[tuple[int, int, int], ...]] = ()
    splits: ClassVar[tuple[str, ...]] = ("all", "train", "test")
    default_split: ClassVar[str] = "all"
    source: ClassVar[Source] = Source(
        url="https://github.com/seymanurakti/fight-detection-surv-dataset",
        licence="that of the clips (of this example: MIT)",
        layout="*.mp4 (or .avi, .mkv, .mov, .webm, ...) in one folder, or in a folder for each "
        "class; optionally groups.csv with the columns clip and group",
        is_example=True,
    )

    def __post_init__(self) -> None:
        check_folder(self.root, Clips)
        if not self.classes:
            looked_for = f"files in {', '.join(EXTENSIONS)}, here or in a folder for each class"
            raise wrong_layout(self.root, Clips, looked_for=looked_for)

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """The folders with clips in them, by name; the folder itself where the clips lie in it."""
        return tuple(self._folders)

    @cached_property
    def _folders(self) -> Mapping[str, Path]:
        inside = sorted(path for path in self.root.iterdir() if not is_hidden(path.name))
        folders = [path for path in inside if path.is_dir() and any(map(_is_clip, path.iterdir()))]
        loose = [path.name for path in inside if _is_clip(path)]
        if folders and loose:
            raise ValueError(
                f"{self.root} has clips in it, first {loose[0]!r}, and in folders, first "
                f"{folders[0].name!r}; one of the two is allowed"
            )
        return {folder.name: folder for folder in ([self.root] if loose else folders)}

    def samples(self, split: str) -> Sequence[Sample]:
        """By class, then by name."""
        check_split(split, Clips, root=self.root, present=self.splits)
        paths = [
            path
            for folder in self._folders.values()
            for path in sorted(filter(_is_clip, folder.iterdir()))
        ]
        memberships = read_memberships(self.root, paths)
        samples = [_sample(path, memberships) for path in paths]
        chosen = [memberships[path].split if path in memberships else "" for path in paths]
        splits = _splits(samples, chosen)
        kept = (one for one, its in zip(samples, splits, strict=True) if split in ("all", its))
        return listed(kept, source=f"{self.root}, split {split!r},")

    def read_media(self, sample: Sample) -> Media:
        return read_clip(sample.media)

    def read_target(self, sample: Sample) -> ActionTarget:
        classes = self.classes
        return ActionTarget(classes.index(sample.id.split("/")[0]), len(classes))


def _is_clip(path: Path) -> bool:
    return not is_hidden(path.name) and path.suffix.lower() in EXTENSIONS and is_there(path)


def _sample(path: Path, memberships: Mapping[Path, Membership]) -> Sample:
    name = f"{path.parent.name}/{path.stem}"
    return Sample(name, path, group=memberships[path].group if path in memberships else "")


def _splits(samples: Sequence[Sample], chosen: Sequence[str]) -> list[str]:
    """The split of each sample: the chosen one, else by the place of its group among the others."""
    names = [sample.group or sample.id for sample in samples]
    undecided = {name for name, split in zip(names, chosen, strict=True) if not split}
    in_order = sorted(undecided, key=lambda name: hashlib.blake2b(name.encode()).digest())
    test = set(in_order[: math.ceil(len(in_order) * _TEST_SHARE)])
    return [
        split or ("test" if name in test else "train")
        for name, split in zip(names, chosen, strict=True)
    ]
