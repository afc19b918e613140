"""Recordings of depth cameras: numbered pairs of colour picture and depth map."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, final

from lossproof.datasets.dataset import Source
from lossproof.datasets.depths import depth_target
from lossproof.datasets.images import read_depth_codes, read_picture
from lossproof.datasets.layout import check_folder, check_split, wrong_layout
from lossproof.datasets.listings import first_share, listed
from lossproof.records import Media, MediaKind, Sample
from lossproof.targets import DepthTarget

_COLOURS = (".color.png", ".color.jpg")
_DEPTH = ".depth.png"
_METRES_PER_CODE = 1 / 1000
_UNKNOWN = (0, 65_535)


@final
@dataclass(frozen=True)
class Rgbd:
    """Frames and depth in the layout of 7-Scenes (Shotton et al., CVPR 2013).

    Depth is 16-bit, in millimetres; 0 and 65535 are unknown. Neighbouring frames show nearly the
    same, so splits follow the order of frames and are never drawn: ``train`` has the first 80 % of
    each sequence, ``test`` the rest, ``all`` both. Frames of one sequence form a group where there
    are several sequences. A picture without depth is listed, as is the reverse: reading it says
    what is missing.
    """

    root: Path

    name: ClassVar[str] = "rgbd"
    task: ClassVar[str] = "depth"
    media: ClassVar[MediaKind] = "picture"
    classes: ClassVar[tuple[str, ...]] = ()
    palette: ClassVar[tuple[tuple[int, int, int], ...]] = ()
    splits: ClassVar[tuple[str, ...]] = ("all", "train", "test")
    default_split: ClassVar[str] = "test"
    source: ClassVar[Source] = Source(
        url="https://www.microsoft.com/en-us/research/project/rgb-d-dataset-7-scenes/",
        licence="non-commercial research use (7-Scenes)",
        layout="frame-NNNNNN.color.png (or .jpg) and frame-NNNNNN.depth.png, "
        "in the folder or in its seq-NN/",
        is_example=True,
    )

    def __post_init__(self) -> None:
        check_folder(self.root, Rgbd)
        if not self._sequences():
            raise wrong_layout(self.root, Rgbd, looked_for="frame-*.depth.png or seq-*/")

    def samples(self, split: str) -> Sequence[Sample]:
        """Sequence by sequence, by number."""
        check_split(split, Rgbd, root=self.root, present=self.splits)
        sequences = self._sequences()
        found: list[Sample] = []
        for folder in sequences:
            prefix = f"{folder.name}/" if folder != self.root else ""
            group = folder.name if len(sequences) > 1 else ""
            names = _frame_names(folder)
            start = first_share(len(names)) if split == "test" else 0
            end = first_share(len(names)) if split == "train" else len(names)
            found += [_sample(folder, name, prefix, group) for name in names[start:end]]
        return listed(found, source=self.root)

    def read_media(self, sample: Sample) -> Media:
        return read_picture(sample.media)

    def read_target(self, sample: Sample) -> DepthTarget:
        assert sample.target is not None
        codes = read_depth_codes(sample.target)
        return depth_target(sample, codes, metres_per_code=_METRES_PER_CODE, unknown=_UNKNOWN)

    def _sequences(self) -> tuple[Path, ...]:
        """The folders with frames: the root itself, or those of its sequences."""
        if any(self.root.glob(f"frame-*{_DEPTH}")):
            return (self.root,)
        return tuple(sorted(path for path in self.root.glob("seq-*") if path.is_dir()))


def _frame_names(folder: Path) -> list[str]:
    """The names ``frame-NNNNNN`` with a picture or a depth map, by number."""
    endings = (*_COLOURS, _DEPTH)
    names = {
        path.name.removesuffix(ending)
        for ending in endings
        for path in folder.glob(f"frame-*{ending}")
    }
    return sorted(names, key=lambda name: (len(name), name))


def _sample(folder: Path, name: str, prefix: str, group: str) -> Sample:
    colours = [folder / f"{name}{ending}" for ending in _COLOURS]
    media = next((path for path in colours if path.is_file()), colours[0])
    return Sample(f"{prefix}{name}", media, folder / f"{name}{_DEPTH}", group=group)
