"""The values that every room shares; this module imports no room.

Conventions, stated once and used everywhere:

- A frame is an array of shape (H, W, 3), ``uint8``, RGB in that order, full range 0..255, origin at
  the top left. A clip is (T, H, W, 3). ``Frames`` means either.
- A frame size is ``(width, height)`` in pixels, as people write ``320x240``; arrays are (H, W).
- Scores and stored numbers lie in [0, 1]; only a report multiplies by 100. Missing is NaN or None.
- Class maps have a class index per pixel, 0..num_classes-1, and 255 where nothing is scored.
- Depth is ``float32`` metres along the camera's axis, NaN where unknown.
- Boxes are (N, 4) ``float32`` x1, y1, x2, y2 in pixels of the frame, corners of its pixels' grid: a
  box over the whole frame is 0, 0, width, height. Keypoints are as in COCO's files, where the
  centres of pixels are whole numbers.

Targets and predictions of each task stand in ``targets.py`` and ``predictions.py``.
"""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import compress
from pathlib import Path
from typing import Any, Literal

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, Int64, Integer, Shaped, UInt8

from lossproof.ragged import Ragged

Frames = UInt8[np.ndarray, "... _ _ 3"]
Frame = UInt8[np.ndarray, "_ _ 3"]
Clip = UInt8[np.ndarray, "_ _ _ 3"]
ClassMap = Integer[np.ndarray, "_ _"]
DepthMap = Float32[np.ndarray, "_ _"]
MediaKind = Literal["picture", "clip"]
Level = int | float | None
Labels = Literal["dataset", "model"]
"""Whose word the target is: the annotation, or what the model itself says of the source."""

Setting = str | int | float | bool
FrameSize = tuple[int, int]
Stat = Mapping[str, Shaped[np.ndarray, "..."] | Ragged]
"""What one sample contributes to a score: named arrays, pooled by the metric's summary.

An array has the same shape for every sample; a ``Ragged`` holds as many rows as the sample has
(detections, say). Of several samples, arrays are stacked along a new first axis and the rows of
``Ragged`` ones lie end to end.
"""

Summarise = Callable[
    [Stat, Float[np.ndarray, "r n"] | None], Mapping[str, Float64[np.ndarray, " r"]]
]
"""Stacked statistics and weights (resamples, samples) to scores, one value per resample."""

IGNORE = 255
UNTRAINED = "untrained"
"""How the weights of a network begin that has none but its seed's."""


class DamagedSample(ValueError):
    """A sample that cannot be read or contradicts itself; it is skipped, counted and named."""


@dataclass(frozen=True)
class Sample:
    """One picture or clip of a dataset, and the files that decide what is read.

    ``media`` is the picture or video, or the first of its frames; ``others`` are further files,
    such as the other frames or a calibration. ``target`` is None where no file holds it: the class
    of a clip may be its folder, which must then be part of ``id``. Samples of one ``group`` (clips
    cut from one video) resemble each other and are resampled together; without a group a sample
    stands for itself.
    """

    id: str
    media: Path
    target: Path | None = None
    others: tuple[Path, ...] = ()
    group: str = ""

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("a sample needs an id, not an empty string")

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file, the media first."""
        return (self.media, *((self.target,) if self.target else ()), *self.others)


@dataclass(frozen=True)
class Media:
    """Decoded frames, what the dataset's own files of them weigh, and how long a clip lasts.

    ``duration_seconds`` is NaN for a picture and for a clip whose rate nobody knows.
    """

    frames: Frames
    num_bytes: int
    duration_seconds: float = math.nan


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One point of a sweep: everything that decides its number and nothing else.

    ``hash`` is its name in the store. ``settings`` are the codec's own, without the level;
    ``metric_settings`` the task's, such as a cap on depth; ``encoder`` names the library and
    version that makes the bytes; ``frame_size`` is the size before the codec, None for the size of
    the source. ``labels`` are not written down where they are the dataset's, so that cells keep the
    hashes that they had when there were no others.
    """

    task: str
    data: str
    split: str
    limit: int | None
    fingerprint: str
    model: str
    weights: str
    codec: str
    level: Level
    settings: Mapping[str, Setting]
    encoder: str
    frame_size: FrameSize | None
    metric: str
    metric_settings: Mapping[str, Setting] = field(default_factory=dict)
    seed: int = 0
    labels: Labels = "dataset"

    def __post_init__(self) -> None:
        if self.limit is not None and self.limit < 1:
            raise ValueError(f"limit is {self.limit}; 1 or more samples are allowed")
        if self.frame_size is not None and min(self.frame_size) < 1:
            raise ValueError(f"frame_size is {self.frame_size}; 1x1 or more is allowed")
        if isinstance(self.level, float) and not math.isfinite(self.level):
            raise ValueError(f"level is {self.level}; a finite number is allowed")

    @property
    def hash(self) -> str:
        """32 hexadecimal digits: BLAKE2b of the fields as canonical JSON."""
        text = json.dumps(self.as_dict(), sort_keys=True, separators=(",", ":"))
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    @property
    def trained(self) -> bool:
        """False for a network that was only initialised, whose scores mean nothing."""
        return not self.weights.startswith(UNTRAINED)

    def as_dict(self) -> dict[str, Any]:
        """The fields in a form that JSON can hold; ``from_dict`` is its inverse."""
        fields = asdict(self)
        fields["settings"] = dict(sorted(self.settings.items()))
        fields["metric_settings"] = dict(sorted(self.metric_settings.items()))
        fields["frame_size"] = list(self.frame_size) if self.frame_size else None
        if self.labels == "dataset":
            del fields["labels"]
        return fields

    @staticmethod
    def from_dict(fields: Mapping[str, Any]) -> "Cell":
        size = fields["frame_size"]
        return Cell(**{**fields, "frame_size": tuple(size) if size else None})


@dataclass(frozen=True)
class Measurement:
    """What one sample gave in one cell: bytes as counted, and its statistic.

    ``index`` is the sample's place in the split, ``group`` what it is resampled with.
    ``num_bytes``, ``num_pixels`` and ``num_frames`` describe what the encoder made (for
    ``source``: the dataset's own file). ``duration_seconds`` is NaN where there is none.
    """

    index: int
    sample_id: str
    num_bytes: int
    num_pixels: int
    num_frames: int
    stat: Stat
    group: str = ""
    duration_seconds: float = math.nan


@dataclass(frozen=True)
class Failure:
    """A sample that was skipped, and the one line that says why."""

    index: int
    sample_id: str
    reason: str


@dataclass(frozen=True)
class Context:
    """How to read a result without the dataset and the codec at hand.

    ``classes`` of the dataset in order (empty where the task has none); ``level_unit`` such as
    "quality"; ``better`` is the end of the levels that gives the better picture, and
    ``reference_level`` the best of the codec's ladder, None where it has no levels.
    """

    classes: tuple[str, ...]
    level_unit: str
    better: Literal["higher", "lower"]
    reference_level: Level


@dataclass(frozen=True)
class Result:
    """A cell with what was measured, one entry per sample in the order of the split.

    ``stats`` are the samples' statistics together, as ``Stat`` says. ``context`` says how to read
    the numbers; ``provenance`` holds what does not decide them: time, host, versions, durations.
    ``groups`` has the same text for samples that are resampled together.
    """

    cell: Cell
    sample_ids: tuple[str, ...]
    num_bytes: Int64[np.ndarray, " n"]
    num_pixels: Int64[np.ndarray, " n"]
    num_frames: Int64[np.ndarray, " n"]
    duration_seconds: Float64[np.ndarray, " n"]
    groups: tuple[str, ...]
    stats: Stat
    context: Context
    failures: tuple[Failure, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def num_samples(self) -> int:
        return len(self.sample_ids)

    @property
    def share_failed(self) -> float:
        return len(self.failures) / (self.num_samples + len(self.failures))

    def take(self, kept: Bool[np.ndarray, " n"]) -> "Result":
        """The samples where ``kept`` is true; failures stay as they are."""
        return replace(
            self,
            sample_ids=tuple(compress(self.sample_ids, kept)),
            groups=tuple(compress(self.groups, kept)),
            num_bytes=self.num_bytes[kept],
            num_pixels=self.num_pixels[kept],
            num_frames=self.num_frames[kept],
            duration_seconds=self.duration_seconds[kept],
            stats={
                name: values.take(kept) if isinstance(values, Ragged) else values[kept]
                for name, values in self.stats.items()
            },
        )

    def at(self, places: Int64[np.ndarray, " m"], *, groups: tuple[str, ...]) -> "Result":
        """The samples at these places, in their order and with these groups; one may come several
        times."""
        return replace(
            self,
            sample_ids=tuple(self.sample_ids[place] for place in places),
            groups=groups,
            num_bytes=self.num_bytes[places],
            num_pixels=self.num_pixels[places],
            num_frames=self.num_frames[places],
            duration_seconds=self.duration_seconds[places],
            stats={
                name: values.at(places) if isinstance(values, Ragged) else values[places]
                for name, values in self.stats.items()
            },
        )
