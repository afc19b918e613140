"""Pictures of one's own, which nobody has annotated."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar, final

from lossproof.datasets.dataset import Source
from lossproof.datasets.folders import files_below
from lossproof.datasets.images import read_picture
from lossproof.datasets.layout import check_folder, check_split, wrong_layout
from lossproof.datasets.listings import listed, read_lines
from lossproof.datasets.picture_clips import ENDINGS
from lossproof.records import Media, MediaKind, Sample
from lossproof.targets import SourceTarget

CLASSES = "classes.txt"


@final
@dataclass(frozen=True)
class Pictures:
    """A folder of pictures, in any folders below it and links to folders, without targets.

    For ``fidelity``, and for every task on pictures with labels of the model. Where the model knows
    its classes by number, ``classes.txt`` may name them, one on each line.
    """

    root: Path

    name: ClassVar[str] = "pictures"
    task: ClassVar[str] = "fidelity"
    media: ClassVar[MediaKind] = "picture"
    palette: ClassVar[tuple[tuple[int, int, int], ...]] = ()
    splits: ClassVar[tuple[str, ...]] = ("all",)
    default_split: ClassVar[str] = "all"
    source: ClassVar[Source] = Source(
        url="https://r0k.us/graphics/kodak/",
        licence="that of the pictures (of this example: unrestricted)",
        layout="*.png, *.jpg or *.webp, here or in folders; optionally classes.txt",
        is_example=True,
    )

    def __post_init__(self) -> None:
        check_folder(self.root, Pictures)
        if not any(self._paths()):
            looked_for = f"files in {', '.join(ENDINGS)}, here or in folders"
            raise wrong_layout(self.root, Pictures, looked_for=looked_for)

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Those of ``classes.txt``; none without it. Raises ValueError for one given twice."""
        path = self.root / CLASSES
        names = tuple(line.text for line in read_lines(path)) if path.is_file() else ()
        if len(set(names)) < len(names):
            raise ValueError(f"{path} names a class twice; each is allowed once")
        return names

    def samples(self, split: str) -> Sequence[Sample]:
        """By their paths below the folder."""
        check_split(split, Pictures, root=self.root, present=self.splits)
        paths = sorted(self._paths())
        names = [path.relative_to(self.root).as_posix() for path in paths]
        found = (Sample(name, path) for name, path in zip(names, paths, strict=True))
        return listed(found, source=self.root)

    def read_media(self, sample: Sample) -> Media:
        return read_picture(sample.media)

    def read_target(self, sample: Sample) -> SourceTarget:
        """The picture itself: nothing else is known of it."""
        return SourceTarget(self.read_media(sample).frames)

    def _paths(self) -> Iterator[Path]:
        return (path for path in files_below(self.root) if path.suffix.lower() in ENDINGS)
