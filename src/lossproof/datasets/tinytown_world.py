"""The folder of the built-in world as its five datasets see it."""

from collections.abc import Sequence
from pathlib import Path

from lossproof.datasets.dataset import Dataset, Source
from lossproof.datasets.layout import check_folder, wrong_layout
from lossproof.datasets.listings import listed
from lossproof.records import Sample
from lossproof.tinytown.folder import MANIFEST, is_world, open_world
from lossproof.tinytown.plan import SPLITS, Split

SOURCE = Source(
    url="lossproof data make tinytown",
    licence="that of lossproof (Apache-2.0)",
    layout="tinytown.json, stills/SPLIT/*.png with *.depth.png, *.classes.png, *.instances.png and "
    "*.json, and clips/SPLIT/ACTION/*.mkv",
)
THINGS_FILE = ".json"


def check_world(root: Path, dataset: type[Dataset]) -> None:
    """Raises ValueError unless ``root`` is a world of this version."""
    check_folder(root, dataset)
    if not is_world(root):
        raise wrong_layout(root, dataset, looked_for=MANIFEST)
    open_world(root).check("clips" if dataset.media == "clip" else "stills")


def still_samples(root: Path, split: str, *, target: str) -> tuple[Sample, ...]:
    """The stills of a split by number; ``target`` is how the file of their truth ends."""
    places = open_world(root).stills(split_called(split))
    return listed(
        (Sample(p.id, root / f"{p.stem}.png", root / f"{p.stem}{target}") for p in places),
        source=root,
    )


def clip_samples(root: Path, split: str) -> Sequence[Sample]:
    """The clips of a split, group by group."""
    places = open_world(root).clips(split_called(split))
    return listed(
        (Sample(p.id, root / p.files[0], group=p.group) for p in places),
        source=f"{root}, split {split!r},",
    )


def split_called(name: str) -> Split:
    return next(split for split in SPLITS if split == name)
