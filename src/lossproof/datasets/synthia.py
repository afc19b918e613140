"""SYNTHIA with depth: the random pictures, the video sequences, and SYNTHIA-SF."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, NamedTuple, final

from lossproof.datasets.dataset import Source
from lossproof.datasets.depths import depth_target
from lossproof.datasets.images import read_colour_codes, read_depth_codes, read_picture
from lossproof.datasets.layout import check_folder, check_split, wrong_layout
from lossproof.datasets.listings import first_share, listed
from lossproof.records import Media, MediaKind, Sample
from lossproof.targets import DepthTarget

_METRES_PER_CENTIMETRE = 1 / 100
_UNKNOWN_CENTIMETRES = (0, 65_535)
_METRES_PER_COLOUR_CODE = 5000 / (256**3 - 1)
_UNKNOWN_COLOUR_CODES = (0, 256**3 - 1)
_SF_DEPTH = "DepthLeft"


class _View(NamedTuple):
    """One camera of one sequence: where its pictures and depth maps are, and what it is called."""

    pictures: Path
    depth: Path
    prefix: str
    sequence: str


@final
@dataclass(frozen=True)
class Synthia:
    """Rendered streets (Ros et al., CVPR 2016) with depth for every pixel.

    Three editions are told apart by their folders. SYNTHIA-RAND-CITYSCAPES and the video sequences
    SYNTHIA-SEQS store centimetres; their readme says "encoded in any of the 3 channels ... as an
    ushort", so three channels must agree. The readme names no value for the sky; 65535, the largest
    there is, stands for everything from 655.35 m on and is read as unknown, as is 0. For SYNTHIA-SF
    (Hernandez-Juarez et al., BMVC 2017) depth is 5000 (R + 256 G + 65536 B) / (256^3 - 1), the
    formula that users quote from SYNTHIA's readme; its unit is taken to be metres, which the
    formula does not say, and some users read the same files with 1000 for 5000. Scores that compare
    compression levels with each other hardly depend on that factor, absolute errors do. No depth
    (0) and the far end of the range are unknown.

    No edition has splits of its own: ``train`` has the first 80 % of each sequence (of the random
    pictures, in the order of their names), ``test`` the rest, ``all`` both. Pictures of one
    sequence, all its cameras, form a group where there are several sequences.
    """

    root: Path

    name: ClassVar[str] = "synthia"
    task: ClassVar[str] = "depth"
    media: ClassVar[MediaKind] = "picture"
    classes: ClassVar[tuple[str, ...]] = ()
    palette: ClassVar[tuple[tuple[int, int, int], ...]] = ()
    splits: ClassVar[tuple[str, ...]] = ("all", "train", "test")
    default_split: ClassVar[str] = "test"
    source: ClassVar[Source] = Source(
        url="https://synthia-dataset.net/downloads/",
        licence="CC BY-NC-SA 3.0",
        layout="RGB/*.png with Depth/Depth/*.png or Depth/*.png (RAND-CITYSCAPES), "
        "SEQ*/RGBLeft/*.png with SEQ*/DepthLeft/*.png (SF), or "
        "RGB/Stereo_*/Omni_*/*.png with Depth/Stereo_*/Omni_*/*.png (SEQS)",
    )

    def __post_init__(self) -> None:
        check_folder(self.root, Synthia)
        if not self._views():
            looked_for = "RGB and Depth, SEQ*/RGBLeft and DepthLeft, or SYNTHIA-SEQS-*"
            raise wrong_layout(self.root, Synthia, looked_for=looked_for)

    def samples(self, split: str) -> Sequence[Sample]:
        """View by view, each by name. A picture without depth is listed, as is the reverse."""
        check_split(split, Synthia, root=self.root, present=self.splits)
        views = self._views()
        several = len({view.sequence for view in views}) > 1
        found: list[Sample] = []
        for view in views:
            names = _names(view)
            start = first_share(len(names)) if split == "test" else 0
            end = first_share(len(names)) if split == "train" else len(names)
            group = view.sequence if several else ""
            found += [_sample(view, name, group) for name in names[start:end]]
        return listed(found, source=self.root)

    def read_media(self, sample: Sample) -> Media:
        return read_picture(sample.media)

    def read_target(self, sample: Sample) -> DepthTarget:
        assert sample.target is not None
        if sample.media.parent.name == "RGBLeft":
            codes = read_colour_codes(sample.target)
            metres, unknown = _METRES_PER_COLOUR_CODE, _UNKNOWN_COLOUR_CODES
            return depth_target(sample, codes, metres_per_code=metres, unknown=unknown)
        centimetres = read_depth_codes(sample.target)
        metres, unknown = _METRES_PER_CENTIMETRE, _UNKNOWN_CENTIMETRES
        return depth_target(sample, centimetres, metres_per_code=metres, unknown=unknown)

    def _views(self) -> tuple[_View, ...]:
        """Those of the folder itself, or of the folders that an archive puts around it."""
        own = (*_sf_views(self.root), *_centimetre_views(self.root, ""))
        if own:
            return own
        folders = sorted(path for path in self.root.iterdir() if path.is_dir())
        return tuple(view for path in folders for view in _centimetre_views(path, path.name))


def _sf_views(root: Path) -> Iterator[_View]:
    for folder in sorted(root.glob("SEQ*/RGBLeft")):
        name = folder.parent.name
        yield _View(folder, folder.parent / _SF_DEPTH, f"{name}/", name)


def _centimetre_views(root: Path, name: str) -> Iterator[_View]:
    pictures, depth = root / "RGB", root / "Depth"
    if not (pictures.is_dir() and depth.is_dir()):
        return
    prefix = f"{name}/" if name else ""
    cameras = sorted(path.relative_to(pictures) for path in pictures.glob("Stereo_*/*"))
    for camera in cameras:
        yield _View(pictures / camera, depth / camera, f"{prefix}{camera.as_posix()}/", name)
    if not cameras:
        nested = depth / "Depth"
        yield _View(pictures, nested if nested.is_dir() else depth, prefix, name)


def _names(view: _View) -> list[str]:
    return sorted({path.name for folder in view[:2] for path in folder.glob("[!.]*.png")})


def _sample(view: _View, name: str, group: str) -> Sample:
    return Sample(
        id=f"{view.prefix}{name.removesuffix('.png')}",
        media=view.pictures / name,
        target=view.depth / name,
        group=group,
    )
