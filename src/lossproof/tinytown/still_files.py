"""A still as files, and back: nothing is lost but what depth is rounded by."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from jaxtyping import Float32, Shaped, UInt16

from lossproof.records import DepthMap, FrameSize
from lossproof.tinytown.plan import STILL_FILES
from lossproof.tinytown.truth import THINGS, Still, Thing

METRES_PER_CODE = 0.002
"""The step of stored depth; 16 bits reach 131 m."""
UNKNOWN_DEPTH = 0

_LARGEST_CODE = 65_535
# Drawing takes longer than writing, and the files are not sent anywhere.
_QUICK = (cv2.IMWRITE_PNG_COMPRESSION, 1)


def still_files(still: Still) -> dict[str, bytes]:
    """The content of the files of a still by their endings.

    ``.png`` is RGB; ``.depth.png`` 16 bits in steps of 2 mm, 0 where depth is unknown or beyond 131
    m; ``.classes.png`` 8 bits, indices of ``CLASSES``; ``.instances.png`` 16 bits, 0 where there is
    no thing; ``.json`` has the things.
    """
    pictures = (
        still.frame[..., ::-1],
        depth_codes(still.depth, metres_per_code=METRES_PER_CODE, unknown=UNKNOWN_DEPTH),
        still.class_map,
        still.instances.astype(np.uint16),
    )
    height, width = still.class_map.shape
    described = {
        "width": width,
        "height": height,
        "things": [_thing_fields(thing) for thing in still.things],
    }
    contents = [*map(png, pictures), json.dumps(described).encode()]
    return dict(zip(STILL_FILES, contents, strict=True))


def read_still(stem: Path) -> Still:
    """A still from its files, which begin with ``stem``. Raises ValueError for a damaged one."""
    paths = [stem.with_name(f"{stem.name}{ending}") for ending in STILL_FILES]
    colour, codes, class_map, instances = map(_read_png, paths[:-1])
    _, things = read_things(paths[-1].read_bytes())
    depth = (codes * METRES_PER_CODE).astype(np.float32)
    depth[codes == UNKNOWN_DEPTH] = np.nan
    return Still(
        frame=np.ascontiguousarray(colour[..., ::-1]),
        depth=depth,
        class_map=class_map,
        instances=instances.astype(np.int32),
        things=things,
    )


def depth_codes(
    depth: DepthMap, *, metres_per_code: float, unknown: int
) -> UInt16[np.ndarray, "h w"]:
    """Metres as whole numbers of steps; what is NaN or too far for 16 bits becomes ``unknown``."""
    steps = np.rint(depth.astype(np.float64) / metres_per_code)
    known = np.isfinite(steps) & (steps >= 1) & (steps <= _LARGEST_CODE)
    codes: UInt16[np.ndarray, "h w"] = np.where(known, steps, unknown).astype(np.uint16)
    return codes


def read_things(data: bytes) -> tuple[FrameSize, tuple[Thing, ...]]:
    """The size of the frame and its things, of the content of a ``.json``.

    Raises ValueError for another content.
    """
    try:
        described = json.loads(data)
        things = tuple(_thing(fields) for fields in described["things"])
        return (int(described["width"]), int(described["height"])), things
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"does not describe the things of a still: {error!r}") from error


def png(pixels: Shaped[np.ndarray, "..."]) -> bytes:
    """A PNG of grey or BGR pixels of 8 or 16 bits."""
    written, data = cv2.imencode(".png", pixels, _QUICK)
    assert written
    return data.tobytes()


def _read_png(path: Path) -> Shaped[np.ndarray, "..."]:
    pixels = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise ValueError(f"{path} is damaged; making the world again mends it")
    return np.asarray(pixels)


def _thing_fields(thing: Thing) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "instance": thing.instance,
        "label": THINGS[thing.label],
        "box": thing.box.tolist(),
        "area": thing.area,
    }
    if thing.keypoints is not None:
        fields["keypoints"] = thing.keypoints.tolist()
    return fields


def _thing(fields: Mapping[str, Any]) -> Thing:
    keypoints = fields.get("keypoints")
    return Thing(
        instance=int(fields["instance"]),
        label=THINGS.index(fields["label"]),
        box=_numbers(fields["box"], (4,)),
        area=int(fields["area"]),
        keypoints=None if keypoints is None else _numbers(keypoints, (17, 3)),
    )


def _numbers(values: Sequence[Any], shape: tuple[int, ...]) -> Float32[np.ndarray, "..."]:
    numbers = np.array(values, np.float32)
    if numbers.shape != shape or not np.isfinite(numbers).all():
        raise ValueError(f"{values} are not numbers of shape {shape}")
    return numbers
