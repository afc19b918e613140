"""The layouts that the world can be written in, and writing one, whole or not at all."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lossproof.tables import by_name, look_up
from lossproof.tinytown.export.cityscapes import write_cityscapes
from lossproof.tinytown.export.coco import write_coco
from lossproof.tinytown.export.synthia import write_synthia
from lossproof.tinytown.export.ucf101 import write_ucf101
from lossproof.tinytown.export.voc import write_voc
from lossproof.tinytown.folder import World, open_world
from lossproof.tinytown.plan import SPLITS

Write = Callable[[World, Path], Iterator[None]]
"""Writes a world into an empty folder and yields after every still or clip."""


@dataclass(frozen=True)
class Layout:
    """``datasets`` are the names under which the folder can be read again."""

    name: str
    of: Literal["stills", "clips"]
    write: Write
    datasets: tuple[str, ...]


LAYOUTS = by_name(
    (
        Layout("voc", "stills", write_voc, ("voc",)),
        Layout("coco", "stills", write_coco, ("coco", "coco_keypoints")),
        Layout("cityscapes", "stills", write_cityscapes, ("cityscapes",)),
        Layout("ucf101", "clips", write_ucf101, ("ucf101",)),
        Layout("synthia", "stills", write_synthia, ("synthia",)),
    )
)


def export(
    root: Path, out: Path, *, layout: str, progress: Callable[[int, int], None] | None = None
) -> Layout:
    """Write the world in ``root`` to ``out``, a new or empty folder.

    ``progress`` is told what is done and what there is. Raises ValueError for an unknown layout,
    for a folder that holds something, and for a damaged world.
    """
    chosen = look_up(LAYOUTS, layout, kind="layout")
    world = open_world(root)
    out = out.expanduser().absolute()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ValueError(f"{out} holds something already; a new or an empty folder is allowed")
    total = sum(len(getattr(world, chosen.of)(split)) for split in SPLITS)
    unfinished = out.with_name(f".{out.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for done, _ in enumerate(chosen.write(world, unfinished), start=1):
        if progress:
            progress(done, total)
    unfinished.replace(out)
    return chosen
