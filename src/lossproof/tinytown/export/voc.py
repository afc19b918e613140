"""Boxes in the layout of PASCAL VOC (Everingham et al., IJCV 2010)."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np

from lossproof.records import Frame
from lossproof.tinytown.export.places import put
from lossproof.tinytown.folder import World
from lossproof.tinytown.plan import SPLITS
from lossproof.tinytown.still_files import read_still
from lossproof.tinytown.truth import THINGS, Still, Thing

VOC_NAMES = {"person": "person", "car": "car"}
"""The things that VOC's 20 classes have; signs and benches are left out."""

_YEAR = Path("VOCdevkit", "VOC2007")
# The layout knows only JPEG: as good as it gets.
_BEST_JPEG = (
    *(cv2.IMWRITE_JPEG_QUALITY, 100),
    *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
)


def write_voc(world: World, out: Path) -> Iterator[None]:
    """Pictures are numbered through all splits, and JPEG at quality 100 with full colour: as the
    only of the layouts it changes pixels, by a step or two."""
    names: dict[str, list[str]] = {split: [] for split in SPLITS}
    number = 0
    for split in SPLITS:
        for place in world.stills(split):
            number += 1
            name = f"{number:06d}"
            still = read_still(world.root / place.stem)
            put(out / _YEAR / "JPEGImages" / f"{name}.jpg", _jpeg(still.frame))
            put(out / _YEAR / "Annotations" / f"{name}.xml", _annotation(name, still))
            names[split].append(f"{name}\n")
            yield
    lists = {**names, "trainval": [*names["train"], *names["val"]]}
    for listing, lines in lists.items():
        put(out / _YEAR / "ImageSets" / "Main" / f"{listing}.txt", "".join(lines))


def _jpeg(frame: Frame) -> bytes:
    written, data = cv2.imencode(".jpg", frame[..., ::-1], _BEST_JPEG)
    assert written
    return data.tobytes()


def _annotation(name: str, still: Still) -> bytes:
    root = ElementTree.Element("annotation")
    _add(root, folder=_YEAR.name, filename=f"{name}.jpg")
    _add(_child(root, "source"), database="tinytown")
    height, width, depth = still.frame.shape
    _add(_child(root, "size"), width=width, height=height, depth=depth)
    _add(root, segmented=0)
    for thing in still.things:
        if THINGS[thing.label] in VOC_NAMES:
            _add_object(root, thing)
    ElementTree.indent(root)
    return ElementTree.tostring(root)


def _add_object(root: ElementTree.Element, thing: Thing) -> None:
    """VOC's boxes are the first and the last pixel, counted from 1."""
    element = _child(root, "object")
    name = VOC_NAMES[THINGS[thing.label]]
    _add(element, name=name, pose="Unspecified", truncated=0, difficult=0)
    x1, y1, x2, y2 = np.rint(thing.box).astype(int).tolist()
    _add(_child(element, "bndbox"), xmin=x1 + 1, ymin=y1 + 1, xmax=x2, ymax=y2)


def _child(parent: ElementTree.Element, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, name)


def _add(parent: ElementTree.Element, **texts: str | int) -> None:
    for name, text in texts.items():
        _child(parent, name).text = str(text)
