"""KITTI depth in the Eigen split: raw pictures with the annotated depth maps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import ClassVar, NamedTuple, final

from lossproof.datasets.dataset import Source
from lossproof.datasets.depths import depth_target
from lossproof.datasets.images import read_depth_codes, read_picture
from lossproof.datasets.layout import check_folder, check_split, wrong_layout
from lossproof.datasets.listings import Line, listed, local_name, read_lines
from lossproof.records import Media, MediaKind, Sample
from lossproof.targets import DepthTarget

_METRES_PER_CODE = 1 / 256
_LISTS = ("eigen_{}_files_with_gt.txt", "eigen_{}_files.txt", "{}_files.txt", "{}.txt")
_LIST_FOLDERS = ("", "splits", "splits/eigen")
_PICTURE_FOLDERS = ("", "raw", "raw_data", "kitti_raw", "input")
_DEPTH_FOLDERS = (
    *("", "train", "val", "gt_depth"),
    *("data_depth_annotated", "data_depth_annotated/train", "data_depth_annotated/val"),
)
_CAMERAS = {"l": "image_02", "r": "image_03", "2": "image_02", "3": "image_03"}


class _Frame(NamedTuple):
    """A drive, its camera and a picture's name without ending."""

    day: str
    drive: str
    camera: str
    name: str

    @property
    def id(self) -> str:
        return f"{self.drive}/{self.camera}/{self.name}"

    @property
    def picture(self) -> str:
        return f"{self.day}/{self.drive}/{self.camera}/data/{self.name}"

    @property
    def depth_folder(self) -> str:
        return f"{self.drive}/proj_depth/groundtruth/{self.camera}"


@final
@dataclass(frozen=True)
class KittiDepth:
    """Street scenes of KITTI (Geiger et al., 2013) in the split of Eigen et al. (NIPS 2014).

    Ground truth are the annotated depth maps of Uhrig et al. (3DV 2017): 16-bit, in 256ths of a
    metre, 0 where unknown (most pixels). The lists of a split lie in the folder, in one of the two
    forms in use: ``DAY/DRIVE/CAMERA/data/NUMBER.png DEPTH FOCAL`` with ``None`` for a frame without
    depth, or ``DAY/DRIVE NUMBER l``. A frame without depth is left out: one that the list says has
    none, and one that a drive with annotated maps lacks (they have none for the first and last
    five frames; 652 of the 697 test frames are left). Frames of one drive form a group.
    """

    root: Path

    name: ClassVar[str] = "kitti_depth"
    task: ClassVar[str] = "depth"
    media: ClassVar[MediaKind] = "picture"
    classes: ClassVar[tuple[str, ...]] = ()
    palette: ClassVar[tuple[tuple[int, int, int], ...]] = ()
    splits: ClassVar[tuple[str, ...]] = ("train", "val", "test")
    default_split: ClassVar[str] = "test"
    source: ClassVar[Source] = Source(
        url="https://www.cvlibs.net/datasets/kitti/eval_depth.php?benchmark=depth_prediction",
        licence="CC BY-NC-SA 3.0",
        layout="eigen_SPLIT_files_with_gt.txt (or SPLIT_files.txt), DAY/DRIVE_sync/image_02/data/"
        "*.png, and data_depth_annotated/{train,val}/DRIVE_sync/proj_depth/groundtruth/image_02/"
        "*.png",
    )

    def __post_init__(self) -> None:
        check_folder(self.root, KittiDepth)
        if not self._present():
            names = ", ".join(name.format("test") for name in _LISTS)
            raise wrong_layout(self.root, KittiDepth, looked_for=f"one of the lists {names}")

    def samples(self, split: str) -> Sequence[Sample]:
        check_split(split, KittiDepth, root=self.root, present=self._present())
        listing = self._listing(split)
        assert listing is not None
        return listed(self._samples(listing), source=listing)

    def read_media(self, sample: Sample) -> Media:
        return read_picture(sample.media)

    def read_target(self, sample: Sample) -> DepthTarget:
        assert sample.target is not None
        codes = read_depth_codes(sample.target)
        return depth_target(sample, codes, metres_per_code=_METRES_PER_CODE, unknown=(0,))

    def _samples(self, listing: Path) -> Iterator[Sample]:
        for frame in map(_frame, read_lines(listing)):
            target = self._target(frame) if frame else None
            if frame and target:
                media, drive = self._picture(frame), frame.drive.removesuffix("_sync")
                yield Sample(frame.id, media, target, group=drive)

    def _present(self) -> tuple[str, ...]:
        return tuple(split for split in self.splits if self._listing(split))

    def _listing(self, split: str) -> Path | None:
        folders = [self.root / folder for folder in _LIST_FOLDERS]
        paths = (folder / name.format(split) for folder in folders for name in _LISTS)
        return next((path for path in paths if path.is_file()), None)

    def _picture(self, frame: _Frame) -> Path:
        """Some keep the raw pictures as JPEG."""
        paths = [
            self.root / folder / f"{frame.picture}{ending}"
            for folder in _PICTURE_FOLDERS
            for ending in (".png", ".jpg")
        ]
        return next((path for path in paths if path.is_file()), paths[0])

    def _target(self, frame: _Frame) -> Path | None:
        """None for a frame that its drive, which is there, has no depth map of."""
        folders = [self.root / folder / frame.depth_folder for folder in _DEPTH_FOLDERS]
        present = [folder for folder in folders if folder.is_dir()]
        paths = [folder / f"{frame.name}.png" for folder in present or folders]
        found = next((path for path in paths if path.is_file()), None)
        return found if found or present else paths[0]


def _frame(line: Line) -> _Frame | None:
    """The frame of a line; None where the line says that it has no depth."""
    words = line.text.split()
    path = PurePosixPath(local_name(words[0], where=line.where))
    if len(path.parts) == 5 and path.parts[3] == "data" and len(words) <= 3:
        day, drive, camera, _, name = path.parts
        lacking = len(words) > 1 and words[1] == "None"
        return None if lacking else _Frame(day, drive, camera, PurePosixPath(name).stem)
    if len(path.parts) == 2 and len(words) == 3 and words[1].isdigit() and words[2] in _CAMERAS:
        return _Frame(*path.parts, _CAMERAS[words[2]], words[1].zfill(10))
    raise line.refused(
        allowed="DAY/DRIVE/CAMERA/data/NUMBER.png DEPTH FOCAL or DAY/DRIVE NUMBER l is allowed"
    )
