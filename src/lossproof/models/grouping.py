"""From heat maps and part affinity fields to the people of a picture.

The bottom-up parsing of OpenPose (Cao et al., PAMI 2019), with the constants of its published code.
Heat maps are enlarged to the network's input by cubic interpolation, as there, so that peaks are
told apart and placed within half a pixel; fields vary slowly, and are interpolated only at the
points at which limbs are asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from jaxtyping import Float32

from lossproof.models.assembly import Person, assemble
from lossproof.models.part_affinity import Fields, Joints, join
from lossproof.models.peaks import PeakFinder, Peaks
from lossproof.models.skeleton import COCO_KEYPOINTS, Skeleton
from lossproof.predictions import Poses
from lossproof.records import FrameSize


@dataclass(frozen=True, kw_only=True)
class GroupingOptions:
    """Which peaks, limbs and people count.

    A peak is a part above ``threshold``; a limb needs a field above ``limb_threshold``.
    ``smoothing`` is in pixels of the network's input. A person has ``min_parts`` parts or more and
    a score of ``min_score`` or more. ``most_peaks`` are looked at of each part.
    """

    threshold: float = 0.1
    limb_threshold: float = 0.05
    smoothing: float = 3.0
    min_parts: int = 4
    min_score: float = 0.4
    most_peaks: int = 127


class Maps(NamedTuple):
    """What a network says of one picture.

    ``heatmaps`` and ``fields`` have one size, and stand for an input of ``input_size``, of which
    ``picture_size`` at the top left is the picture and the rest was added.
    """

    heatmaps: Float32[np.ndarray, "k h w"]
    fields: Float32[np.ndarray, "c h w"]
    input_size: FrameSize
    picture_size: FrameSize


def group(
    maps: Maps, skeleton: Skeleton, options: GroupingOptions, *, frame_size: FrameSize
) -> Poses:
    """The people in the maps, with COCO's 17 keypoints in pixels of a frame of ``frame_size``.

    A keypoint's confidence is the heat map's value at its peak; where it was not found all of x, y
    and confidence are 0. A person's score is OpenPose's: the sum of the confidences of its parts,
    the neck's among them, and of the scores of the limbs that joined them, divided by the number
    of parts. Coordinates are COCO's: the centres of pixels are whole numbers. Raises ValueError for
    maps that hold NaN or infinity, or that are too few for the skeleton.
    """
    _check(maps, skeleton)
    peaks = _peaks(maps, skeleton, options)
    joints = _joints(maps, skeleton, peaks, threshold=options.limb_threshold)
    people = [
        person
        for person in assemble(skeleton, peaks, joints)
        if len(person.peaks) >= options.min_parts and person.score >= options.min_score
    ]
    return _poses(people, skeleton, peaks, scale=_scale(maps.picture_size, frame_size))


def _peaks(maps: Maps, skeleton: Skeleton, options: GroupingOptions) -> list[Peaks]:
    """The peaks of each part, in pixels of the network's input."""
    width, height = maps.picture_size
    finder = PeakFinder(
        maps.picture_size,
        threshold=options.threshold,
        smoothing=options.smoothing,
        most=options.most_peaks,
    )
    found = []
    enlarged = np.empty(maps.input_size[::-1], np.float32)
    for heatmap in maps.heatmaps[: len(skeleton.parts)]:
        cv2.resize(heatmap, maps.input_size, dst=enlarged, interpolation=cv2.INTER_CUBIC)
        found.append(finder.find(enlarged[:height, :width]))
    return found


def _check(maps: Maps, skeleton: Skeleton) -> None:
    for name, found, wanted in (
        ("heat maps", maps.heatmaps, len(skeleton.parts)),
        ("fields", maps.fields, skeleton.num_fields),
    ):
        if len(found) < wanted:
            raise ValueError(f"the network has {len(found)} {name}; {wanted} or more are allowed")
        if not np.isfinite(found).all():
            raise ValueError(f"the network's {name} hold NaN or infinity; numbers are allowed")


def _joints(
    maps: Maps, skeleton: Skeleton, peaks: Sequence[Peaks], *, threshold: float
) -> list[Joints]:
    height, width = maps.fields.shape[1:]
    ratio = (width / maps.input_size[0], height / maps.input_size[1])
    return [
        join(
            peaks[limb.start],
            peaks[limb.end],
            Fields(maps.fields[[limb.x, limb.y]], ratio),
            threshold=threshold,
            # Limbs longer than half the picture's height are doubted.
            reach=0.5 * maps.picture_size[1],
        )
        for limb in skeleton.limbs
    ]


def _scale(of: FrameSize, to: FrameSize) -> tuple[float, float]:
    return (to[0] / of[0], to[1] / of[1])


def _poses(
    people: Sequence[Person],
    skeleton: Skeleton,
    peaks: Sequence[Peaks],
    *,
    scale: tuple[float, float],
) -> Poses:
    keypoints = np.zeros((len(people), len(COCO_KEYPOINTS), 3), np.float32)
    for row, person in zip(keypoints, people, strict=True):
        for place, part in zip(row, skeleton.places, strict=True):
            if part is not None and part in person.peaks:
                peak = person.peaks[part]
                place[:2] = (peaks[part].points[peak] + 0.5) * scale - 0.5
                place[2] = peaks[part].scores[peak]
    return Poses(keypoints, np.array([person.score for person in people], np.float32))
