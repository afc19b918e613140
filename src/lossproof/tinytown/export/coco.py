"""Boxes, outlines and keypoints in the layout of COCO (Lin et al., ECCV 2014).

The format is that of https://cocodataset.org/#format-data.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool

from lossproof.tinytown.export.places import copy, put
from lossproof.tinytown.folder import World
from lossproof.tinytown.plan import SPLITS
from lossproof.tinytown.still_files import read_still
from lossproof.tinytown.truth import THINGS, Still, Thing

KEYPOINT_NAMES = (
    "nose",
    *("left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder"),
    *("left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip"),
    *("left_knee", "right_knee", "left_ankle", "right_ankle"),
)
# From 1, as COCO draws them.
SKELETON = (
    *([16, 14], [14, 12], [17, 15], [15, 13], [12, 13], [6, 12], [7, 13], [6, 7], [6, 8], [7, 9]),
    *([8, 10], [9, 11], [2, 3], [1, 2], [1, 3], [2, 4], [3, 5], [4, 6], [5, 7]),
)
_PERSON = {"id": 1, "name": "person", "supercategory": "person"}


def write_coco(world: World, out: Path) -> Iterator[None]:
    """Pictures are the world's own PNG, numbered through all splits.

    Categories are our things, numbered from 1 in their order. Outlines are run lengths without
    compression, of what is seen of a thing.
    """
    things = [{"id": number, "name": name} for number, name in enumerate(THINGS, start=1)]
    people = [_PERSON | {"keypoints": KEYPOINT_NAMES, "skeleton": SKELETON}]
    number = 0
    for split in SPLITS:
        images: list[dict[str, Any]] = []
        found: list[dict[str, Any]] = []
        for place in world.stills(split):
            number += 1
            still = read_still(world.root / place.stem)
            height, width = still.class_map.shape
            name = f"{number:012d}.png"
            copy(world.root / f"{place.stem}.png", out / "images" / split / name)
            images.append({"id": number, "file_name": name, "width": width, "height": height})
            found += [_annotation(still, thing, image=number) for thing in still.things]
            yield
        for annotation_id, annotation in enumerate(found, start=1):
            annotation["id"] = annotation_id
        persons = [one for one in found if "keypoints" in one]
        _write(out, f"instances_{split}", images, found, things)
        _write(out, f"person_keypoints_{split}", images, persons, people)


def _write(
    out: Path,
    name: str,
    images: Sequence[Mapping[str, Any]],
    annotations: Sequence[Mapping[str, Any]],
    categories: Sequence[Mapping[str, Any]],
) -> None:
    info = {"description": "tinytown, a world that lossproof draws"}
    content = {
        "info": info,
        "images": images,
        "annotations": annotations,
        "categories": categories,
    }
    put(out / "annotations" / f"{name}.json", json.dumps(content))


def _annotation(still: Still, thing: Thing, *, image: int) -> dict[str, Any]:
    x1, y1, x2, y2 = thing.box.tolist()
    fields: dict[str, Any] = {
        "image_id": image,
        "category_id": thing.label + 1,
        "bbox": [x1, y1, x2 - x1, y2 - y1],
        "area": thing.area,
        "iscrowd": 0,
        "segmentation": run_lengths(still.instances == thing.instance),
    }
    if thing.keypoints is not None:
        fields["keypoints"] = [
            value for x, y, seen in thing.keypoints.tolist() for value in (x, y, int(seen))
        ]
        fields["num_keypoints"] = int((thing.keypoints[:, 2] > 0).sum())
    return fields


def run_lengths(mask: Bool[np.ndarray, "h w"]) -> dict[str, list[int]]:
    """COCO's run lengths without compression: column by column, what is outside first."""
    pixels = mask.ravel(order="F")
    changes = np.flatnonzero(np.diff(pixels)) + 1
    edges = np.concatenate([[0], changes, [pixels.size]])
    counts = np.diff(edges).tolist()
    return {"size": list(mask.shape), "counts": [0, *counts] if pixels[0] else counts}
