"""The things in a still of the built-in world."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from lossproof.datasets.boxes import check_inside
from lossproof.datasets.files import named, read_bytes
from lossproof.datasets.images import checked_size
from lossproof.records import FrameSize, Sample
from lossproof.tinytown.still_files import read_things
from lossproof.tinytown.truth import KEYPOINTS, THINGS, Thing


@dataclass(frozen=True)
class Seen:
    """The things in a still."""

    things: tuple[Thing, ...]
    frame_size: FrameSize

    @property
    def boxes(self) -> Float32[np.ndarray, "n 4"]:
        return np.array([thing.box for thing in self.things], np.float32).reshape(-1, 4)

    @property
    def areas(self) -> Float32[np.ndarray, " n"]:
        return np.array([thing.area for thing in self.things], np.float32)

    @property
    def keypoints(self) -> Float32[np.ndarray, "n 17 3"]:
        """Zeros, which is not labelled, for what has none."""
        nothing = np.zeros((KEYPOINTS, 3), np.float32)
        found = [nothing if one.keypoints is None else one.keypoints for one in self.things]
        return np.array(found, np.float32).reshape(-1, KEYPOINTS, 3)

    def only(self, name: str) -> "Seen":
        """Those of one class of ``THINGS``."""
        label = THINGS.index(name)
        return Seen(tuple(one for one in self.things if one.label == label), self.frame_size)


def seen_in(sample: Sample) -> Seen:
    """The things in a still. Raises DamagedSample where its file contradicts its picture."""
    path = sample.target
    assert path is not None
    claimed, things = named(path, lambda: read_things(read_bytes(path)))
    seen = Seen(things, checked_size(sample.media, claimed=claimed, where=str(path)))
    check_inside(seen.boxes, seen.frame_size, where=str(path))
    return seen
