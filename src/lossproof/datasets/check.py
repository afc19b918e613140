"""Reading everything a dataset has once, to say what is there and what is damaged."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from lossproof.datasets.dataset import Dataset, Source
from lossproof.records import DamagedSample, Failure, FrameSize, Sample
from lossproof.targets import SegmentationTarget

Progress = Callable[[str, int, int], None]
"""Called with split, samples done, samples in the split; always in the caller's thread."""


class SizeCount(NamedTuple):
    """How many samples have a frame size."""

    frame_size: FrameSize
    num_samples: int


class MissingSplit(NamedTuple):
    """A split that cannot be listed, and why."""

    split: str
    reason: str


@dataclass(frozen=True)
class SplitReport:
    """What one split holds. ``class_pixels`` has one count per class, or none for other tasks.

    ``sizes`` has the most frequent size first. ``num_bytes`` are those of the readable media.
    """

    split: str
    num_listed: int
    damaged: tuple[Failure, ...]
    sizes: tuple[SizeCount, ...]
    num_bytes: int
    class_pixels: tuple[int, ...]
    ignored_pixels: int

    @property
    def num_readable(self) -> int:
        return self.num_listed - len(self.damaged)

    @property
    def class_shares(self) -> tuple[float, ...]:
        """The share of each class in all pixels, the ignored included; NaN without pixels."""
        return tuple(self._share(count) for count in self.class_pixels)

    @property
    def ignored_share(self) -> float:
        return self._share(self.ignored_pixels)

    @property
    def can_be_scored(self) -> bool:
        """False where every pixel is ignored, as where a benchmark keeps its labels to itself."""
        return self.num_readable > 0 and (not self.class_pixels or sum(self.class_pixels) > 0)

    def _share(self, count: int) -> float:
        total = sum(self.class_pixels) + self.ignored_pixels
        return count / total if total else float("nan")


@dataclass(frozen=True)
class CheckReport:
    """The state of a dataset on this disk, and where a person gets it."""

    dataset: str
    classes: tuple[str, ...]
    splits: tuple[SplitReport, ...]
    missing: tuple[MissingSplit, ...]
    source: Source

    @property
    def num_damaged(self) -> int:
        return sum(len(report.damaged) for report in self.splits)


class _Finding(NamedTuple):
    """What reading one sample gave; ``damage`` is None for a sound one."""

    damage: str | None
    frame_size: FrameSize = (0, 0)
    num_bytes: int = 0
    class_pixels: tuple[int, ...] = ()
    ignored_pixels: int = 0


def check(dataset: Dataset, *, progress: Progress | None = None) -> CheckReport:
    """Read every sample of every split, in threads.

    Damaged samples and missing splits are reported, not raised.
    """
    reports, missing = [], []
    for split in dataset.splits:
        try:
            samples = dataset.samples(split)
        except ValueError as error:
            missing.append(MissingSplit(split, str(error)))
        else:
            reports.append(_check_split(dataset, split, samples, progress))
    return CheckReport(
        dataset=dataset.name,
        classes=dataset.classes,
        splits=tuple(reports),
        missing=tuple(missing),
        source=dataset.source,
    )


def _check_split(
    dataset: Dataset, split: str, samples: Sequence[Sample], progress: Progress | None
) -> SplitReport:
    findings = []
    with ThreadPoolExecutor() as pool:
        for finding in pool.map(lambda sample: _inspect(dataset, sample), samples):
            findings.append(finding)
            if progress:
                progress(split, len(findings), len(samples))
    return _summary(split, samples, findings)


def _inspect(dataset: Dataset, sample: Sample) -> _Finding:
    try:
        media = dataset.read_media(sample)
        target = dataset.read_target(sample)
    except DamagedSample as error:
        return _Finding(damage=str(error))
    height, width = media.frames.shape[-3:-1]
    class_pixels, ignored_pixels = _count_pixels(target)
    return _Finding(None, (width, height), media.num_bytes, class_pixels, ignored_pixels)


def _count_pixels(target: Any) -> tuple[tuple[int, ...], int]:
    if not isinstance(target, SegmentationTarget):
        return (), 0
    counts = np.bincount(target.class_map.ravel(), minlength=256)
    return tuple(counts[: target.num_classes].tolist()), int(counts[target.ignore])


def _summary(split: str, samples: Sequence[Sample], findings: Sequence[_Finding]) -> SplitReport:
    sound = [finding for finding in findings if finding.damage is None]
    sizes = Counter(finding.frame_size for finding in sound).most_common()
    return SplitReport(
        split=split,
        num_listed=len(samples),
        damaged=tuple(
            Failure(index, sample.id, finding.damage)
            for index, (sample, finding) in enumerate(zip(samples, findings, strict=True))
            if finding.damage is not None
        ),
        sizes=tuple(SizeCount(size, count) for size, count in sizes),
        num_bytes=sum(finding.num_bytes for finding in sound),
        class_pixels=tuple(map(sum, zip(*(f.class_pixels for f in sound), strict=True))),
        ignored_pixels=sum(finding.ignored_pixels for finding in sound),
    )
