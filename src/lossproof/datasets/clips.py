"""Video clips of one's own: a folder for each class."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar, final

from lossproof.datasets.clip_groups import Membership, read_memberships
from lossproof.datasets.dataset import Source
from lossproof.datasets.layout import check_folder, check_split, wrong_layout
from lossproof.datasets.listings import listed
from lossproof.datasets.videos import EXTENSIONS, read_clip
from lossproof.records import Media, MediaKind, Sample
from lossproof.targets import ActionTarget

_ONE_IN = 5


@final
@dataclass(frozen=True)
class Clips:
    """Video files in folders that are called as their class.

    ``groups.csv`` or ``videos.txt`` says which clips were cut from one video; see
    ``clip_groups.py``. They form a group and are never divided between ``train`` and ``test``:
    where ``groups.csv`` does not say which split a clip is in, its group decides by a hash of its
    name, and about one group in five is in ``test``. ``all`` has every clip. A clip of no group
    stands for itself.
    """

    root: Path

    name: ClassVar[str] = "clips"
    task: ClassVar[str] = "action"
    media: ClassVar[MediaKind] = "clip"
    palette: ClassVar[tuple[tuple[int, int, int], ...]] = ()
    splits: ClassVar[tuple[str, ...]] = ("all", "train", "test")
    default_split: ClassVar[str] = "all"
    source: ClassVar[Source] = Source(
        url="https://github.com/seymanurakti/fight-detection-surv-dataset",
        licence="that of the clips (of this example: MIT)",
        layout="CLASS/*.mp4 (or .avi, .mkv, .mov, .webm, ...) and groups.csv with the columns "
        "clip and group",
    )

    def __post_init__(self) -> None:
        check_folder(self.root, Clips)
        if not self.classes:
            looked_for = f"folders with files in {', '.join(EXTENSIONS)}"
            raise wrong_layout(self.root, Clips, looked_for=looked_for)

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """The folders with clips in them, by name."""
        folders = sorted(path for path in self.root.iterdir() if path.is_dir())
        return tuple(path.name for path in folders if any(map(_is_clip, path.iterdir())))

    def samples(self, split: str) -> Sequence[Sample]:
        """By class, then by name."""
        check_split(split, Clips, root=self.root, present=self.splits)
        paths = [
            path
            for name in self.classes
            for path in sorted(filter(_is_clip, (self.root / name).iterdir()))
        ]
        memberships = read_memberships(self.root, paths)
        return listed(
            (
                _sample(self.root, path, memberships)
                for path in paths
                if split in ("all", _split_of(self.root, path, memberships))
            ),
            source=self.root,
        )

    def read_media(self, sample: Sample) -> Media:
        return read_clip(sample.media)

    def read_target(self, sample: Sample) -> ActionTarget:
        classes = self.classes
        return ActionTarget(classes.index(sample.id.split("/")[0]), len(classes))


def _is_clip(path: Path) -> bool:
    return path.suffix.lower() in EXTENSIONS and path.is_file()


def _id(root: Path, path: Path) -> str:
    return path.relative_to(root).with_suffix("").as_posix()


def _sample(root: Path, path: Path, memberships: Mapping[Path, Membership]) -> Sample:
    membership = memberships.get(path)
    return Sample(_id(root, path), path, group=membership.group if membership else "")


def _split_of(root: Path, path: Path, memberships: Mapping[Path, Membership]) -> str:
    membership = memberships.get(path)
    if membership and membership.split:
        return membership.split
    name = (membership.group if membership else "") or _id(root, path)
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return "train" if int.from_bytes(digest, "big") % _ONE_IN else "test"
