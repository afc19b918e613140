"""Clips in the layout of UCF101 (Soomro et al., CRCV-TR-12-01)."""

from collections.abc import Iterator
from pathlib import Path

from lossproof.tinytown.clip_files import clip_file, read_clip_file
from lossproof.tinytown.export.places import put
from lossproof.tinytown.folder import World
from lossproof.tinytown.plan import SPLITS, ClipPlace
from lossproof.tinytown.truth import ACTIONS

CLASS_NAMES = tuple("".join(word.title() for word in name.split("_")) for name in ACTIONS)
"""As UCF101 spells them: ``WalkBackwards``."""

_LISTS = {"train": "trainlist01", "val": "trainlist01", "test": "testlist01"}


def write_ucf101(world: World, out: Path) -> Iterator[None]:
    """AVI without loss (FFV1). UCF101 has no ``val``: its clips are in the list to train on, last.

    Groups are numbered through all splits.
    """
    lines: dict[str, list[str]] = {name: [] for name in _LISTS.values()}
    before = 0
    for split in SPLITS:
        places = world.clips(split)
        for place in places:
            name = _name(place, before)
            frames, rate = read_clip_file(world.root / place.files[0])
            content = clip_file(frames, frames_per_second=rate, container="avi")
            put(out / "UCF-101" / name, content)
            number = "" if split == "test" else f" {place.label + 1}"
            lines[_LISTS[split]].append(f"{name}{number}\n")
            yield
        before += places[-1].group_number if places else 0
    for listing, names in lines.items():
        put(out / "ucfTrainTestlist" / f"{listing}.txt", "".join(names))
    classes = [f"{number} {name}\n" for number, name in enumerate(CLASS_NAMES, start=1)]
    put(out / "ucfTrainTestlist" / "classInd.txt", "".join(classes))


def _name(place: ClipPlace, groups_before: int) -> str:
    folder, group = CLASS_NAMES[place.label], groups_before + place.group_number
    return f"{folder}/v_{folder}_g{group:02d}_c{place.number:02d}.avi"
